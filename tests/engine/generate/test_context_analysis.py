"""Tempo and key of sounds around a request: which sound is listened to, what counts, and that takes keep to it."""

import numpy as np
import pytest

from engine.audio import Audio
from engine.generate import context_analysis, registry
from engine.generate.context_analysis import ContextAnalyzer
from engine.generate.interface import Request, Settings, Task
from engine.generate.melody import Melody
from engine.jobs import Context
from engine.models.tempo_key_head import TempoKey
from engine.models.token_guidance import Steering

RATE, RATE_OUT = 8000, 24000


def ramp(seconds: float, rate: int = RATE) -> Audio:
    return Audio(np.linspace(0, 1, round(seconds * rate), dtype=np.float32)[:, None].repeat(2, axis=1), rate)


def test_what_is_listened_to_is_next_to_the_new_part() -> None:
    sound = ramp(30)
    after = context_analysis.around(Request(task=Task.CONTINUE, source=sound))
    before = context_analysis.around(Request(task=Task.EXTEND_LEFT, source=sound))
    assert after is not None
    assert before is not None
    assert np.array_equal(after.samples, sound.samples[-10 * RATE :])
    assert np.array_equal(before.samples, sound.samples[: 10 * RATE])
    for start, stop, wanted in ((12, 14, (2, 12)), (1, 3, (3, 13)), (26, 30, (16, 26))):
        hole = context_analysis.around(Request(task=Task.INPAINT, source=sound, start=start * RATE, stop=stop * RATE))
        assert hole is not None
        assert np.array_equal(hole.samples, sound.samples[wanted[0] * RATE : wanted[1] * RATE])
    assert context_analysis.around(Request()) is None
    assert context_analysis.around(Request(task=Task.VARIATION, source=sound)) is None


def test_prompts_come_first_and_guesses_do_not_count() -> None:
    sounds = {ramp(5): TempoKey(100.0, 0.9, (2, True), 0.2), ramp(6): TempoKey(80.0, 0.9, (4, False), 0.9)}
    lengths = {len(sound.samples) * 3: heard for sound, heard in sounds.items()}
    asked: list[int] = []

    def predict_tempo_key(mono: np.ndarray) -> TempoKey | None:
        asked.append(len(mono))
        return lengths.get(len(mono))

    prompt, music = sounds
    listener = ContextAnalyzer(predict_tempo_key, 3 * RATE)
    assert listener.tempo_and_key(Settings(), None) == (None, None)
    assert listener.tempo_and_key(Settings(), music) == (80.0, (4, False))
    assert listener.tempo_and_key(Settings(audio_prompt=prompt), music) == (100.0, (4, False))
    assert listener.tempo_and_key(Settings(audio_prompt=prompt, audio_weight=0.0), music) == (80.0, (4, False))
    assert asked == [6 * 3 * RATE, 5 * 3 * RATE]  # each once
    assert listener.tempo_and_key(Settings(audio_prompt=ramp(2)), None) == (None, None)  # too short to say
    assert listener.tempo_and_key(Settings(audio_prompt=ramp(7)), None) == (None, None)  # nothing was heard
    assert len(asked) == 3
    passing = ramp(5)
    listener.tempo_and_key(Settings(audio_prompt=passing), None)
    remembered = len(listener._known)
    del passing
    assert len(listener._known) < remembered  # no sound is kept alive


@pytest.fixture(scope="module")
def starter() -> Melody:
    return Melody.load(registry.find("melody-starter"), "cpu")


def band(tempo: float, up: int = 0, rate: int = 24000, seconds: float = 12.0) -> Audio:
    """A kick on each beat, a hat between, and the chords Am F C G, two beats each, with their bass."""
    time = np.arange(round(seconds * rate)) / rate
    beat = time * tempo / 60
    chord = (beat // 2).astype(int) % 4
    wave = np.zeros_like(time)
    held = np.exp(-1.5 * (beat % 2))
    for number, notes in enumerate(((33, 57, 60, 64), (29, 57, 60, 65), (36, 55, 60, 64), (31, 55, 59, 62))):
        for note in notes:
            pitch = 440 * 2 ** ((note + up - 69) / 12)
            tone = np.sin(2 * np.pi * pitch * time) + 0.4 * np.sin(4 * np.pi * pitch * time)
            wave += 0.06 * (chord == number) * held * tone
    noise = np.random.default_rng(0).standard_normal(len(time))
    since = (beat % 1) * 60 / tempo
    wave += 0.5 * np.exp(-since * 30) * np.sin(2 * np.pi * 60 * since)
    wave += 0.05 * np.exp(-(((beat + 0.5) % 1) * 60 / tempo) * 80) * noise
    return Audio(wave[:, None].astype(np.float32), rate)


@pytest.mark.parametrize(("tempo", "up"), [(84.0, 0), (120.0, 0), (128.0, 5)])
def test_the_starter_hears_tempo_and_key(starter: Melody, tempo: float, up: int) -> None:
    held = starter.provenance(Request(task=Task.CONTINUE, source=band(tempo, up), settings=Settings()))
    assert held["held_tempo"] == pytest.approx(tempo, rel=0.02)
    assert held["held_key"] in (("A minor", "C major") if not up else ("D minor", "F major"))
    assert held["steering"] == 1.0


def test_the_prompt_has_the_last_word(starter: Melody) -> None:
    source = band(120)
    told = starter.params(Settings(prompt="calm, 90 BPM"), source).steering
    assert told is not None
    assert told.tempo == 90.0
    assert told.key is not None  # which the prompt leaves open
    assert starter.params(Settings(prompt="90 BPM, E major"), source).steering == Steering(90.0, (4, False), 1.0)
    assert starter.params(Settings(steering=0.0), source).steering is None
    assert starter.params(Settings()).steering is None


def test_a_continuation_keeps_the_tempo_it_goes_on_from(starter: Melody) -> None:
    request = Request(task=Task.CONTINUE, source=band(120), seconds=2.0, seed=4)
    kept = starter.generate(request, Context())
    assert kept.provenance["held_tempo"] == pytest.approx(120, rel=0.02)
    chunk = next(iter(starter.stream(request, Context())))
    same = len(chunk.samples) - 4800  # near the end a take is decoded with a token more than a stream
    streamed, whole = chunk.samples[:same, 0], kept.takes[0].samples[:same, 0]
    noise = np.sqrt(np.mean((streamed - whole)[:RATE_OUT] ** 2)) / np.sqrt(np.mean(whole[:RATE_OUT] ** 2))
    assert noise < 0.02  # bfloat16 has 8 bits
    # from the second second on, a take makes up for a level that a stream, which cannot look ahead, misses
    for begin in range(RATE_OUT, same - 2400, 2400):
        assert np.corrcoef(streamed[begin : begin + 2400], whole[begin : begin + 2400])[0, 1] > 0.99


def test_a_sound_as_prompt_brings_tempo_and_key(starter: Melody) -> None:
    held = starter.provenance(Request(settings=Settings(audio_prompt=band(128, 5))))
    assert held["held_tempo"] == pytest.approx(128, rel=0.02)
    assert held["held_key"] in ("D minor", "F major")
