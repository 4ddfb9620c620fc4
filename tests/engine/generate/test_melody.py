"""The whole system, tiny and with random weights: tasks, seams, seeds, cancel, and a sentence for bad input."""

import hashlib
import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import torch

from engine.audio import Audio
from engine.errors import Cancelled, ModelError
from engine.generate.device import Place
from engine.generate.interface import Request, Settings, Task, joined
from engine.generate.melody import Melody
from engine.jobs import Context

WALTZ = Settings(prompt="a slow waltz with strings")


@pytest.fixture(scope="module")
def melody() -> Melody:
    return Melody.untrained("tiny", "cpu", threads=1)


def sound(frames: int = 60000, channels: int = 2, rate: int = 44100) -> Audio:
    t = np.arange(frames)[:, None] / rate
    waves = 0.3 * np.sin(2 * np.pi * np.array([220.0, 331.0, 440.0, 553.0] * 2)[:channels] * t)
    return Audio(waves.astype(np.float32), rate)


@pytest.mark.parametrize("seconds", [0.01, 1.0, 2.0, 3.3])
def test_length_is_exact_to_the_frame(melody: Melody, seconds: float) -> None:
    result = melody.generate(Request(settings=WALTZ, seconds=seconds, takes=2), Context())
    assert [take.samples.shape for take in result.takes] == [(round(seconds * 24000), 1)] * 2
    assert all(take.rate == 24000 and np.isfinite(take.samples).all() for take in result.takes)
    exact = melody.generate(Request(settings=WALTZ, frames=12345), Context())
    assert exact.takes[0].samples.shape == (12345, 1)


def test_a_seed_gives_the_same_sound_and_a_take_has_a_seed_of_its_own(melody: Melody) -> None:
    request = Request(settings=WALTZ, seconds=2.5, seed=7, takes=2)
    one, two = melody.generate(request, Context()), melody.generate(request, Context())
    assert all(np.array_equal(a.samples, b.samples) for a, b in zip(one.takes, two.takes, strict=True))
    assert not np.allclose(one.takes[0].samples, one.takes[1].samples, atol=1e-3)
    other = melody.generate(replace(request, settings=Settings(prompt="techno")), Context())
    assert not np.allclose(one.takes[0].samples, other.takes[0].samples, atol=1e-3)


def test_a_seed_gives_the_same_sound_in_another_process(melody: Melody) -> None:
    code = (
        "import hashlib; from engine.generate.interface import *; from engine.generate.melody import Melody;"
        "from engine.jobs import Context; m = Melody.untrained('tiny', 'cpu', threads=1);"
        "r = m.generate(Request(settings=Settings(prompt='a waltz'), seconds=1.0, seed=3), Context());"
        "print(hashlib.sha256(r.takes[0].samples.tobytes()).hexdigest())"
    )
    there = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()
    request = Request(settings=Settings(prompt="a waltz"), seconds=1.0, seed=3)
    here = melody.generate(request, Context()).takes[0].samples
    assert hashlib.sha256(here.tobytes()).hexdigest() == there


