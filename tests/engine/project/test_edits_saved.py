"""Whatever is edited can be written and read back."""

from collections.abc import Callable
from contextlib import suppress
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import EditError
from engine.project import edits
from engine.project.encoding import to_json
from engine.project.model import AutomationPoint, Clip, Project, Source, Take, new_project
from engine.project.schema import from_json
from engine.tempo import Position

FAR = 10**15
numbers = st.one_of(st.integers(-(10**6), 10**6), st.sampled_from([FAR, -FAR]))
positions = st.one_of(numbers, st.fractions(-50, 50, max_denominator=12), st.just(Fraction(FAR, 3)))
ids = st.sampled_from(["c0", "c1", "c2"])
Edit = Callable[[Project, str, Position, int], Project]

EDITS: dict[str, Edit] = {
    "add": lambda p, c, at, n: edits.add_clip(
        p, "t1", Clip(f"n{n}", at, max(n, 1), (Take("a", "s"),), loop_length=n, loop_phase=n)
    ),
    "move": lambda p, c, at, n: edits.move_clips(p, ["c0", c], at, tracks=n),
    "place": lambda p, c, at, n: edits.place_clip(p, c, at),
    "trim start": lambda p, c, at, n: edits.trim_start(p, c, at),
    "trim end": lambda p, c, at, n: edits.trim_end(p, c, at),
    "slip": lambda p, c, at, n: edits.slip(p, c, n),
    "split": lambda p, c, at, n: edits.split(p, ["c0", "c1", "c2"], at),
    "duplicate": lambda p, c, at, n: edits.duplicate(p, [c]),
    "remove": lambda p, c, at, n: edits.remove_clips(p, [c], ripple=bool(n % 2)),
    "reverse": lambda p, c, at, n: edits.reverse(p, [c]),
    "loop": lambda p, c, at, n: edits.set_loop(p, c, n),
    "loop to": lambda p, c, at, n: edits.loop_to(p, c, at),
    "fade in": lambda p, c, at, n: edits.set_fade_in(p, c, n),
    "fade out": lambda p, c, at, n: edits.set_fade_out(p, c, n),
    "crossfade": lambda p, c, at, n: edits.crossfade(p, "c0", c, length=n),
    "insert": lambda p, c, at, n: edits.ripple_insert(p, at, n),
    "paste": lambda p, c, at, n: edits.paste(p, [(0, p.tracks[0].clips[0])], "t1", at) if p.tracks[0].clips else p,
    "marker": lambda p, c, at, n: edits.add_marker(p, at),
    "region": lambda p, c, at, n: edits.set_loop_region(p, start=at),
    "tempo": lambda p, c, at, n: edits.set_tempo(p, Fraction(n, 7)),
    "gain": lambda p, c, at, n: edits.set_clip(p, [c], gain_db=n),
    "automation": lambda p, c, at, n: edits.set_automation(p, "t0", [AutomationPoint(at, n)]),
    "flatten": lambda p, c, at, n: edits.flatten_takes(p, c),
    "track": lambda p, c, at, n: edits.set_track(p, "t0", gain_db=n, pan=n, height=n),
}


def song() -> Project:
    p = new_project("Song", tempo=Fraction(97))
    p = edits.add_source(p, Source("s", "audio/s.wav", "s", 44_100, 2, 200_000))
    p = edits.add_source(p, Source("g", "growing/g.f32", "g", 48_000, 2, 1000, growing=True))
    for row in range(2):
        p = edits.add_track(p, track_id=f"t{row}")
    for number, (source, at) in enumerate((("s", Fraction(1, 3)), ("s", 40_000), ("g", 90_000))):
        takes = (Take("a", source, shift=number), Take("b", "s", gain_db=90.0))
        p = edits.add_clip(p, "t0", Clip(f"c{number}", at, 30_000, takes))
    return p


@given(st.lists(st.tuples(st.sampled_from(sorted(EDITS)), ids, positions, numbers), min_size=1, max_size=12))
@settings(max_examples=150, deadline=None)
def test_every_edit_gives_a_song_that_can_be_read_back(steps: list[tuple[str, str, Position, int]]) -> None:
    p = song()
    for name, clip, position, number in steps:
        with suppress(EditError):
            p = EDITS[name](p, clip, position, number)
    assert from_json(to_json(p)) == p


@pytest.mark.parametrize("name", ["add", "move", "place", "trim end", "loop to", "insert", "paste", "marker", "region"])
def test_what_no_song_reaches_is_refused_or_stopped(name: str) -> None:
    p = song()
    if name == "trim end":
        assert EDITS[name](p, "c0", FAR, 1) != p, "it stops where the sound ends"
        name, clip = "trim end", "c2"  # whose sound still grows
    else:
        clip = "c1"
    with pytest.raises(EditError, match="too far"):
        EDITS[name](p, clip, FAR, FAR)
