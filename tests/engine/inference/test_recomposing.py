"""Composed takes come again from their records, note for note."""

from dataclasses import replace
from pathlib import Path

import pytest

from engine.compose.arrange import composed
from engine.compose.performance import performed_part
from engine.compose.piece import Performance, Rendering, Variant
from engine.compose.wish import Wish
from engine.errors import EngineError
from engine.inference.arranging import arranged, new_take
from engine.inference.compositions import composition_of
from engine.inference.recomposing import recompose
from engine.project import note_edits
from engine.project.codec import Encoder, decode
from engine.project.model import Clip, NoteContent, Project, Take, new_project
from engine.timing.position import Position

WISH = Wish(genre="pop", seed=5, bars=4, roles=("drums", "bass", "lead"), tempo=120.0)


@pytest.fixture
def song(tmp_path: Path) -> Project:
    """A piece of three parts, composed and never played."""
    import numpy as np

    score = composed(WISH)
    silence = Rendering(8000, 0, np.zeros((2, 8)), {part.name: np.zeros((2, 8)) for part in score.parts})
    performance = Performance(WISH, score, {}, silence)
    arrangement = arranged(
        new_project("Song"), tmp_path, [performance], Position.at_frame(0), prompt="pop", bars=4, follow=True
    )
    return replace(new_project("Song"), tracks=arrangement.tracks)


def test_every_part_comes_again_from_a_saved_song(song: Project) -> None:
    saved = decode(Encoder().encode(song))
    takes = [clip.chosen for _, clip in saved.clips()]
    assert len(takes) == 3
    assert [recompose(take).text for take in takes] == ["Recreated: identical, note for note."] * 3


def test_edited_notes_are_counted(song: Project) -> None:
    take = next(song.clips())[1].chosen
    assert isinstance(take.content, NoteContent)
    notes = note_edits.remove(note_edits.transpose(take.content.notes, [0], 1), [3])
    again = recompose(replace(take, content=replace(take.content, notes=notes)))
    assert (again.identical, again.missing, again.added) == (False, 2, 1)
    assert again.text == "Recreated: the take was edited since; 2 notes changed or taken out, 1 note changed or added."


def test_a_part_that_was_made_again_comes_again(song: Project, tmp_path: Path) -> None:
    clip: Clip = next(clip for track, clip in song.clips() if track.role == "lead")
    composition = composition_of(clip.chosen)
    assert composition
    variant = Variant("lead", roll=1, variation=1, share=0.5)
    performance = performed_part(WISH, variant, {}, 0.0, rate=8000)
    take, _ = new_take(song, tmp_path, performance, variant, clip, composition)
    assert take.content != clip.content
    assert recompose(take).identical


def test_what_was_not_composed_is_a_sentence(song: Project) -> None:
    take = next(song.clips())[1].chosen
    with pytest.raises(EngineError, match="cannot be recreated"):
        recompose(Take("t", take.content))
    record = dict(take.provenance or {})
    record["composition"] = {**record["composition"], "wish": {"genre": 5}}
    with pytest.raises(EngineError):
        recompose(replace(take, provenance=record))