@pytest.mark.parametrize("task", [Task.CONTINUE, Task.INPAINT, Task.EXTEND_LEFT])
@pytest.mark.parametrize(("channels", "rate"), [(1, 24000), (2, 44100), (8, 192000)])
def test_the_users_own_sound_is_untouched(melody: Melody, task: Task, channels: int, rate: int) -> None:
    source = sound(round(1.3 * rate), channels, rate)
    request = Request(task, WALTZ, seconds=0.9, source=source, start=rate // 3, stop=rate)
    result = melody.generate(request, Context())
    whole = joined(request, result.takes[0])
    frames, made = len(source.samples), len(result.takes[0].samples)
    assert whole.rate == rate
    assert whole.samples.shape[1] == channels
    if task is Task.CONTINUE:
        assert made == round(0.9 * rate)
        assert np.array_equal(whole.samples[:frames], source.samples)
    elif task is Task.EXTEND_LEFT:
        assert made == round(0.9 * rate)
        assert np.array_equal(whole.samples[made:], source.samples)
    else:
        assert len(whole.samples) == frames
        assert np.array_equal(whole.samples[: rate // 3], source.samples[: rate // 3])
        assert np.array_equal(whole.samples[rate:], source.samples[rate:])
    assert bool(result.notices) == (channels > 1)


@pytest.mark.parametrize("task", [Task.CONTINUE, Task.INPAINT, Task.EXTEND_LEFT])
def test_the_new_part_meets_the_old_without_a_click(melody: Melody, task: Task) -> None:
    source = sound(channels=1)
    request = Request(task, WALTZ, seconds=0.5, source=source, start=20000, stop=40000)
    result = melody.generate(request, Context())
    whole = joined(request, result.takes[0]).samples[:, 0]
    made = len(result.takes[0].samples)
    joints = {Task.CONTINUE: [60000], Task.EXTEND_LEFT: [made], Task.INPAINT: [20000, 40000]}[task]
    largest = np.abs(np.diff(source.samples[:, 0])).max()  # of the sine itself
    for joint in joints:
        assert abs(whole[joint] - whole[joint - 1]) < 2 * largest


def test_a_hole_longer_than_the_window_is_filled(melody: Melody) -> None:
    source = sound(4 * 24000, 1, 24000)
    request = Request(Task.INPAINT, WALTZ, source=source, start=0, stop=3 * 24000)
    made = melody.generate(request, Context()).takes[0]
    assert len(made.samples) == 3 * 24000
    assert np.abs(made.samples[24000:48000]).max() > 0


def test_a_variation_goes_from_the_same_to_something_else(melody: Melody) -> None:
    source = sound(70000, 1, 24000)
    distances = []
    same = melody.generate(Request(Task.VARIATION, WALTZ, source=source, strength=0.0), Context()).takes[0]
    assert same.samples.shape == source.samples.shape
    for strength in (0.05, 0.5, 1.0):
        made = melody.generate(Request(Task.VARIATION, WALTZ, source=source, strength=strength), Context()).takes[0]
        distances.append(float(np.square(made.samples - same.samples).mean()))
    assert 0 < distances[0] < distances[1]
    assert distances[0] < distances[2]


@pytest.mark.parametrize("frames", [24000, 30123, 60001])
def test_a_loop_joins_its_start(melody: Melody, frames: int) -> None:
    made = melody.generate(Request(Task.LOOP, WALTZ, frames=frames, seed=1), Context()).takes[0].samples[:, 0]
    assert len(made) == frames
    inside = np.abs(np.diff(made))
    assert abs(made[0] - made[-1]) <= inside.max()


def test_a_stream_is_one_sound_whatever_its_length(melody: Melody) -> None:
    request = Request(settings=WALTZ, seconds=2.5, seed=5)
    chunks = list(melody.stream(request, Context()))
    assert [chunk.index for chunk in chunks] == list(range(len(chunks)))
    assert [chunk.start for chunk in chunks] == np.cumsum([0] + [len(c.samples) for c in chunks[:-1]]).tolist()
    assert [chunk.last for chunk in chunks] == [False] * (len(chunks) - 1) + [True]
    assert all(chunk.seconds_spent > 0 and {"lm", "dpd", "vae"} <= set(chunk.parts) for chunk in chunks)
    whole = np.concatenate([chunk.samples for chunk in chunks])
    assert len(whole) == 60000
    shorter = np.concatenate([c.samples for c in melody.stream(replace(request, seconds=1.1), Context())])
    safe = len(shorter) - 24000  # the end of a sound decodes without the frames after it
    assert np.array_equal(whole[:safe], shorter[:safe])


def test_a_stream_can_go_back_and_take_another_prompt(melody: Melody) -> None:
    session = melody.open(Request(settings=WALTZ, seed=2), Context())
    first = session.advance(WALTZ, Context())
    mark = session.mark()
    old = session.advance(WALTZ, Context())
    session.rewind(mark)
    new = session.advance(Settings(prompt="loud drums"), Context())
    session.rewind(mark)
    again = session.advance(WALTZ, Context())
    assert np.array_equal(old.samples, again.samples)
    assert not np.array_equal(old.samples, new.samples)
    assert (new.start, new.index) == (len(first.samples), 1)


def test_kept_frames_stay_and_tokens_and_latents_stay_aligned(melody: Melody) -> None:
    sampler, params = melody.sampler, melody.params(replace(WALTZ, steps=1, guidance=1.0))
    history, made = sampler.append(sampler.empty(1), melody.config.chunk_tokens, [0], params)
    latents, tokens = made, history.tokens
    for count in range(2, 101):
        history, made = sampler.append(history, melody.config.chunk_tokens, [0], params)
        latents = torch.cat((latents, made), dim=1)
        tokens = torch.cat((tokens, history.tokens[:, -melody.config.chunk_tokens :]), dim=1)
        if count <= 11:  # everything kept so far is, bit by bit, what it was when it was made
            assert torch.equal(history.latents, latents[:, -melody.config.frames :])
            assert torch.equal(history.tokens, tokens[:, -melody.config.lm.length :])
    assert history.token_end == 100 * melody.config.chunk_tokens == tokens.shape[1]
    assert history.frame_end == 100 * melody.config.chunk_frames == latents.shape[1]
    assert history.frame_end * melody.config.vae.hop == history.token_end * melody.config.ssl.stride


def test_cancel_is_seen_at_every_step_and_token(melody: Melody) -> None:
    reports: list[tuple[float, str]] = []
    context = Context(lambda share, text: reports.append((share, text)))
    melody.generate(Request(settings=WALTZ, seconds=2.0), context)
    assert [text for _, text in reports].count("Composing") >= 50
    shares = [share for share, _ in reports]
    assert shares == sorted(shares)
    for stop in (1, 20, len(reports) - 2):
        seen: list[float] = []
        context = Context(seen_until(stop, seen, lambda: context.cancel()))  # noqa: B023
        with pytest.raises(Cancelled):
            melody.generate(Request(settings=WALTZ, seconds=2.0), context)
        assert len(seen) == stop


def seen_until(stop: int, seen: list[float], cancel: Callable[[], None]) -> Callable[[float, str], None]:
    def report(share: float, text: str) -> None:
        seen.append(share)
        if len(seen) == stop:
            cancel()

    return report


def test_guidance_in_two_threads_is_guidance_in_one_batch(melody: Melody) -> None:
    request = Request(settings=WALTZ, seconds=0.8, takes=2)
    together = melody.generate(request, Context())
    torch.set_num_threads(2)
    apart = melody.generate(request, Context())
    assert torch.get_num_threads() == 2
    torch.set_num_threads(1)
    for one, other in zip(together.takes, apart.takes, strict=True):
        np.testing.assert_allclose(one.samples, other.samples, atol=0.02)


def test_prompts_blend_and_stay_away(melody: Melody) -> None:
    plain = melody._embed(Settings(prompt="waltz"))
    assert plain is not None
    half = melody._embed(Settings(prompt="waltz", blend=(("techno", 1.0),)))
    techno = melody._embed(Settings(prompt="techno"))
    away = melody._embed(Settings(prompt="waltz", negative="techno"))
    assert half is not None
    assert techno is not None
    assert away is not None
    torch.testing.assert_close(half, torch.nn.functional.normalize(plain + techno, dim=-1))
    torch.testing.assert_close(away, torch.nn.functional.normalize(plain - 0.5 * techno, dim=-1))
    heard = melody._embed(Settings(audio_prompt=sound()))
    assert heard is not None
    assert float(heard.norm()) == pytest.approx(1)
    assert melody._embed(Settings()) is None


@pytest.mark.parametrize("prompt", ["", "   ", "♫♫♫", "word " * 5000, "x" * 100000])
def test_any_text_makes_music(melody: Melody, prompt: str) -> None:
    result = melody.generate(Request(settings=Settings(prompt=prompt), seconds=0.2), Context())
    assert np.isfinite(result.takes[0].samples).all()
    assert any("first 64" in notice for notice in result.notices) == (len(prompt.split()) > 64)


def prompt_of(samples: np.ndarray, rate: int = 44100) -> Request:
    return Request(settings=Settings(audio_prompt=Audio(samples.astype(np.float32), rate)), seconds=0.2)


@pytest.mark.parametrize(
    ("request_", "sentence"),
    [
        (lambda: prompt_of(np.zeros((0, 1))), "is empty"),
        (lambda: prompt_of(np.ones((1, 1))), "lasts 0.000 s"),
        (lambda: prompt_of(np.zeros((44100, 2))), "is silent"),
        (lambda: prompt_of(np.full((44100, 2), np.nan)), "not numbers"),
        (lambda: prompt_of(np.ones((44100, 2)), rate=3), "no rate of sound"),
        (lambda: Request(takes=0), "give 1 to 64"),
        (lambda: Request(seconds=-1.0), "more than 0"),
        (lambda: Request(frames=0), "at least one frame"),
        (lambda: Request(settings=Settings(steps=0)), "1 to 1,000"),
        (lambda: Request(settings=Settings(guidance=-2.0)), "0 to 30"),
        (lambda: Request(settings=Settings(schedule="cubic")), "no schedule"),
        (lambda: Request(Task.CONTINUE), "no sound to continue"),
        (lambda: Request(Task.INPAINT, source=sound(), start=50, stop=40), "does not lie within"),
        (lambda: Request(Task.CONTINUE, source=Audio(np.zeros((0, 2), np.float32), 44100)), "is empty"),
        (lambda: Request(Task.CONTINUE, source=Audio(np.full((9, 2), np.inf, np.float32), 44100)), "not numbers"),
    ],
)
def test_bad_requests_get_a_sentence(melody: Melody, request_: Callable[[], Request], sentence: str) -> None:
    with pytest.raises(ModelError, match=sentence) as caught:
        melody.generate(request_(), Context())
    assert str(caught.value).endswith(".")


@pytest.mark.parametrize(("channels", "rate"), [(1, 8000), (8, 44100), (2, 192000)])
def test_audio_prompts_of_any_format_are_heard(melody: Melody, channels: int, rate: int) -> None:
    request = Request(settings=Settings(audio_prompt=sound(rate, channels, rate)), seconds=0.2)
    assert np.isfinite(melody.generate(request, Context()).takes[0].samples).all()


@pytest.mark.parametrize("frames", [1, 100, 5000])
def test_very_short_or_silent_sounds_are_continued(melody: Melody, frames: int) -> None:
    source = Audio(np.zeros((frames, 1), np.float32), 44100)
    made = melody.generate(Request(Task.CONTINUE, WALTZ, seconds=0.2, source=source), Context()).takes[0]
    assert made.samples.shape == (8820, 1)
    assert np.isfinite(made.samples).all()


def test_when_memory_runs_out_the_batch_shrinks_and_says_so(melody: Melody) -> None:
    def scarce(most: int) -> torch.utils.hooks.RemovableHandle:
        def hook(module: torch.nn.Module, inputs: tuple[torch.Tensor, ...]) -> None:
            if inputs[0].shape[0] > 2 * most:  # conditional and unconditional side by side
                raise torch.OutOfMemoryError("no memory")

        return melody.sampler.dpd.register_forward_pre_hook(hook)

    request = Request(settings=WALTZ, seconds=0.4, takes=5)
    plenty = melody.generate(request, Context())
    handle = scarce(2)
    result = melody.generate(request, Context())
    handle.remove()
    assert len(result.takes) == 5
    assert "2 at a time" in " ".join(result.notices)
    for ours, theirs in zip(result.takes, plenty.takes, strict=True):
        np.testing.assert_allclose(ours.samples, theirs.samples, atol=0.05)
    handle = scarce(0)
    with pytest.raises(ModelError, match="not enough memory"):
        melody.generate(request, Context())
    session = melody.open(Request(settings=WALTZ), Context())
    with pytest.raises(ModelError, match="not enough memory"):
        session.advance(WALTZ, Context())
    handle.remove()
    assert session.advance(WALTZ, Context()).index == 0


def test_when_a_gpu_is_full_the_cpu_takes_over_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    melody = Melody.untrained("tiny", "cpu", threads=1)
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda device: "Some GPU")
    melody.sampler.place = Place(torch.device("cuda"), torch.bfloat16)
    notices: list[str] = []
    batch = melody._make_room(1, notices)
    assert (batch, notices) == (1, ["Memory ran out on Some GPU (bfloat16): the CPU takes over, which is slower."])
    assert melody.sampler.place.device.type == "cpu"
    assert len(melody.generate(Request(settings=WALTZ, seconds=0.1), Context()).takes) == 1


def test_the_way_of_the_network_is_recorded_and_can_be_asked_for(melody: Melody) -> None:
    asked = replace(WALTZ, network="compiled")  # which a CPU does not have
    result = melody.generate(Request(settings=asked, seconds=0.1), Context())
    assert result.provenance["batches"][0]["network"] == "eager"
    chunk = melody.open(Request(settings=asked), Context()).advance(asked, Context())
    assert chunk.settings == replace(WALTZ, network="eager")
    with pytest.raises(ModelError, match="choose eager, recorded, compiled"):
        melody.generate(Request(settings=replace(WALTZ, network="fast")), Context())


def test_provenance_is_plain_json(melody: Melody) -> None:
    result = melody.generate(Request(settings=WALTZ, seconds=0.2, seed=9), Context())
    kept = json.loads(json.dumps(dict(result.provenance)))
    assert (kept["seed"], kept["prompt"], kept["steps"], kept["model"]) == (9, WALTZ.prompt, 3, "tiny-untrained")


def test_capabilities_declare_the_parameters(melody: Melody) -> None:
    capabilities = melody.capabilities
    assert (capabilities.rate, capabilities.channels, capabilities.chunk_seconds) == (24000, 1, 0.4)
    assert {p.name for p in capabilities.parameters} >= {"prompt", "steps", "guidance", "temperature"}
    fields = Settings.__dataclass_fields__
    assert all(p.name in fields for p in capabilities.parameters)


def test_a_device_that_is_not_there() -> None:
    with pytest.raises(ModelError, match="no device"):
        Melody.untrained("tiny", "cuda:99")
    with pytest.raises(ModelError, match="no preset"):
        Melody.untrained("huge")
