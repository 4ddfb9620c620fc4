import io
from dataclasses import replace

import numpy as np

from engine.playback.commands import COMMANDS, SetPlan
from engine.playback.plan import Plan
from engine.playback.updates import PlanUpdate, difference, updated


def frame(update: PlanUpdate) -> bytes:
    return b"".join(COMMANDS.encoded(SetPlan(update)))


def sent(update: PlanUpdate) -> PlanUpdate:
    """`update` as the player's process gets it."""
    command = COMMANDS.read(io.BytesIO(frame(update)))
    assert isinstance(command, SetPlan)
    return command.update


def test_only_what_changed_is_sent_and_gives_the_same_plan(busy_plan: Plan) -> None:
    first = difference(None, busy_plan, 1)
    assert updated({}, first) == busy_plan
    a, b, c, d, e = busy_plan.tracks
    changed = replace(
        busy_plan, tracks=(e, replace(a, gain=0.1), b, replace(c, placements=c.placements[:1])), master_gain=0.5
    )
    update = sent(difference(busy_plan, changed, 2))
    assert [track.id for track in update.tracks] == ["a", "c"]
    assert [len(track.placements) for track in update.tracks] == [0, 1]
    assert updated({track.id: track for track in busy_plan.tracks}, update) == changed
    assert d.id not in update.order


def test_a_fader_sends_little(busy_plan: Plan) -> None:
    many = replace(busy_plan.tracks[0], placements=busy_plan.tracks[0].placements * 1000)
    plan = replace(busy_plan, tracks=(many,))
    moved = replace(plan, tracks=(replace(many, gain=0.2),))
    assert len(frame(difference(plan, moved, 2))) < 2000
    assert np.isclose(updated({many.id: many}, difference(plan, moved, 2)).tracks[0].gain, 0.2)
