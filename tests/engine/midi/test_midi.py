"""MIDI files in and out: equal to the tick, at any tempo; what is no MIDI file is a sentence."""

import io
import json
import random
import time
from collections import Counter
from fractions import Fraction
from pathlib import Path

import mido
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.cli import main
from engine.errors import EngineError
from engine.midi.importing import place_midi, with_tempo_of
from engine.midi.reading import read_song
from engine.midi.writing import midi_bytes
from engine.project import edits
from engine.project.files import load
from engine.project.model import NoteContent, Project, new_project
from tests.places import length_of, place_at

TICKS = 480
Stroke = tuple[int, int, int, int]
"""A note: tick, length, pitch, velocity."""


def file_of(
    parts: list[tuple[int, int, list[Stroke]]],
    tempos: list[tuple[int, int]] = (),  # type: ignore[assignment]
    signatures: list[tuple[int, int, int]] = (),  # type: ignore[assignment]
    ticks: int = TICKS,
) -> mido.MidiFile:
    """A file of parts (channel, program, notes) with tempos (tick, µs) and time signatures."""
    file = mido.MidiFile(type=1, ticks_per_beat=ticks)
    events = [(at, mido.MetaMessage("set_tempo", tempo=tempo)) for at, tempo in tempos]
    events += [
        (at, mido.MetaMessage("time_signature", numerator=above, denominator=below)) for at, above, below in signatures
    ]
    file.tracks.append(track_of(events))
    for channel, program, notes in parts:
        events = [(0, mido.Message("program_change", channel=channel, program=program))]
        for at, length, pitch, velocity in notes:
            events.append((at, mido.Message("note_on", channel=channel, note=pitch, velocity=velocity)))
            events.append((at + length, mido.Message("note_off", channel=channel, note=pitch)))
        file.tracks.append(track_of(events))
    return file


def track_of(events: list[tuple[int, mido.Message]]) -> mido.MidiTrack:
    track, at = mido.MidiTrack(), 0
    for tick, message in sorted(events, key=lambda event: (event[0], event[1].type == "note_on")):
        track.append(message.copy(time=tick - at))
        at = tick
    return track


def strokes(file: mido.MidiFile) -> list[tuple[int, Counter[Stroke]]]:
    """(program, notes) of each track of a file that has some; in ticks of its own, paired first come, first gone."""
    found = []
    for track in file.tracks:
        at, program, notes = 0, 0, []
        sounding: dict[tuple[int, int], list[tuple[int, int]]] = {}
        for message in track:
            at += message.time
            if message.type == "program_change":
                program = message.program
            elif message.type == "note_on" and message.velocity:
                sounding.setdefault((message.channel, message.note), []).append((at, message.velocity))
            elif message.type in ("note_on", "note_off"):
                start, velocity = sounding[message.channel, message.note].pop(0)
                notes.append((start, at - start, message.note, velocity))
        if notes:
            found.append((program, Counter(notes)))
    return found


def metas(file: mido.MidiFile) -> tuple[dict[int, int], dict[int, tuple[int, int]]]:
    """Tempos and time signatures by tick."""
    tempos, signatures = {}, {}
    for track in file.tracks:
        at = 0
        for message in track:
            at += message.time
            if message.type == "set_tempo":
                tempos[at] = message.tempo
            elif message.type == "time_signature":
                signatures[at] = (message.numerator, message.denominator)
    return tempos, signatures


def imported(file: mido.MidiFile, folder: Path) -> Project:
    file.save(folder / "in.mid")
    return place_midi(new_project("Song"), read_song(folder / "in.mid")).project


def exported(p: Project) -> mido.MidiFile:
    return mido.MidiFile(file=io.BytesIO(midi_bytes(p)))


def scaled(notes: Counter[Stroke], factor: Fraction) -> Counter[Stroke]:
    return Counter(
        {(s * factor, n * factor, pitch, velocity): count for (s, n, pitch, velocity), count in notes.items()}
    )


