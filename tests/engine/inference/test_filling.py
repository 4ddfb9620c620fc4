"""Parts for empty stretches: what is asked of the composer, and where the part comes to lie."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from engine.audio import Audio, write_audio
from engine.compose.wish import Wish
from engine.errors import EditError
from engine.inference.filling import fill, wish_to_fill, with_fill
from engine.inference.gaps import Gap, gap_of
from engine.jobs import Context
from engine.music.keys import Key
from engine.project import edits
from engine.project.files import create
from engine.project.importing import import_audio
from engine.project.model import Clip, NoteContent, NoteEvent, Project, Take, audio_clip, audio_take, new_project
from engine.timing.position import Position
from engine.timing.signature import Signature
from tests.shared_composer import SharedComposer, shared_composer

__all__ = ["shared_composer"]

RATE = 48000
BAR = 2 * RATE  # frames of a bar of 4/4 at 120
CHORDS = {"C": (48, 60, 64, 67), "Am": (45, 57, 60, 64), "F": (41, 57, 60, 65), "G": (43, 59, 62, 67)}


def at_bar(number: int) -> Position:
    return Position.at_beat(Fraction(4 * (number - 1)))


def notes_clip(notes: list[NoteEvent], first_bar: int, bars: int, clip_id: str = "clip") -> Clip:
    return Clip(clip_id, at_bar(first_bar), bars * BAR, (Take("take", NoteContent(tuple(notes))),), name="Notes")


def chordal(symbols: list[str]) -> list[NoteEvent]:
    return [
        NoteEvent(Fraction(4 * bar), Fraction(4), pitch, 90)
        for bar, symbol in enumerate(symbols)
        for pitch in CHORDS[symbol]
    ]


@pytest.fixture
def song(tmp_path: Path) -> tuple[Project, Path]:
    """A song with chords on its first track from bar 3 to 6, and an empty second track."""
    project = new_project("Song", rate=RATE)
    create(tmp_path / "song", project)
    project = edits.add_track(edits.add_track(project, "Keys"), "Track 2")
    keys = project.tracks[0]
    project = edits.set_track(project, keys.id, role="chords")
    project = edits.add_clip(project, keys.id, notes_clip(chordal(["C", "Am", "F", "G"]), 3, 4))
    return project, tmp_path / "song"


def test_the_gap_of_an_empty_track_is_as_long_as_the_music_of_the_others(song: tuple[Project, Path]) -> None:
    project, _ = song
    keys, empty = project.tracks
    assert gap_of(project, empty.id, 0) == Gap(at_bar(3), 6 * BAR)
    assert gap_of(project, keys.id, 0) is None, "it is full"
    assert gap_of(project, empty.id, 0, (BAR, 3 * BAR)) == Gap(at_bar(2), 3 * BAR), "the selected time"
    assert gap_of(project, keys.id, 0, (0, 5 * BAR)) == Gap(at_bar(1), 2 * BAR), "what of it is empty"


def test_the_gap_at_the_playhead_lies_between_the_clips_of_the_track(song: tuple[Project, Path]) -> None:
    project, _ = song
    empty = project.tracks[1]
    project = edits.add_clip(project, empty.id, notes_clip([], 4, 1, "middle"))
    assert gap_of(project, empty.id, 0) == Gap(at_bar(3), 3 * BAR)
    assert gap_of(project, empty.id, 3 * BAR + 10) == Gap(at_bar(5), 6 * BAR), "the next"
    alone = edits.add_track(new_project("Alone", rate=RATE))
    assert gap_of(alone, alone.tracks[0].id, 0) == Gap(at_bar(1), 16 * BAR)


def test_what_is_asked_for_has_the_tempo_the_bars_and_the_heard_chords(song: tuple[Project, Path]) -> None:
    project, folder = song
    project = edits.set_signature(project, Signature(4, 4))
    wish, notices = wish_to_fill(project, folder, project.tracks[1].id, "bass", Gap(at_bar(3), 6 * BAR), "jazz", 7)
    assert (wish.tempo, wish.signature, wish.roles, wish.genre, wish.seed) == (
        120,
        Signature(4, 4),
        ("bass",),
        "jazz",
        7,
    )
    assert sum(section.bars for section in wish.sections) == 4
    assert [(chord.start, chord.length, chord.symbol) for chord in wish.keep[0].chords] == [
        (0, 4, "C"), (4, 4, "Am"), (8, 4, "F"), (12, 4, "G"),
    ]  # fmt: skip
    assert wish.key == Key(0, "major")
    assert notices == ()


def test_a_stretch_that_begins_later_hears_the_chords_from_there_on(song: tuple[Project, Path]) -> None:
    project, folder = song
    wish, _ = wish_to_fill(project, folder, project.tracks[1].id, "pad", Gap(at_bar(5), 6 * BAR), "", 7)
    assert [chord.symbol for chord in wish.keep[0].chords] == ["F", "G"]


def test_a_part_listens_to_the_melody_and_drums_are_no_chords(song: tuple[Project, Path]) -> None:
    project, folder = song
    project = edits.add_track(edits.add_track(project, "Drums"), "Tune")
    drums, tune = project.tracks[2:]
    project = edits.set_track(edits.set_track(project, drums.id, role="drums"), tune.id, role="lead")
    beats = [NoteEvent(Fraction(beat), Fraction(1, 2), 37, 100) for beat in range(16)]
    melody = [NoteEvent(Fraction(0), Fraction(1), 72), NoteEvent(Fraction(5), Fraction(1), 76)]
    project = edits.add_clip(project, drums.id, notes_clip(beats, 3, 4, "beats"))
    project = edits.add_clip(project, tune.id, notes_clip(melody, 3, 4, "melody"))
    wish, _ = wish_to_fill(project, folder, project.tracks[1].id, "counter", Gap(at_bar(3), 6 * BAR), "", 7)
    given, lead = wish.keep
    assert [chord.symbol for chord in given.chords] == ["C", "Am", "F", "G"]
    assert [(note.start, note.pitch) for note in lead.notes] == [(0, 72), (5, 76)]


def test_chords_are_heard_in_audio_where_the_song_has_no_notes(tmp_path: Path) -> None:
    folder = tmp_path / "song"
    project = new_project("Song", rate=RATE)
    create(folder, project)
    time = np.arange(BAR) / RATE
    bars = [
        sum(np.sin(2 * np.pi * 440 * 2 ** ((pitch - 69) / 12) * time) for pitch in CHORDS[symbol]) / 8
        for symbol in ("Am", "F")
    ]
    write_audio(tmp_path / "chords.wav", Audio(np.concatenate(bars)[:, None].astype(np.float32), RATE))
    source = import_audio(folder, tmp_path / "chords.wav", RATE)
    project = edits.add_track(edits.add_track(edits.add_source(project, source), "Sound"), "Track 2")
    sound = audio_clip("sound", at_bar(1), 2 * BAR, (audio_take("sound", source.id),))
    project = edits.add_clip(project, project.tracks[0].id, sound)
    wish, _ = wish_to_fill(project, folder, project.tracks[1].id, "bass", Gap(at_bar(1), 2 * BAR), "", 7)
    assert [(chord.start, chord.symbol) for chord in wish.keep[0].chords] == [(0, "Am"), (4, "F")]


def test_the_part_lies_in_the_gap_and_the_track_plays_it(
    song: tuple[Project, Path], shared_composer: SharedComposer
) -> None:
    project, folder = song
    track, gap = project.tracks[1], Gap(at_bar(3), 6 * BAR)
    filled = fill(shared_composer.process, project, folder, track.id, "bass", gap, "pop", 3, Context())
    after = with_fill(project, filled)
    bass = after.tracks[1]
    (clip,) = bass.clips
    assert (bass.name, bass.role) == ("Bass", "bass")
    assert bass.instrument is not None
    assert (after.start_of(clip), after.end_of(clip)) == (2 * BAR, 6 * BAR)
    assert after.tracks[0] is project.tracks[0]
    content = clip.content
    assert isinstance(content, NoteContent)
    assert content.instrument is None, "the track's instrument plays it"
    roots = {0: 0, 1: 9, 2: 5, 3: 7}
    firsts = {}
    for note in content.notes:
        firsts.setdefault(int(note.start // 4), note.pitch % 12)
    assert all(firsts[bar] == root for bar, root in roots.items() if bar in firsts)
    assert len(firsts) >= 3
    with pytest.raises(EditError, match="Something lies on “Bass”"):
        with_fill(after, filled)
    with pytest.raises(EditError, match="not in the song any more"):
        with_fill(edits.remove_tracks(project, [track.id]), filled)


def test_the_instrument_and_the_name_of_the_track_stay(
    song: tuple[Project, Path], shared_composer: SharedComposer
) -> None:
    from engine.project.model import Instrument

    project, folder = song
    track = project.tracks[1]
    cello = Instrument("cello", 42, "solo strings")
    project = edits.set_track(project, track.id, instrument=cello, name="Deep")
    gap = Gap(at_bar(3), 5 * BAR)
    after = with_fill(project, fill(shared_composer.process, project, folder, track.id, "bass", gap, "", 3, Context()))
    assert (after.tracks[1].name, after.tracks[1].instrument) == ("Deep", cello)
    content = after.tracks[1].clips[0].content
    assert isinstance(content, NoteContent)
    assert all(36 <= note.pitch <= 76 for note in content.notes), "within the cello's range"


def test_an_unknown_metre_and_a_stretch_that_is_too_long(song: tuple[Project, Path]) -> None:
    from engine.errors import EngineError

    project, folder = song
    odd = edits.set_signature(project, Signature(7, 8))
    track = project.tracks[1].id
    wish, notices = wish_to_fill(odd, folder, track, "bass", Gap(at_bar(1), 2 * BAR), "", 1)
    assert (wish.signature, notices) == (Signature(4, 4), ("The composer does not write in 7/8: it takes 4/4.",))
    with pytest.raises(EngineError, match="at most"):
        wish_to_fill(project, folder, track, "bass", Gap(at_bar(1), 600 * BAR), "", 1)


def test_the_wish_can_be_read_back(song: tuple[Project, Path]) -> None:
    project, folder = song
    wish, _ = wish_to_fill(project, folder, project.tracks[1].id, "bass", Gap(at_bar(3), 6 * BAR), "", 7)
    assert Wish.from_dict(wish.to_dict()) == wish
    assert replace(wish, seed=8) != wish
