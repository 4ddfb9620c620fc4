import threading

import numpy as np
import pytest

from engine.audio import Audio
from engine.errors import Cancelled
from engine.inference.beat_analysis_client import listen
from engine.jobs import Context

pytestmark = pytest.mark.timeout(600)  # a process of its own listens, however busy the machine is
RATE = 48000


def pulses(tempo: float, seconds: float = 8.0) -> Audio:
    sound = np.zeros((round(seconds * RATE), 2), np.float32)
    for start in np.arange(0.1, seconds - 0.1, 60 / tempo):
        sound[round(start * RATE) : round(start * RATE) + 200] = 0.5
    return Audio(sound, RATE)


def test_a_sound_is_heard_by_another_process() -> None:
    first, second = listen([pulses(119.5), pulses(121.0, 6.0)], [120.0, 60.0])
    assert first.text == "119.5 → 120.0 BPM, +100 ms"
    assert second.text == "60.5 → 60.0 BPM, +100 ms", "each with the tempo where it lies in mind"
    assert first.rate == RATE


def test_silence_and_nothing_are_heard_too() -> None:
    (found,) = listen([Audio(np.zeros((100, 2), np.float32), RATE)], [120.0])
    assert found.text == "No clear beat"


def test_a_cancel_ends_it() -> None:
    context = Context()
    threading.Timer(0.3, context.cancel).start()
    with pytest.raises(Cancelled):
        listen([pulses(120, 60.0)], [120.0], context=context)
