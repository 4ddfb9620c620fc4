"""Groups of clips: who is in them, and what copies of them are in."""

import pytest

from engine.errors import EditError
from engine.project import edits
from engine.project.model import Clip, NoteContent, Project, Take, new_project
from engine.timing.position import Position
from tests.places import place_at


@pytest.fixture
def song() -> Project:
    """Clips a and b on one track, c on another."""
    p = edits.add_track(edits.add_track(new_project("Song"), "One", track_id="1"), "Two", track_id="2")
    for name, track, start in (("a", "1", 0), ("b", "1", 2000), ("c", "2", 500)):
        p = edits.add_clip(p, track, Clip(name, place_at(start), 1000, (Take(f"t{name}", NoteContent(())),)))
    return p


def members(p: Project) -> list[list[str]]:
    return sorted({tuple(sorted(ids)) for ids in edits.groups_of(p).values()})  # type: ignore[arg-type]


def test_clips_join_a_group_and_leave_it(song: Project) -> None:
    p = edits.group_clips(song, ["a", "c"])
    assert members(p) == [("a", "c")]
    p = edits.group_clips(p, ["a", "b"])
    assert edits.groups_of(p)["c"] == {"c"}
    assert edits.groups_of(edits.ungroup_clips(p, ["b"])) == {"c": {"c"}}
    assert edits.ungroup_clips(song, ["a", "b", "c"]) is song
    with pytest.raises(EditError, match="two clips"):
        edits.group_clips(song, ["a"])


def test_copies_are_a_group_of_their_own(song: Project) -> None:
    p = edits.group_clips(song, ["a", "c"])
    for copy in (
        edits.duplicate(p, ["a", "c"]),
        edits.paste(p, [(0, p.tracks[0].clips[0]), (1, p.tracks[1].clips[0])], "1", Position.at_frame(9000)),
    ):
        groups = edits.groups_of(copy)
        new = [clip.id for _, clip in copy.clips() if clip.id not in "abc"]
        assert len(new) == 2
        assert groups["a"] == groups["c"] == {"a", "c"}
        assert groups[new[0]] == groups[new[1]] == set(new)
    (clip, _) = edits.duplicate_track(p, "1").tracks[1].clips
    assert clip.group not in ("", p.tracks[0].clips[0].group)