@st.composite
def files(draw: st.DrawFn) -> mido.MidiFile:
    ticks = draw(st.sampled_from([96, 120, 192, 384, 480, 960, 1000]))
    parts = []
    for channel in draw(st.lists(st.integers(0, 15), min_size=1, max_size=4)):
        notes, ends = [], {}
        for at, length, pitch, velocity in sorted(
            draw(
                st.lists(
                    st.tuples(
                        st.integers(0, 40 * ticks), st.integers(1, 8 * ticks), st.integers(0, 127), st.integers(1, 127)
                    ),
                    min_size=1,
                    max_size=12,
                )
            )
        ):
            start = max(at, ends.get(pitch, 0))  # a pitch sounds once at a time
            ends[pitch] = start + length
            notes.append((start, length, pitch, velocity))
        parts.append((channel, draw(st.integers(0, 127)), notes))
    tempos = [(at * ticks, draw(st.integers(150_000, 3_000_000))) for at in sorted(draw(st.sets(st.integers(0, 30))))]
    return file_of(parts, tempos, [(0, 3, 4), (6 * ticks, 7, 8), (13 * ticks, 5, 4)], ticks)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(file=files())
def test_what_comes_in_goes_out_equal_to_the_tick(file: mido.MidiFile, tmp_path: Path) -> None:
    out = exported(imported(file, tmp_path))
    factor = Fraction(out.ticks_per_beat, file.ticks_per_beat)
    assert strokes(out) == [(program, scaled(notes, factor)) for program, notes in strokes(file)]
    tempos, signatures = metas(file)
    out_tempos, out_signatures = metas(out)
    expected, last = {0: 500_000}, 500_000
    for at, tempo in sorted(tempos.items()):  # a tempo that is repeated changes nothing
        if not at or tempo != last:
            expected[at * factor] = tempo
        last = tempo
    assert out_tempos == expected
    assert out_signatures == {at * factor: value for at, value in signatures.items()}


@pytest.fixture
def four_tracks(tmp_path: Path) -> Path:
    """Drums, a bass, chords and a flute, in 6/8 at 93 BPM, as a stranger's sequencer writes them."""
    bass = [(beat * TICKS, TICKS - 7, 36 + beat % 5, 100) for beat in range(24)]
    chords = [(bar * 3 * TICKS, 3 * TICKS, pitch, 70) for bar in range(8) for pitch in (60, 64, 67)]
    flute = [(beat * 160 + 3, 151, 72 + beat % 12, 1 + beat) for beat in range(72)]
    drums = [(beat * 240, 30, 36 if beat % 2 else 42, 127) for beat in range(48)]
    parts = [(9, 0, drums), (0, 33, bass), (1, 48, chords), (2, 73, flute)]
    file = file_of(parts, [(0, 645_161)], [(0, 6, 8)])
    file.save(tmp_path / "four.mid")
    return tmp_path / "four.mid"


