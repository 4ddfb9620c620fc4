"""What a track can be played on."""

from fractions import Fraction

import numpy as np
import pytest

from engine.compose import drums, synth
from engine.compose.soundfont import Voice as SoundFontVoice
from engine.compose.soundfont import find_soundfont, open_soundfont
from engine.inference.voices import KIT_FAMILY, OWN_FAMILY, playing, voice_of, voices
from engine.music.general_midi import FAMILIES, PROGRAMS
from engine.playback.note_sound import render
from engine.project.model import Instrument, NoteContent, NoteEvent, Track, new_project


def test_all_programs_of_general_midi_are_there_by_family() -> None:
    assert (len(FAMILIES), len(PROGRAMS)) == (16, 128)
    assert {len(names) for _, names in FAMILIES} == {8}
    # places in the table of the MIDI Manufacturers Association
    known = {0: "Grand piano", 13: "Xylophone", 24: "Nylon guitar", 40: "Violin", 56: "Trumpet", 73: "Flute",
             81: "Saw lead", 104: "Sitar", 114: "Steel drums", 127: "Gunshot"}  # fmt: skip
    assert {number: PROGRAMS[number] for number in known} == known
    listed = [each for each in voices() if each.family not in (KIT_FAMILY, OWN_FAMILY)]
    assert [each.instrument.program for each in listed] == list(range(128))
    assert [each.title for each in listed] == list(PROGRAMS)


def test_kits_and_own_patches_are_there_once() -> None:
    kits = [each for each in voices() if each.family == KIT_FAMILY]
    assert [each.instrument.program for each in kits] == [0, 8, 16, 24, 25, 32, 40, 48]
    assert all(each.instrument.drums for each in kits)
    own = [each.instrument for each in voices() if each.family == OWN_FAMILY]
    assert all(each.program is None for each in own)
    assert len({(each.patch, each.drums) for each in own}) == len(own) > 20


def test_a_voice_is_found_by_its_names() -> None:
    titles = [each.title for each in voices() if each.matches("strings tremolo")]
    assert titles == ["Tremolo strings"]
    assert any(each.matches("honky") for each in voices())
    assert not any(each.matches("qwzx") for each in voices())


def test_the_place_in_the_mix_stays() -> None:
    bass = Instrument("finger bass", 33, "bass", trim_db=-2.6, level_db=-3.5, gain_db=-9.0, pan=0.2, room=0.3)
    track = Track("t", "Bass", role="bass", instrument=bass)
    cello = next(each for each in voices() if each.title == "Cello")
    chosen = playing(track, cello)
    assert (chosen.name, chosen.program, chosen.drums) == ("cello", 42, False)
    assert (chosen.level_db, chosen.gain_db, chosen.pan, chosen.room) == (-3.5, -9.0, 0.2, 0.3)
    assert voice_of(chosen) is cello
    bare = playing(Track("t", "New", role="lead"), cello)
    assert (bare.level_db, bare.gain_db) == (-2.5, -12.0)
    default = voice_of(None)
    assert default is not None
    assert default.title == "Grand piano"


def test_every_patch_is_one_that_can_be_played() -> None:
    for each in (voice.instrument for voice in voices()):
        assert each.patch in (drums.KITS if each.drums else synth.OWN_PATCHES), each


@pytest.mark.parametrize(("title", "pitch"), [("Sub bass", 36), ("909 kit", 38), ("Viola", 60)])
def test_a_voice_is_heard(title: str, pitch: int) -> None:
    voice = next(each for each in voices() if each.title == title)
    content = NoteContent((NoteEvent(Fraction(0), Fraction(1), pitch, 100),))
    track = Track("t", "Track", instrument=playing(Track("t", "Track"), voice))
    block = next(iter(render(content, 0, 12000, new_project("Song", rate=24000).clock, track)))
    assert np.isfinite(block).all()
    assert np.abs(block).max() > 1e-3


def test_programs_that_the_composer_does_not_know_are_as_loud_as_those_that_it_does() -> None:
    listed = {voice.instrument.program: voice.instrument for voice in voices() if not voice.instrument.drums}
    font = open_soundfont(find_soundfont())

    def level(program: int) -> float:
        """Root mean square of four notes with the trim, in decibels."""
        events = [(n * 11025, n * 11025 + 10000, 60 + pitch, 88) for n, pitch in enumerate((0, 4, 7, 12))]
        sound = font.play([SoundFontVoice(events)], program, False, 22050)[:, :44100].astype(np.float64)
        return float(10 * np.log10(np.mean(np.square(sound)))) + listed[program].trim_db

    usual = [level(program) for program in (0, 4, 11, 24, 48, 56, 65, 73, 80, 89)]
    middle = float(np.median(usual))
    for program in (2, 20, 43, 58, 77, 93, 102, 110):
        assert abs(level(program) - middle) < 6.5, f"program {program}: without its trim it would be far off"
