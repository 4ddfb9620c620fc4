import math
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from PySide6.QtWidgets import QPushButton
from scipy.signal import butter, lfilter

from desktop.inspector.tempo_fit import stretched_from
from engine.analysis.fit import Fit
from engine.audio import Audio
from engine.errors import EngineError
from engine.inference import beat_analysis_client
from engine.inference.clip_audio import clip_sound
from engine.project import edits
from tests.measures import dbtp
from tests.places import place_at

pytestmark = pytest.mark.timeout(600)  # a process of its own listens, however busy the machine is
Clicks = Callable[[float, float], Audio]
GENERATED = {"task": "generate", "prompt": "clicks", "seed": 1, "model_name": "Tiny", "licence": "MIT"}


def beats_of(stage: Any, every: float = 0.5) -> list[float]:
    """How far (s) the clip's clicks are from the song's beats, from the second on."""
    document = stage.desk.document
    sound = clip_sound(document.project, document.folder, stage.clip).samples[:, 0]
    near = round(0.1 * 48000)
    places = [round(beat * every * 48000) for beat in range(1, 10)]
    return [(int(np.argmax(np.abs(sound[at - near : at + near]))) - near) / 48000 for at in places]


def test_a_generated_take_is_heard_and_lined_up(stage: Any, made: Clicks) -> None:
    fit = stage.desk.inspecting.fit()
    stage.add(made(120.0, 0.030), **GENERATED)
    assert fit.isVisible()
    stage.until(lambda: stage.desk.inspecting.fitting.listening_to(stage.clip))
    assert fit.text.text() == "Listening…"
    stage.until(lambda: "fit" in stage.take.provenance)
    assert fit.text.text() == "120.0 → 120.0 BPM, +30 ms"
    assert stage.take.shift == pytest.approx(0.030 * 48000, abs=48)
    assert stage.clip.length == 6 * 48000
    assert max(map(abs, beats_of(stage))) < 0.002
    assert stage.desk.document.history.undo_name == "Generate", "listening is no step of its own"
    stage.desk.document.undo()
    stage.desk.document.redo()
    assert stage.take.shift, "what was heard stays with the step"


def test_where_a_clip_lies_decides_its_fit(stage: Any, made: Clicks) -> None:
    fitting = stage.desk.inspecting.fitting
    stage.add(made(120.0, 0.030), **GENERATED)
    stage.until(lambda: fitting.fit_of(stage.clip) is not None)
    document = stage.desk.document
    document.apply("Move", lambda p: edits.place_clip(p, "c", place_at(round(0.1 * 48000))))
    assert fitting.fit_of(stage.clip).text == "120.0 → 120.0 BPM, +130 ms"
    document.apply("Tempo", lambda p: edits.set_tempo(p, Fraction(121)))
    assert fitting.fit_of(stage.clip).text.startswith("120.0 → 121.0 BPM")


def test_takes_that_join_a_sound_are_not_moved(stage: Any, made: Clicks) -> None:
    stage.add(made(120.0, 0.030), **{**GENERATED, "task": "continue"})
    stage.until(lambda: "fit" in stage.take.provenance)
    assert stage.take.shift == 0


def test_what_could_not_be_measured_says_so_and_is_tried_again(
    stage: Any, made: Clicks, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*_: object) -> None:
        raise EngineError("Measuring took too long.")

    monkeypatch.setattr(beat_analysis_client, "listen", failing)
    jobs, section, fitting = stage.desk.jobs, stage.desk.inspecting.fit(), stage.desk.inspecting.fitting
    stage.add(made(118.0, 0.0))
    section.measure.click()
    stage.until(lambda: fitting.failed_for(stage.clip))
    assert (section.text.text(), section.measure.text()) == ("Could not be measured", "Measure Again")
    assert section.measure.isVisible()
    jobs.retry(next(job for job in jobs.jobs if jobs.can_retry(job)))
    assert section.text.text() == "Listening…"
    stage.until(lambda: fitting.failed_for(stage.clip))


def test_an_imported_clip_is_measured_when_asked(stage: Any, made: Clicks) -> None:
    fit, fitting = stage.desk.inspecting.fit(), stage.desk.inspecting.fitting
    stage.add(made(118.0, 0.0))
    assert fit.text.text() == "Not measured yet"
    assert fit.measure.isVisible()
    fit.measure.click()
    stage.until(lambda: fitting.fit_of(stage.clip) is not None)
    assert fit.text.text() == "118.0 → 120.0 BPM, +0 ms"
    assert not fit.stretch.isVisible()
    assert stage.take.provenance is None
    assert not fit.measure.isVisible()


def test_a_take_is_stretched_and_back_as_steps(stage: Any, made: Clicks) -> None:
    fit, document = stage.desk.inspecting.fit(), stage.desk.document
    heard = Fit(120.0, 118.5, round(0.040 * 48000), 48000, 60 / 118.5, 0.9)
    stage.add(made(118.5, 0.040), **GENERATED, fit=heard.to_json())
    assert fit.text.text() == "118.5 → 120.0 BPM, +40 ms"
    own = stage.take
    fit.stretch.click()
    assert stretched_from(stage.take) == (own.source, own.shift)
    assert stage.take.content.follows_tempo
    assert stage.clip.length == 6 * 48000
    assert max(map(abs, beats_of(stage))) < 0.002
    assert fit.text.text() == "118.5 → 120.0 BPM, stretched"
    assert fit.stretch.isChecked()
    assert document.history.undo_name == "Stretch to the grid"
    document.undo()
    assert stage.take == own
    assert not fit.stretch.isChecked()
    document.redo()
    fit.stretch.click()
    assert stage.take == own
    assert document.history.undo_name == "Take its own tempo"


