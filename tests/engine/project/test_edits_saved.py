"""Whatever a user does, the song can be saved, and comes back the same."""

import random
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest

from engine.errors import EditError
from engine.project import edits
from engine.project.codec import Encoder, decode
from engine.project.model import AutomationPoint, Fade, FadeShape, Project, Source, audio_clip, audio_take
from engine.timing.position import Position
from engine.timing.signature import Signature
from tests.places import length_of, place_at

Edit = Callable[[Project, random.Random], Project]


def position(dice: random.Random) -> Position:
    if dice.random() < 0.5:
        return dice.choice((0, 1, dice.randrange(10**6), -dice.randrange(10**6)))
    return Fraction(dice.randrange(-50, 200), dice.choice((1, 2, 3, 4, 7, 24)))


def level(dice: random.Random) -> float:
    return dice.choice((0.0, -200.0, 200.0, float("inf"), -float("inf"), dice.uniform(-100, 20)))


def track(p: Project, dice: random.Random) -> str:
    return dice.choice(p.tracks).id if p.tracks else "none"


def clip(p: Project, dice: random.Random) -> str:
    return dice.choice([c.id for _, c in p.clips()] or ["none"])


def some(p: Project, dice: random.Random) -> list[str]:
    return list({clip(p, dice) for _ in range(dice.randrange(1, 4))})


def frames(dice: random.Random) -> int:
    return dice.choice((0, 1, -1, dice.randrange(-5000, 50_000)))


def add(p: Project, d: random.Random) -> Project:
    source = Source(f"s{d.randrange(4)}", "audio/s.wav", "S", p.rate, 2, 20_000)
    p = edits.add_source(p, source)
    fade = Fade(d.randrange(300), d.choice(list(FadeShape)))
    new = audio_clip(
        f"n{d.randrange(10**9)}",
        place_at(position(d)),
        d.randrange(1, 30_000),
        (audio_take("t", source.id),),
        fade_in=fade,
    )
    return edits.add_clip(p, track(p, d), new)


def region(p: Project, d: random.Random) -> Project:
    return edits.set_loop_region(p, start=place_at(position(d)), end=place_at(position(d)), on=d.random() < 0.5)


def automate(p: Project, d: random.Random) -> Project:
    return edits.set_automation(p, track(p, d), [AutomationPoint(place_at(position(d)), level(d)) for _ in range(3)])


def marker(p: Project, d: random.Random) -> str:
    return d.choice(p.markers).id if p.markers else "none"


EDITS: list[Edit] = [
    add,
    add,
    add,
    region,
    automate,
    lambda p, d: edits.add_track(p, index=d.randrange(5)),
    lambda p, d: edits.remove_tracks(p, [track(p, d)]) if len(p.tracks) > 3 else p,
    lambda p, d: edits.duplicate_track(p, track(p, d)) if len(p.tracks) < 6 else p,
    lambda p, d: edits.move_track(p, track(p, d), d.randrange(-2, 9)),
    lambda p, d: edits.set_track(p, track(p, d), gain_db=level(d), pan=d.uniform(-3, 3), height=d.randrange(9999)),
    lambda p, d: edits.set_track(p, track(p, d), name=d.choice(("x" * 9000, "ü\n\t\x00", "\udce9", "  y ")), colour=9),
    lambda p, d: edits.remove_clips(p, some(p, d), ripple=d.random() < 0.5),
    lambda p, d: edits.move_clips(p, some(p, d), length_of(position(d)), tracks=d.randrange(-2, 3)),
    lambda p, d: edits.place_clip(p, clip(p, d), place_at(position(d)), track_id=track(p, d)),
    lambda p, d: edits.trim_start(p, clip(p, d), place_at(position(d))),
    lambda p, d: edits.trim_end(p, clip(p, d), place_at(position(d))),
    lambda p, d: edits.slip(p, clip(p, d), frames(d)),
    lambda p, d: edits.split(p, some(p, d), place_at(position(d))),
    lambda p, d: edits.join(p, some(p, d)),
    lambda p, d: edits.duplicate(p, some(p, d)),
    lambda p, d: edits.set_clip(p, clip(p, d), gain_db=level(d), name="z" * d.choice((0, 5, 999)), mute=True),
    lambda p, d: edits.set_fade_in(p, clip(p, d), abs(frames(d)), FadeShape.S_CURVE),
    lambda p, d: edits.set_fade_out(p, clip(p, d), abs(frames(d))),
    lambda p, d: edits.crossfade(p, clip(p, d), clip(p, d)),
    lambda p, d: edits.reverse(p, some(p, d)),
    lambda p, d: edits.set_loop(p, clip(p, d), abs(frames(d))),
    lambda p, d: edits.loop_to(p, clip(p, d), place_at(position(d))),
    lambda p, d: edits.ripple_insert(p, place_at(position(d)), length_of(position(d))),
    lambda p, d: edits.add_take(p, clip(p, d), audio_take(f"t{d.randrange(10**9)}", "s0", provenance={"seed": 1})),
    lambda p, d: edits.choose_take(p, clip(p, d), d.randrange(3)),
    lambda p, d: edits.remove_take(p, clip(p, d), d.randrange(3)),
    lambda p, d: edits.flatten_takes(p, clip(p, d)),
    lambda p, d: edits.add_marker(p, place_at(position(d))),
    lambda p, d: edits.move_marker(p, marker(p, d), place_at(position(d))),
    lambda p, d: edits.set_tempo(p, Fraction(d.randrange(20_000, 400_001), 1000)),
    lambda p, d: edits.set_signature(p, Signature(d.randrange(1, 33), d.choice((1, 2, 4, 8, 16, 32)))),
    lambda p, d: edits.set_master_gain(p, level(d)),
    lambda p, d: edits.rename(p, d.choice(("", "x", "y" * 5000, "\ud83d"))),
]


@pytest.mark.parametrize("seed", range(6))
def test_every_edited_song_is_saved_and_comes_back(rich_project: Project, seed: int) -> None:
    dice = random.Random(seed)
    encoder = Encoder()
    project: Any = rich_project
    done = 0
    for _ in range(250):
        try:
            edited = dice.choice(EDITS)(project, dice)
        except EditError:
            continue
        if edited is project or sum(1 for _ in edited.clips()) > 40:
            continue
        project = edited
        done += 1
        assert decode(encoder.encode(project)) == project
    assert done > 40
