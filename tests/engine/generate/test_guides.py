"""Requests with a guide: who follows what, the swell of any model, and the composer's sound."""

import json
from dataclasses import replace
from pathlib import Path

import mido
import numpy as np
import pytest

from engine.audio import Audio, write_audio
from engine.errors import EngineError, ModelError
from engine.generate import catalog, registry
from engine.generate.guide_files import read_accents, read_melody
from engine.generate.interface import Capabilities, Chunk, Generator, Request, Result, Settings, Task
from engine.generate.levelled import Levelled
from engine.inference import provenance
from engine.inference.api import Assignment, Model
from engine.jobs import Context
from engine.music.guide import Accent, ChordSpan, Guide, GuidePart, MelodyNote, SwellPoint, TimedPrompt

RATE = 24000
SWELL = Guide(swell=(SwellPoint(0.0, -12.0), SwellPoint(4.0, 0.0), SwellPoint(8.0, -12.0)))


class Noise(Levelled):
    """A system that makes noise which gets louder and softer by itself; it notes the prompts of its stream."""

    def __init__(self) -> None:
        self.prompts: list[str] = []

    @property
    def capabilities(self) -> Capabilities:
        follows = frozenset({GuidePart.SWELL, GuidePart.WORDS})
        return Capabilities("noise", "Noise", "1", RATE, 1, 8.0, 1.0, frozenset(Task), (), "MIT", "cpu", guides=follows)

    def make(self, request: Request, context: Context) -> Result:
        frames = request.frames or round(request.seconds * RATE)
        return Result((Audio(self.wave(0, frames), RATE),))

    def wave(self, start: int, frames: int) -> np.ndarray:
        times = (start + np.arange(frames)) / RATE
        noise = np.random.default_rng(3).standard_normal(start + frames)[start:]
        return (0.1 * noise * 10 ** (3 * np.sin(2 * np.pi * times / 5) / 20))[:, None].astype(np.float32)

    def begin(self, request: Request, context: Context) -> "NoiseSession":
        return NoiseSession(self)


class NoiseSession:
    """A second of noise a chunk."""

    notices: tuple[str, ...] = ()
    rate = RATE
    next_seconds = 1.0

    def __init__(self, noise: Noise) -> None:
        self.noise, self.index = noise, 0

    def mark(self) -> object:
        return self.index

    def rewind(self, mark: object) -> None:
        assert isinstance(mark, int)
        self.index = mark

    def advance(self, settings: Settings, context: Context, *, last: bool = False) -> Chunk:
        self.noise.prompts.append(settings.prompt)
        samples = self.noise.wave(self.index * RATE, RATE)
        self.index += 1
        return Chunk(self.index - 1, 0, samples, RATE, settings, 1, 0.1, {}, last)