def test_an_imported_file_is_cut_moved_saved_and_exported_equal_to_the_tick(
    four_tracks: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    song = tmp_path / "Song"
    assert main(["new", str(song)]) == 0
    capsys.readouterr()
    assert main(["import", str(song), str(four_tracks), "--json"]) == 0
    clips = json.loads(capsys.readouterr().out)
    assert [clip["role"] for clip in clips] == ["drums", "bass", "pad", "lead"]
    assert [clip["instrument"] for clip in clips] == ["standard kit", "finger bass", "strings", "flute"]
    p = load(song)
    assert (float(p.tempo), str(p.signature)) == (pytest.approx(93, abs=1e-4), "6/8")
    assert [sum(len(c.content.notes) for c in t.clips) for t in p.tracks] == [48, 24, 24, 72]  # type: ignore[attr-defined]
    for beat in (5, Fraction(31, 3), 17):
        p = edits.split(p, [clip.id for track in p.tracks for clip in track.clips], place_at(Fraction(beat)))
    before = strokes(mido.MidiFile(four_tracks))
    assert [notes for _, notes in strokes(exported(p))] == [scaled(notes, Fraction(2)) for _, notes in before]
    moved = edits.move_clips(p, [clip.id for track in p.tracks for clip in track.clips], length_of(Fraction(12)))
    later = [
        Counter({(at + 12 * 960, length, pitch, velocity): n for (at, length, pitch, velocity), n in notes.items()})
        for notes in (scaled(notes, Fraction(2)) for _, notes in before)
    ]
    assert [notes for _, notes in strokes(exported(moved))] == later
    out = tmp_path / "out.mid"
    assert main(["export", str(song), "--midi", str(out)]) == 0
    assert strokes(mido.MidiFile(out)) == [(program, scaled(notes, Fraction(2))) for program, notes in before]


def test_a_song_that_has_clips_keeps_its_tempo(
    four_tracks: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    song = tmp_path / "Song"
    assert main(["new", str(song), "--tempo", "140"]) == 0
    assert main(["import", str(song), str(four_tracks)]) == 0
    assert main(["import", str(song), str(four_tracks), "--at", "bar:9"]) == 0
    p = load(song)
    assert len(p.tracks) == 8
    assert float(p.tempo) == pytest.approx(93, abs=1e-4), "that of the file which came into the empty song"
    other = edits.set_tempo(p, Fraction(140))
    placed = place_midi(other, read_song(four_tracks), place_at(Fraction(3)))
    assert placed.project.tempo == 140
    assert any("follow the song’s tempo" in notice for notice in placed.notices)
    assert float(placed.tempo or 0) == pytest.approx(93, abs=1e-4)
    taken = with_tempo_of(placed.project, read_song(four_tracks), place_at(Fraction(16)))
    assert taken.tempo == 140
    assert [(each.beat, round(float(each.bpm), 3)) for each in taken.tempo_changes][:1] == [(16, 93)]
    assert place_midi(taken, read_song(four_tracks)).tempo is not None


def test_controllers_and_bends_come_in_and_go_out(tmp_path: Path) -> None:
    file = file_of([(3, 40, [(0, 960, 60, 100)])])
    events = [
        (0, mido.Message("control_change", channel=3, control=7, value=80)),
        (0, mido.Message("control_change", channel=3, control=10, value=20)),
        (10, mido.Message("pitchwheel", channel=3, pitch=-4096)),
        (20, mido.Message("control_change", channel=3, control=1, value=99)),
        (30, mido.Message("control_change", channel=3, control=64, value=127)),
        (40, mido.Message("control_change", channel=3, control=11, value=50)),
        (500, mido.Message("control_change", channel=3, control=64, value=0)),
    ]
    notes = [(0, mido.Message("note_on", channel=3, note=60)), (960, mido.Message("note_off", channel=3, note=60))]
    file.tracks[1] = track_of(events + notes)
    p = imported(file, tmp_path)
    (track,) = p.tracks
    content = track.clips[0].content
    assert isinstance(content, NoteContent)
    assert [(point.beat, point.semitones) for point in content.bend] == [(10 / 480, -1.0)]
    assert [(point.beat, point.value) for point in content.sustain] == [(30 / 480, 1.0), (500 / 480, 0.0)]
    assert content.expression[0].value == pytest.approx((50 / 127) ** 2)
    assert track.gain_db == pytest.approx(-3.876, abs=0.001)
    out = exported(p)
    at, seen = 0, []
    for message in out.tracks[1]:
        at += message.time
        if message.type in ("control_change", "pitchwheel"):
            seen.append((at // 2, message.copy(time=0, channel=3)))
    key = lambda each: (each[0], str(each[1]))  # noqa: E731
    assert sorted(seen, key=key) == sorted(events, key=key)


def test_loops_are_written_out_and_muted_clips_are_not(tmp_path: Path) -> None:
    p = imported(file_of([(0, 0, [(0, 240, 60, 90), (720, 480, 62, 90)])]), tmp_path)
    clip = p.tracks[0].clips[0]
    p = edits.trim_end(p, clip.id, place_at(Fraction(2)))
    p = edits.loop_to(p, clip.id, place_at(Fraction(5)))
    ((_, notes),) = strokes(exported(p))
    once = [(0, 480, 60, 90), (1440, 480, 62, 90)]  # the second note is cut where the loop comes round
    expected = [(at + turn * 1920, length, pitch, v) for turn in range(3) for at, length, pitch, v in once]
    assert notes == Counter(note for note in expected if note[0] < 5 * 960)
    with pytest.raises(EngineError, match="There are no notes"):
        midi_bytes(edits.set_clip(p, [p.tracks[0].clips[0].id], mute=True))


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "is no MIDI file"),
        (b"RIFF" + bytes(60), "is no MIDI file"),
        (b"MThd\0\0\0\6\0\1\0\1\xe7\x28MTrk\0\0\0\4\0\xff\x2f\0", "frames of film"),
        (b"MThd\0\0\0\6\0\1\0\1\1\xe0MTrk\0\0\0\4\0\xff\x2f\0", "has no notes"),
        (b"MThd\0\0\0\6\0\1\0\1\1\xe0MTrk\0\0\0\4\0\xff", "it ends too early"),
        (b"MThd\0\0\0\6\0\1\0\1\1\xe0MTrk\0\0\0\6\0\xff\x59\2\x40\1", "a message in it makes no sense"),
        (b"MThd\0\0\0\6\0\1\0\1\1\xe0RIFF\0\0\0\4\0\xff\x2f\0", "what follows its head is no track"),
    ],
)
def test_what_is_no_midi_file_is_a_sentence(
    data: bytes, sentence: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    song = tmp_path / "Song"
    assert main(["new", str(song)]) == 0
    (tmp_path / "bad.mid").write_bytes(data)
    before = (song / "project.json").read_bytes()
    assert main(["import", str(song), str(tmp_path / "bad.mid")]) == 1
    assert sentence in capsys.readouterr().err
    assert (song / "project.json").read_bytes() == before
    assert main(["export", str(song), "--midi", str(tmp_path / "no.mid")]) == 1
    assert "There are no notes" in capsys.readouterr().err


def test_500_mutated_files_are_a_sentence_or_a_song_that_can_be_saved_and_exported(tmp_path: Path) -> None:
    from engine.project.codec import Encoder, decode

    rng = random.Random(17)
    whole = file_of(
        [(0, 1, [(0, 480, 60, 100), (480, 240, 64, 80)]), (9, 0, [(0, 30, 36, 90), (240, 30, 38, 90)])],
        [(0, 500_000), (960, 300_000)],
        [(0, 3, 4), (1440, 7, 8)],
    )
    stream = io.BytesIO()
    whole.save(file=stream)
    original = stream.getvalue()
    path = tmp_path / "mutated.mid"
    refused, longest = [], 0.0
    for _ in range(500):
        data = bytearray(original)
        for _ in range(rng.randint(1, 2)):
            place = rng.randrange(len(data))
            match rng.randrange(4):
                case 0:
                    data[place] = rng.randrange(256)
                case 1:
                    del data[place : place + rng.randint(1, 9)]
                case 2:
                    data[place:place] = rng.randbytes(rng.randint(1, 9))
                case _:
                    data[place] ^= 1 << rng.randrange(8)
        path.write_bytes(data)
        begin = time.process_time()
        try:
            p = place_midi(new_project("Song"), read_song(path)).project
            assert decode(Encoder().encode(p)) == p
            midi_bytes(p)
        except EngineError as error:
            refused.append(str(error))
        longest = max(longest, time.process_time() - begin)
    assert all(sentence.endswith(".") and "\n" not in sentence for sentence in refused)
    assert 50 < len(refused) < 450, "some are refused, and some can be read"
    assert longest < 20, "none of them takes for ever"
