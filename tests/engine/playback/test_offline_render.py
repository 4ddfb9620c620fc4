import numpy as np
import pytest

from engine.playback.mixer import Mixer
from engine.playback.offline_render import RenderRange, RenderTarget, stream
from engine.playback.plan import Plan


def test_a_stream_equals_the_mixer(busy_plan: Plan) -> None:
    channel = RenderTarget(None, RenderRange(0, busy_plan.length, busy_plan.rate, busy_plan.rate), measure=True)
    shares: list[float] = []
    stream(busy_plan, RenderRange(0, busy_plan.length, busy_plan.rate, busy_plan.rate), [channel], shares.append)
    with Mixer(busy_plan) as mixer:
        peak = np.abs(mixer.render(0, busy_plan.length)).max()
    assert np.isclose(10 ** (channel.meter.peak_db / 20), peak)
    assert shares[-1] == 1.0


@pytest.mark.parametrize(
    ("rate", "out"), [(48000, 48000), (44100, 48000), (48000, 44100), (48000, 22050), (44100, 47999)]
)
@pytest.mark.parametrize("start", [0, 1, 12_345, 1_000_003])
def test_stretches_join_on_the_songs_grid(rate: int, out: int, start: int) -> None:
    middle, end = start + 7001, start + 20_011
    left, right, both = (
        RenderRange(start, middle, rate, out),
        RenderRange(middle, end, rate, out),
        RenderRange(start, end, rate, out),
    )
    assert left.out_start + left.out_frames == right.out_start
    assert left.out_frames + right.out_frames == both.out_frames
    assert both.out_start / out >= start / rate > (both.out_start - 1) / out
    assert 0 <= both.first <= start
    assert both.first * out % rate == 0 or rate == out
    assert both.skipped >= 0
