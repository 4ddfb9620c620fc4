"""What the user asks of the generator: the values of the Generate panel."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from random import SystemRandom
from typing import Any

from engine.audio import Audio
from engine.generate.interface import Capabilities, Parameter
from engine.generate.interface import Settings as ModelSettings
from engine.generate.parameters import settings_from
from engine.music.guide import NO_GUIDE, Guide
from engine.project.model import ChannelKind, Project
from engine.timing.position import SONG_START, Position

MAX_BARS, MAX_SECONDS, MAX_TAKES, MAX_SEED = 256, 600.0, 16, 999_999
PLACED = ("prompt", "negative")
"""Parameters that have a place of their own in the panel."""
KINDS = ("int", "float", "text", "choice", "audio")
"""Kinds of parameters that have a field."""

ALL_TRACKS = ("*",)
"""What `listen` says for all tracks but the one that the music comes to lie on."""

COMMON = (
    Parameter("steps", "Steps", "int", None, 1, 100),
    Parameter("guidance", "Guidance", "float", None, 0.0, 10.0),
)
"""What a panel offers before the model's own parameters are known; None: the model's own default."""


@dataclass(frozen=True)
class PanelInputs:
    """The panel's values. `values` holds the model's parameters that the user set, by name.

    fit: the song's tempo and key go into the prompt, and the result is lined up with its beat.
    locked: the seed stays after a generation.
    listen: ids of the tracks that the music shall fit, or `ALL_TRACKS`; for models that listen.
    alone: only what the prompt names plays, and no whole mix; so it is wherever there is something to listen to.
    guide: what new music follows in time, from where it begins.
    """

    prompt: str = ""
    negative: str = ""
    in_bars: bool = True
    bars: int = 4
    seconds: float = 10.0
    takes: int = 3
    seed: int = 1
    locked: bool = False
    fit: bool = True
    listen: tuple[str, ...] = ()
    alone: bool = False
    values: Mapping[str, Any] = field(default_factory=dict)
    guide: Guide = NO_GUIDE

    def frames(self, project: Project, start: Position) -> int:
        """The length in frames at the project's rate, exactly the whole bars from `start` on."""
        if not self.in_bars:
            return max(1, round(self.seconds * project.rate))
        clock = project.clock
        return clock.frames(clock.after_bars(start, self.bars)) - clock.frames(start)


def limited(inputs: PanelInputs) -> PanelInputs:
    """`inputs` with every number in its range."""
    return replace(
        inputs,
        bars=min(max(inputs.bars, 1), MAX_BARS),
        seconds=min(max(inputs.seconds, 0.5), MAX_SECONDS),
        takes=min(max(inputs.takes, 1), MAX_TAKES),
        seed=min(max(inputs.seed, 0), MAX_SEED),
    )


def listened_to(inputs: PanelInputs, project: Project, own: str | None) -> tuple[str, ...]:
    """Ids of the tracks that are listened to, as far as they are in the song; `own` is the one that is added to."""
    audible = [track for track in project.tracks if track.kind is ChannelKind.AUDIO and track.id != own]
    if inputs.listen == ALL_TRACKS:
        return tuple(track.id for track in audible if track.clips and not track.mute)
    return tuple(track.id for track in audible if track.id in inputs.listen)


def new_seed() -> int:
    """A seed by chance, short enough to be read out."""
    return SystemRandom().randint(1, MAX_SEED)


def parameters(capabilities: Capabilities | None) -> tuple[Parameter, ...]:
    """The model's parameters beside the prompts; the common ones while they are not known."""
    declared = COMMON if capabilities is None else capabilities.parameters
    return tuple(each for each in declared if each.kind in KINDS and each.name not in PLACED)


def takes_negative(capabilities: Capabilities | None) -> bool:
    """Whether the model takes a negative prompt."""
    return capabilities is None or any(each.name == "negative" for each in capabilities.parameters)


def model_settings(
    inputs: PanelInputs, prompt: str, capabilities: Capabilities | None, sounds: Mapping[str, Audio] | None = None
) -> ModelSettings:
    """The model's settings: `prompt` with the inputs' values, each within the model's range, and `sounds`."""
    values: dict[str, Any] = {}
    for parameter in parameters(capabilities):
        source: Mapping[str, Any] = sounds or {} if parameter.kind == "audio" else inputs.values
        value = source.get(parameter.name)
        if value is None:
            continue
        if parameter.kind in ("int", "float"):
            value = min(max(value, parameter.minimum or 0), parameter.maximum if parameter.maximum else value)
        elif parameter.kind == "choice" and value not in parameter.choices:
            continue
        values[parameter.name] = value
    negative = inputs.negative.strip() if takes_negative(capabilities) else ""
    return settings_from({"prompt": prompt, "negative": negative, **values})


def bars_of(frames: int, project: Project) -> Fraction:
    """How many bars the first `frames` of the song last."""
    end = Position.at_frame(frames)
    bar = project.clock.bar_at(end)
    return bar.number - 1 + (project.clock.beats(end) - bar.start) / bar.signature.bar


def summary(inputs: PanelInputs, project: Project) -> str:
    """What would be made: "8 bars · 16.0 s · 3 takes"."""
    frames = inputs.frames(project, SONG_START)
    bars = bars_of(frames, project)
    return " · ".join(
        (
            f"{float(bars):.3g} {'bar' if bars == 1 else 'bars'}",
            f"{frames / project.rate:.1f} s",
            f"{inputs.takes} {'take' if inputs.takes == 1 else 'takes'}",
        )
    )