@pytest.mark.parametrize("generated", [True, False])
def test_a_stretched_take_stays_below_its_ceiling_and_a_recording_keeps_its_peaks(stage: Any, generated: bool) -> None:
    document = stage.desk.document
    heard = Fit(120.0, 110.0, 0, 48000, 60 / 110.0, 0.9)
    noise = lfilter(*butter(8, 12_000, fs=48000), np.random.default_rng(5).uniform(-1, 1, (7 * 48000, 2)), axis=0)
    noise *= 10 ** (-1.2 / 20) / 10 ** (dbtp(noise) / 20)  # dBTP
    stage.add(
        Audio(noise.astype(np.float32), 48000), **(GENERATED if generated else {"task": "record"}), fit=heard.to_json()
    )
    stage.desk.inspecting.fitting.set_stretched(stage.clip, True)
    sound = clip_sound(document.project, document.folder, stage.clip).samples
    assert (dbtp(sound) < -0.95) == generated


def test_the_song_has_the_key_of_its_clips(stage: Any) -> None:
    time = np.arange(48000) / 48000
    chords = ((0, 3, 7), (5, 8, 12), (7, 11, 14), (0, 3, 7))  # A minor
    parts = [
        sum(np.sin(2 * np.pi * 220 * 2 ** (note / 12) * k * time) / k**2 for note in chord for k in (1, 2, 3))
        for chord in chords
    ]
    sound = Audio((0.1 * np.concatenate(parts)).astype(np.float32)[:, None], 48000)
    generation = stage.desk.generating.generation
    assert generation.panel.key_of(stage.desk.document.project) == ""
    stage.add(sound, length=4 * 48000, **GENERATED)
    stage.until(lambda: "fit" in stage.take.provenance)
    assert stage.desk.inspecting.fit().key.text() == "A minor"
    assert generation.panel.key_of(stage.desk.document.project) == "A minor"
    generation.panel.change(prompt="warm piano", fit=True)
    assert "A minor" in generation.panel.sent_prompt()


def test_another_song_forgets(stage: Any, made: Clicks) -> None:
    stage.add(made(118.0, 0.0))
    fitting = stage.desk.inspecting.fitting
    fitting.listen_to(stage.clip)
    clip = stage.clip
    stage.desk.document.close()
    assert not fitting.listening_to(clip)
    stage.until(lambda: not stage.desk.jobs.running)
    assert fitting.fit_of(clip) is None


def test_buttons_say_what_they_do(stage: Any, made: Clicks) -> None:
    stage.add(made(120.0, 0.0), **GENERATED)
    for section in (stage.desk.inspecting.fit(), stage.desk.inspecting.origin()):
        for button in section.findChildren(QPushButton):
            assert button.toolTip()


def test_a_take_is_stretched_along_a_ramp(stage: Any, made: Clicks) -> None:
    """From 120 BPM at bar 1 in a straight line to 132 at bar 5; beat b of a ramp lies at 60/k · ln(1 + k·b/120) s."""
    fit, document = stage.desk.inspecting.fit(), stage.desk.document
    document.apply("Ramp", lambda p: edits.add_tempo_point(p, Fraction(16), Fraction(132), ramp=True))
    measured = Fit(120.0, 122.0, 0, 48000, 60 / 122, 0.9)
    stage.add(made(122.0, 0.0), **GENERATED, fit=measured.to_json())
    own = stage.take
    fit.stretch.click()
    slope = (132 - 120) / 16
    sound = clip_sound(document.project, document.folder, stage.clip).samples[:, 0]
    places = [round(48000 * 60 / slope * math.log(1 + slope * beat / 120)) for beat in range(1, 11)]
    assert max(abs(int(np.argmax(np.abs(sound[at - 4800 : at + 4800]))) - 4800) for at in places) < 0.002 * 48000
    fit.stretch.click()
    assert stage.take == own


def test_a_stretched_take_of_an_earlier_version_takes_its_own_tempo_again(stage: Any, made: Clicks) -> None:
    """There, what was stretched is a file of its own."""
    document = stage.desk.document
    heard = Fit(120.0, 118.5, 0, 48000, 60 / 118.5, 0.9)
    stage.add(made(118.5, 0.0), **GENERATED, fit=heard.to_json())
    own = stage.take.source
    record = {
        **stage.take.provenance,
        "fit": {**heard.to_json(), "stretched": {"source": own, "shift": 7, "tempo": 120.0}},
    }
    other = replace(document.project.sources[own], id="other")
    old = replace(stage.take, content=stage.take.content.of_source("other", 0), provenance=record)
    document.apply("Old", lambda p: edits.replace_take(edits.add_source(p, other), stage.clip.id, old))
    assert stage.desk.inspecting.fit().stretch.isChecked()
    stage.desk.inspecting.fit().stretch.click()
    assert (stage.take.source, stage.take.shift) == (own, 7)
    assert not stage.desk.inspecting.fit().stretch.isChecked()


def test_a_stretched_take_follows_another_tempo(stage: Any, made: Clicks) -> None:
    fit, document = stage.desk.inspecting.fit(), stage.desk.document
    heard = Fit(120.0, 118.5, round(0.040 * 48000), 48000, 60 / 118.5, 0.9)
    stage.add(made(118.5, 0.040), **GENERATED, fit=heard.to_json())
    fit.stretch.click()
    document.apply("Tempo", lambda p: edits.set_tempo(p, Fraction(125)))
    assert max(map(abs, beats_of(stage, 60 / 125))) < 0.002
    assert fit.text.text() == "118.5 → 125.0 BPM, stretched"
    document.apply("Own tempo", lambda p: edits.unwarp_clips(p, [stage.clip.id]))
    assert not fit.stretch.isChecked()
