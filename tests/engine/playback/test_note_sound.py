"""Notes sound: on their frames at any tempo, cut and looped like audio, and silent, not lost, without an instrument."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import soundfile

from engine.cli import main
from engine.compose.render import stem
from engine.compose.score import Part, Score
from engine.errors import AudioFileError
from engine.music.notes import Note
from engine.playback.contents import prepare_clip, unprepared_clips
from engine.playback.mixer import Mixer
from engine.playback.note_sound import recipe_of
from engine.playback.plan import compile_plan
from engine.project import edits
from engine.project.files import create
from engine.project.model import (
    BendPoint,
    Clip,
    ControlPoint,
    Instrument,
    NoteContent,
    NoteEvent,
    Project,
    Take,
    new_project,
)
from engine.timing.signature import Signature
from tests.places import place_at

RATE = 48000
BLIP = Instrument("blip", None, "pulse", room=0.0)
"""A patch of our own: no SoundFont has to be loaded."""


def note(start: Fraction | int, length: Fraction | int = Fraction(1, 8), pitch: int = 84) -> NoteEvent:
    return NoteEvent(Fraction(start), Fraction(length), pitch, 127)


def song(
    folder: Path, content: NoteContent, at: Fraction | int = 0, beats: int = 8, tempo: int = 120, **changes: Instrument
) -> Project:
    p = edits.add_track(new_project("Song", rate=RATE, tempo=Fraction(tempo)), "Blips", track_id="k")
    p = edits.set_track(p, "k", instrument=changes.get("instrument", BLIP), role="lead")
    place = place_at(Fraction(at))
    length = p.clock.frame_at(Fraction(at + beats)) - p.clock.frames(place)
    p = edits.add_clip(p, "k", Clip("c", place, length, (Take("t", content),), name="Blip"))
    if not folder.exists():
        create(folder, p)
    return p


def mixed(p: Project, folder: Path, frames: int) -> np.ndarray:
    """The first frames of the mix, (frames, 2), once every clip is rendered."""
    for clip in unprepared_clips(p, folder):
        prepare_clip(clip, p, folder)
    with Mixer(compile_plan(p, folder)) as mixer:
        return np.array(mixer.render(0, frames))


def onsets(mix: np.ndarray) -> list[int]:
    """The frames at which silence ends."""
    loud = np.abs(mix).max(axis=1) > 1e-4
    gap = 480
    return [int(i) for i in np.flatnonzero(loud) if not loud[max(i - gap, 0) : i].any()]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "song"


def test_notes_sound_on_their_frames_and_feel_moves_them(folder: Path) -> None:
    notes = (note(0), note(Fraction(4, 3)), replace(note(3), offset=0.25))
    heard = onsets(mixed(song(folder, NoteContent(notes), at=1, tempo=117), folder, 6 * RATE))
    expected = [RATE * 60 / 117 * beat for beat in (1, 7 / 3, 4.25)]
    assert np.allclose(heard, expected, atol=12), "the first samples of an attack are near 0"


def test_notes_follow_a_ramp(folder: Path) -> None:
    p = song(folder, NoteContent((note(0), note(2), note(4))), at=2)
    p = edits.add_tempo_point(p, Fraction(8), Fraction(240), ramp=True)
    heard = onsets(mixed(p, folder, 6 * RATE))
    slope = (240 - 120) / 8
    expected = [RATE * 60 / slope * np.log1p(slope * beat / 120) for beat in (2, 4, 6)]
    assert np.allclose(heard, expected, atol=12)


def test_a_part_of_a_composed_piece_sounds_the_same_as_its_stem(folder: Path) -> None:
    """The instrument holds the whole strip: echo, drive, tilt, room, bends, expression and pedal among it."""
    notes = tuple(Note(beat / 3, 0.3, 60 + beat % 12, 60 + beat, 0.01 * (beat % 3)) for beat in range(20))
    part = Part(
        "lead", "lead", "saw lead", "synth lead", None, "saw", notes, -3.0, 2.0, 0.3, 0.4, 0.2, 0.5, 0.3, 1.5, 0.0,
        "ensemble", 0.6, ((1.0, 0.5), (2.0, 0.0)), ((0.0, 0.5), (3.0, 1.0)), ((0.0, 1.5), (2.0, 2.4)),
    )  # fmt: skip
    score = Score(
        0, "", "", 100.0, Signature(), 0, "major", 0.0, 0.5, (), (), (part,), 8.0, reverb_seconds=0.8, gain_db=-7.0
    )
    expected = stem(part, score, rate=RATE, frames=6 * RATE)
    content = NoteContent(
        tuple(
            NoteEvent(Fraction(n.start).limit_denominator(3), Fraction(3, 10), n.pitch, n.velocity, n.offset)
            for n in notes
        ),
        bend=(BendPoint(1.0, 0.5), BendPoint(2.0, 0.0)),
        expression=(ControlPoint(0.0, 0.5), ControlPoint(3.0, 1.0)),
        sustain=(ControlPoint(0.0, 1.0), ControlPoint(1.5, 0.0), ControlPoint(2.0, 1.0), ControlPoint(2.4, 0.0)),
    )
    strip = Instrument(
        "saw lead", None, "saw", False, "", 2.0, -3.0, -7.0, 0.3, "ensemble", 0.6, 0.4, 0.8, 0.2, 0.5, 0.3, 1.5
    )
    mix = mixed(song(folder, content, beats=16, tempo=100, instrument=strip), folder, 6 * RATE)
    assert np.abs(expected).max() > 0.05
    np.testing.assert_allclose(mix, expected.T, atol=1e-6)


def test_split_moved_and_looped_notes_sound_like_audio(folder: Path) -> None:
    content = NoteContent(tuple(note(beat, 1, 60 + beat) for beat in range(4)))
    p = song(folder, content, beats=4)
    whole = mixed(p, folder, 6 * RATE)
    halves = edits.split(p, ["c"], place_at(Fraction(3, 2)))
    np.testing.assert_array_equal(mixed(halves, folder, 6 * RATE), whole)
    assert len(list((folder / "cache").glob("derived-*"))) == 1, "both halves play one sound"
    looped = mixed(edits.loop_to(p, "c", place_at(Fraction(8))), folder, 6 * RATE)
    np.testing.assert_array_equal(looped[: 2 * RATE], whole[: 2 * RATE])
    np.testing.assert_array_equal(looped[2 * RATE : 4 * RATE], whole[: 2 * RATE])


def test_each_turn_of_a_loop_is_played_at_its_own_tempo(folder: Path) -> None:
    """A loop of two beats, four times: two turns at 120 beats a minute, then two of as many frames at 240."""
    content = NoteContent((note(0), note(1)))
    p = edits.loop_to(song(folder, content, at=1, beats=2), "c", place_at(Fraction(9)))
    p = edits.add_tempo_point(p, Fraction(5), Fraction(240))
    (_, clip) = next(iter(p.clips()))
    assert (clip.loop_length, p.start_of(clip)) == (RATE, RATE // 2)
    heard = onsets(mixed(p, folder, 6 * RATE))
    turns = (0.5, 1.5, 2.5, 3.5)  # s
    expected = [
        RATE * (turn + beat * length)
        for turn, length in zip(turns, (0.5, 0.5, 0.25, 0.25), strict=True)
        for beat in (0, 1)
    ]
    last = p.end_of(clip)
    assert np.allclose(heard, [frame for frame in expected if frame < last], atol=12)
    left, right = (edits.split(p, ["c"], place_at(Fraction(5))), p)
    np.testing.assert_allclose(mixed(left, folder, 6 * RATE), mixed(right, folder, 6 * RATE), atol=1e-6)


def test_a_replaced_soundfont_is_another_sound(folder: Path) -> None:
    font = folder.parent / "own.sf2"
    font.write_bytes(b"one")
    content, instrument = NoteContent((note(0),)), Instrument("own", 0, soundfont=str(font))
    p = song(folder, content, instrument=instrument)
    track, clip = next(iter(p.clips()))
    before = recipe_of(content, 0, clip.length, p.clock, track)
    assert recipe_of(content, 0, clip.length, p.clock, track) == before
    font.write_bytes(b"another")
    assert recipe_of(content, 0, clip.length, p.clock, track) != before


def test_modulation_is_a_vibrato(folder: Path) -> None:
    plain = NoteContent((note(0, 4, 69),))
    wheel = replace(plain, modulation=(ControlPoint(0.0, 1.0),))
    seconds = 2 * RATE
    spread = []
    for content in (plain, wheel):
        mono = mixed(song(folder, content), folder, seconds)[RATE // 2 :, 0]
        spectrum = np.abs(np.fft.rfft(mono * np.hanning(len(mono))))
        frequencies = np.fft.rfftfreq(len(mono), 1 / RATE)
        near = (frequencies > 400) & (frequencies < 480)
        power = spectrum[near] ** 2
        centre = (power * frequencies[near]).sum() / power.sum()
        spread.append(float(np.sqrt((power * (frequencies[near] - centre) ** 2).sum() / power.sum())))
    assert spread[0] < 3
    assert spread[1] == pytest.approx(440 * (2 ** (0.5 / 12) - 1) / np.sqrt(2), rel=0.25)


def test_the_old_sound_goes_on_until_the_new_one_is_there(folder: Path) -> None:
    p = song(folder, NoteContent((note(0),)))
    mixed(p, folder, 1)
    before = compile_plan(p, folder)
    changed = edits.replace_take(p, "c", Take("t", NoteContent((note(0), note(1)))))
    waiting = compile_plan(changed, folder, before)
    assert waiting.tracks[0].placements[0].file == before.tracks[0].placements[0].file
    prepare_clip(next(clip for _, clip in changed.clips()), changed, folder)
    ready = compile_plan(changed, folder, waiting)
    assert ready.tracks[0].placements[0].file != before.tracks[0].placements[0].file
    slower = edits.set_tempo(changed, Fraction(90))
    assert compile_plan(slower, folder, ready).tracks[0].placements, "at another tempo, too"


@pytest.mark.parametrize("broken", [False, True])
def test_a_missing_or_broken_soundfont_is_a_sentence_and_silence(
    folder: Path, capsys: pytest.CaptureFixture[str], broken: bool
) -> None:
    font = folder.parent / "own.sf2"
    if broken:
        font.write_bytes(b"RIFF\x10\x00\x00\x00sfbkLIST" + bytes(40))
    p = song(folder, NoteContent((note(0),)), instrument=Instrument("own", 0, soundfont=str(font)))
    with pytest.raises(AudioFileError, match=r"cannot be played|is missing"):
        prepare_clip(next(clip for _, clip in p.clips()), p, folder)
    assert compile_plan(p, folder).tracks[0].placements == ()
    assert main(["bounce", str(folder), "--mix", str(folder.parent / "mix.wav")]) == 1
    error = capsys.readouterr().err
    assert "own.sf2" in error
    assert "Traceback" not in error


def test_notes_are_bounced_the_same_twice_and_shown(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    content = NoteContent((note(0), note(1, 1, 48)))
    song(folder, content)
    mixes = []
    for name in ("one.wav", "two.wav"):
        for derived in (folder / "cache").glob("derived-*"):
            derived.unlink()
        assert main(["bounce", str(folder), "--mix", str(folder.parent / name), "--format", "32f"]) == 0
        mixes.append(soundfile.read(folder.parent / name)[0])
    assert np.abs(mixes[0]).max() > 0.01
    np.testing.assert_array_equal(mixes[0], mixes[1])
    capsys.readouterr()
    assert main(["show", str(folder)]) == 0
    assert "Blip  (2 notes)" in capsys.readouterr().out


def test_what_was_found_is_looked_for_again_where_something_decisive_changed(folder: Path) -> None:
    p = song(folder, NoteContent((note(0),), loop_length=0))
    file = prepare_clip(p.tracks[0].clips[0], p, folder)
    assert unprepared_clips(p, folder) == unprepared_clips(p, folder) == []
    saw = replace(BLIP, patch="saw")
    other = edits.replace_take(p, "c", Take("t", NoteContent((note(1),), loop_length=0)))
    for changed in (edits.set_track(p, "k", instrument=saw), edits.set_track(p, "k", role="bass"), other):
        assert [clip.id for clip in unprepared_clips(changed, folder)] == ["c"]
    assert [clip.id for clip in unprepared_clips(p, folder / "other")] == ["c"]
    assert unprepared_clips(p, folder) == []
    Path(file.path).unlink()
    assert [clip.id for clip in unprepared_clips(p, folder)] == ["c"]