def _levels(samples: np.ndarray, rate: int, step: float = 0.25) -> np.ndarray:
    """RMS in decibels of each quarter of a second, by numpy."""
    size = round(step * rate)
    mono = samples.mean(axis=1)[: len(samples) // size * size].reshape(-1, size)
    return 10 * np.log10(np.mean(np.square(mono, dtype=np.float64), axis=1) + 1e-12)


def _likeness(levels: np.ndarray, guide: Guide, step: float = 0.25) -> float:
    """Pearson's r of the levels and the swell's decibels."""
    wanted = guide.swell_db((np.arange(len(levels)) + 0.5) * step)
    return float(np.corrcoef(levels, wanted)[0, 1])


def test_any_models_sound_follows_a_swell() -> None:
    take = Noise().generate(Request(seconds=8.0, guide=SWELL), Context()).takes[0]
    levels = _levels(take.samples, RATE)
    assert _likeness(levels, SWELL) > 0.97
    assert np.ptp(levels) == pytest.approx(12.0, abs=2.5)


@pytest.mark.parametrize("task", [Task.CONTINUE, Task.EXTEND_LEFT, Task.INPAINT, Task.VARIATION])
def test_a_swell_holds_beside_a_sound(task: Task) -> None:
    source = Audio(Noise().wave(7, 12 * RATE), RATE)
    frames = 12 * RATE if task is Task.VARIATION else 8 * RATE
    request = Request(task, frames=frames, source=source, start=2 * RATE, stop=10 * RATE, guide=SWELL)
    take = Noise().generate(request, Context()).takes[0]
    assert _likeness(_levels(take.samples[: 8 * RATE], RATE), SWELL) > 0.9


def test_a_stream_swells_as_it_comes_and_changes_its_prompt_in_time() -> None:
    noise = Noise()
    guide = replace(SWELL, words=(TimedPrompt(2.0, "drums"), TimedPrompt(5.0, "strings")))
    session = noise.open(Request(settings=Settings(prompt="piano"), guide=guide), Context())
    asked = [*("piano",) * 7, "silence"]
    chunks = [
        session.advance(Settings(prompt=prompt), Context(), last=number == 7).samples
        for number, prompt in enumerate(asked)
    ]
    assert _likeness(_levels(np.concatenate(chunks), RATE), SWELL) > 0.9
    assert noise.prompts == ["piano"] * 2 + ["drums"] * 3 + ["strings"] * 2 + ["silence"]


def test_what_a_model_does_not_follow_is_said_before_anything_is_made() -> None:
    noise, notes, chords = Noise(), (MelodyNote(0, 1, 60),), (ChordSpan(0, 1, "C"),)
    with pytest.raises(ModelError, match=r"^Noise does not follow a melody: leave that out"):
        noise.generate(Request(guide=Guide(melody=notes)), Context())
    with pytest.raises(ModelError, match="does not follow a melody, chords or accents"):
        noise.open(Request(guide=Guide(notes, chords, (Accent(0.5),))), Context())


def test_every_family_declares_what_it_follows() -> None:
    declared = {spec.id: spec.guides for spec in catalog.SPECS.values()}
    assert all(GuidePart.SWELL in guides for guides in declared.values())
    assert declared["composer"] == frozenset(GuidePart)


def test_a_record_gives_the_guide_back() -> None:
    guide = Guide((MelodyNote(0.1, 0.2, 60),), (ChordSpan(0, 1, "C"),), (Accent(0.5),), SWELL.swell)
    request = Request(seconds=2.0, guide=guide)
    assignment = Assignment("A take", Model("noise"), request, RATE)
    record = json.loads(json.dumps(provenance.order_record("take", assignment, Noise().capabilities, 1)))
    assert provenance.request_of(record, None, {}).guide == guide
    plain = provenance.order_record("take", replace(assignment, request=Request()), Noise().capabilities, 1)
    assert "guide" not in plain["request"]
    record["request"]["guide"] = {"melody": [["x"]]}
    with pytest.raises(ModelError, match="damaged"):
        provenance.request_of(record, None, {})


@pytest.fixture(scope="module")
def composer() -> Generator:
    return registry.open_model("composer")


def test_the_composers_sound_follows_the_guide_and_is_the_same_again(composer: Generator) -> None:
    """The strongest pitch class of a solo lead while each note sounds, by numpy; its loudness beside the swell."""
    notes = tuple(MelodyNote(0.5 * number, 0.5, pitch) for number, pitch in enumerate((69, 71, 72, 76, 74, 72, 71, 69)))
    swell = (SwellPoint(0.0, -12.0), SwellPoint(4.0, 0.0))
    settings = Settings(prompt="solo flute, 120 BPM")
    request = Request(settings=settings, seconds=4.0, seed=3, guide=Guide(notes, swell=swell))
    take = composer.generate(request, Context()).takes[0]
    assert np.array_equal(composer.generate(request, Context()).takes[0].samples, take.samples)
    right = 0
    for note in notes:
        span = take.samples[round((note.start + 0.15) * 48000) : round((note.end - 0.05) * 48000)].mean(axis=1)
        power = np.abs(np.fft.rfft(span * np.hanning(len(span)), 1 << 17)) ** 2
        hertz = np.fft.rfftfreq(1 << 17, 1 / 48000)
        strongest = hertz[int(np.argmax(np.where((hertz > 150) & (hertz < 2000), power, 0)))]
        right += round(69 + 12 * np.log2(strongest / 440)) % 12 == note.pitch % 12
    assert right == len(notes)
    assert _likeness(_levels(take.samples, 48000), request.guide) > 0.9


def test_the_composer_changes_its_prompt_at_the_next_bar(composer: Generator) -> None:
    settings = Settings(prompt="techno, 120 BPM, A minor")
    guide = Guide(words=(TimedPrompt(4.0, "solo flute, 120 BPM, A minor"),))
    first = composer.generate(Request(settings=settings, seconds=8.0, seed=2), Context()).takes[0].samples
    turned = composer.generate(Request(settings=settings, seconds=8.0, seed=2, guide=guide), Context()).takes[0].samples
    assert len(turned) == 8 * 48000

    def low(samples: np.ndarray) -> float:  # the kick is gone, and a flute is not that low
        power = np.abs(np.fft.rfft(samples.mean(axis=1))) ** 2
        hertz = np.fft.rfftfreq(len(samples), 1 / 48000)
        return float(power[hertz < 70].sum() / power.sum())

    late = slice(5 * 48000, 8 * 48000)
    assert low(turned[late]) < 0.2 * low(first[late])
    with pytest.raises(ModelError, match="neither in a loop"):
        composer.generate(Request(Task.LOOP, settings, seconds=8.0, guide=guide), Context())


def _midi(path: Path) -> Path:
    """A flute's two notes above chords of a piano, and drums, at 90 beats a minute."""
    file = mido.MidiFile(ticks_per_beat=480)
    for channel, program, notes in (
        (0, 73, [(0, 480, 76), (480, 960, 79)]),
        (1, 0, [(0, 960, 48), (0, 960, 52), (0, 960, 55), (960, 960, 50), (960, 960, 53)]),
        (9, 0, [(240, 60, 38), (720, 60, 38)]),
    ):
        track = mido.MidiTrack()
        events = [(0, mido.Message("program_change", channel=channel, program=program))]
        if channel == 0:
            events.append((0, mido.MetaMessage("set_tempo", tempo=round(60e6 / 90))))
        for start, length, pitch in notes:
            events.append((start, mido.Message("note_on", channel=channel, note=pitch, velocity=96)))
            events.append((start + length, mido.Message("note_off", channel=channel, note=pitch)))
        at = 0
        for time, message in sorted(events, key=lambda event: event[0]):
            track.append(message.copy(time=time - at))
            at = time
        file.tracks.append(track)
    file.save(path)
    return path


def test_a_melody_is_read_from_midi_and_heard_in_a_sound(tmp_path: Path) -> None:
    midi = read_melody(_midi(tmp_path / "line.mid"))
    beat = 60 / 90
    assert midi.tempo == pytest.approx(90)
    assert [(note.pitch, round(note.start, 3), round(note.length, 3)) for note in midi.notes] == [
        (76, 0.0, round(beat, 3)), (79, round(beat, 3), round(2 * beat, 3))]  # fmt: skip
    assert read_melody(tmp_path / "line.mid", tempo=60.0).notes[1] == MelodyNote(1.0, 2.0, 79)
    times = np.arange(round(0.6 * RATE)) / RATE
    tones = [np.sin(2 * np.pi * 440 * 2 ** ((pitch - 69) / 12) * times) * np.exp(-3 * times) for pitch in (69, 72, 76)]
    write_audio(tmp_path / "tune.wav", Audio(0.5 * np.concatenate(tones)[:, None].astype(np.float32), RATE))
    heard = read_melody(tmp_path / "tune.wav", tempo=100.0).notes
    assert [note.pitch for note in heard] == [69, 72, 76]
    assert np.allclose([note.start for note in heard], [0.0, 0.6, 1.2], atol=0.05)


def test_accents_are_read_from_text_json_midi_and_sound(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("0.5 1\n\n1.25, 0.4\n")
    (tmp_path / "a.json").write_text("[0.5, [1.25, 0.4]]")
    wanted = (Accent(0.5), Accent(1.25, 0.4))
    assert read_accents(tmp_path / "a.txt") == read_accents(tmp_path / "a.json") == wanted
    assert len(read_accents(_midi(tmp_path / "line.mid"))) == 5  # what falls together is one
    samples = np.zeros((2 * RATE, 1), np.float32)
    for time, level in ((0.5, 0.8), (1.25, 0.4)):
        samples[round(time * RATE) : round(time * RATE) + 2000, 0] = level * np.hanning(4000)[2000:]
    write_audio(tmp_path / "a.wav", Audio(samples, RATE))
    heard = read_accents(tmp_path / "a.wav")
    assert np.allclose([accent.time for accent in heard], [0.5, 1.25], atol=0.005)
    assert [round(accent.strength, 1) for accent in heard] == [1.0, 0.5]
    (tmp_path / "b.txt").write_text("soon")
    (tmp_path / "c.txt").write_text("")
    for name in ("b.txt", "c.txt", "missing.txt"):
        with pytest.raises(EngineError, match=r"one time in seconds|cannot be read"):
            read_accents(tmp_path / name)
