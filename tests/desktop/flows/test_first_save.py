"""A song that named itself is offered the words that it was composed from."""

from typing import TYPE_CHECKING

import pytest
from PySide6.QtWidgets import QAbstractButton

from engine.inference.compositions import title_of_song
from engine.project import edits
from engine.project.files import load
from tests.engine.inference.test_song_form import clip_of, record, song_of

if TYPE_CHECKING:
    from desktop.app import Desk


def composed(desk: "Desk", prompt: str, name: str) -> None:
    clip = clip_of({**record(), "prompt": prompt})
    desk.document.apply("Name", lambda p: edits.rename(p, name))
    desk.document.apply("Track", lambda p: edits.add_track(p, "Composed", track_id="composed"))
    desk.document.apply("Compose", lambda p: edits.add_clip(p, "composed", clip))


def test_the_first_save_proposes_the_words_of_the_prompt(song: "Desk") -> None:
    composed(song, "lo-fi hip hop, A minor, 84 BPM", "Untitled 2")
    song.actions["save"].trigger()
    assert song.message_bar.text == "Saved as “Untitled 2”."
    button = song.message_bar.findChild(QAbstractButton, "help")
    assert button
    assert button.text() == "Call It “Lo-fi hip hop”"
    button.click()
    assert song.document.project.name == "Lo-fi hip hop"
    assert song.document.saved
    assert song.document.folder
    assert load(song.document.folder).name == "Lo-fi hip hop"
    song.message_bar.hide()
    song.document.apply("Tempo", lambda p: edits.set_track(p, "composed", gain_db=-3.0))
    song.actions["save"].trigger()
    assert song.message_bar.isHidden(), "it has a name by now"


def test_a_song_with_a_name_of_its_own_keeps_it(song: "Desk") -> None:
    composed(song, "lo-fi hip hop", "Harbour")
    song.actions["save"].trigger()
    assert song.document.saved
    assert song.message_bar.isHidden()


@pytest.mark.parametrize(
    ("prompt", "title"),
    [
        ("slow piano\nrain", "Slow piano"),
        ("  warm   pads. Then drums", "Warm pads"),
        ("", ""),
        ("a very long description of a piece of music that goes on", "A very long description of a piece of"),
    ],
)
def test_a_title_is_the_first_words(prompt: str, title: str) -> None:
    assert title_of_song(song_of(clip_of({**record(), "prompt": prompt}))) == title
