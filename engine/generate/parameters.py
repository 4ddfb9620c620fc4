"""The settings that models declare: those that several share, each described once, and those of one family alone.

A shared setting is a field of `Settings`; its outer limits, its label and its option of the shell stand in `SHARED`,
and a model declares it with its own default and range (`steps(50)`). A family's own setting is any other `Parameter`:
it travels in `Settings.own` under its name. Panels and shell options are built from these declarations.
"""

from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from typing import Any

from engine.errors import ModelError
from engine.generate.interface import Parameter, Settings

NEGATIVE = Parameter("negative", "Negative prompt", "text", "", help="negative prompt: what to leave out")
AUDIO_PROMPT = Parameter("audio_prompt", "Audio prompt", "audio", None, help="a sound to play like")
STEPS = Parameter("steps", "Steps", "int", None, 1, 1000, help="denoising steps (default: the model's)")
GUIDANCE = Parameter("guidance", "Guidance", "float", None, 0.0, 30.0, help="how strictly to follow the prompt")
SCHEDULE = Parameter("schedule", "Schedule", "choice", None, help="how steps are taken, for models with a choice")
WORDS = Parameter("words", "Words", "text", "", help="what is spoken or sung, for models that can")
CANDIDATES = Parameter(
    "candidates",
    "Best of",
    "int",
    1,
    1,
    32,
    option="best-of",
    help="make N for each take and keep the one that fits best",
)
TEMPERATURE = Parameter("temperature", "Temperature", "float", None, 0.0, 5.0, help="how freely to compose")
STEERING = Parameter(
    "steering",
    "Tempo, key",
    "float",
    None,
    0.0,
    10.0,
    option="hold",
    help="how strongly to hold tempo and key, as the prompt states or the sound has them; 0: not at all",
)
SHARED = (NEGATIVE, AUDIO_PROMPT, STEPS, GUIDANCE, SCHEDULE, WORDS, CANDIDATES, TEMPERATURE, STEERING)
"""The shared settings that the shell has options for, in the order of its help."""

_FIELDS = frozenset(field.name for field in fields(Settings))


def prompt() -> Parameter:
    """What to play."""
    return Parameter("prompt", "Prompt", "text", "")


def negative() -> Parameter:
    """What to leave out."""
    return NEGATIVE


def audio_prompt(label: str = AUDIO_PROMPT.label) -> Parameter:
    """A sound to play like, or whose melody is played."""
    return replace(AUDIO_PROMPT, label=label)


def words(label: str) -> Parameter:
    """What is spoken or sung."""
    return replace(WORDS, label=label)


def steps(default: int, most: int = 500) -> Parameter:
    """Denoising steps."""
    return replace(STEPS, default=default, maximum=most)


def guidance(default: float, most: float = 20.0) -> Parameter:
    """How strictly to follow the prompt."""
    return replace(GUIDANCE, default=default, maximum=most)


def schedule(choices: tuple[str, ...]) -> Parameter:
    """How steps are taken; the first is the model's own."""
    return replace(SCHEDULE, default=choices[0], choices=choices)


def candidates() -> Parameter:
    """Best of several."""
    return CANDIDATES


def temperature(default: float, most: float = 2.0) -> Parameter:
    """How freely tokens are drawn: 0 always takes the likeliest."""
    return replace(TEMPERATURE, default=default, maximum=most)


def text_to_sound(default_steps: int, default_guidance: float) -> tuple[Parameter, ...]:
    """What a diffusion model that turns words into sound is told: both prompts, steps and guidance."""
    return prompt(), negative(), steps(default_steps), guidance(default_guidance)


def top_k(default: int, most: int) -> Parameter:
    """Among how many of the likeliest tokens is drawn; 0 for all."""
    return Parameter("top_k", "Top-k", "int", default, 0, most)


def top_p(default: float) -> Parameter:
    """Among the likeliest tokens of which probability is drawn."""
    return Parameter("top_p", "Top-p", "float", default, 0.01, 1.0)


def steering(default: float, most: float = 2.0) -> Parameter:
    """How strongly tempo and key are held to."""
    return replace(STEERING, default=default, maximum=most)


def is_shared(name: str) -> bool:
    """Whether a setting is a field of `Settings`, so that it does not travel in `Settings.own`."""
    return name in _FIELDS


def settings_from(values: Mapping[str, Any]) -> Settings:
    """Settings from values by the names of their parameters, shared ones and a model's own."""
    shared = {name: value for name, value in values.items() if is_shared(name)}
    return Settings(**shared, own={name: value for name, value in values.items() if not is_shared(name)})


def checked_own(settings: Settings, declared: Iterable[Parameter], model: str) -> Settings:
    """The settings, once every one of their own values is a declared one within its range.

    Args:
        settings: what a model is given.
        declared: the parameters of that model.
        model: its name, to stand in a sentence.

    Raises:
        ModelError: a value is of no declared parameter, or outside its range.
    """
    parameters = {parameter.name: parameter for parameter in declared}
    for name, value in settings.own.items():
        parameter = parameters.get(name)
        if parameter is None:
            raise ModelError(f"{model} has no setting “{name}”: leave it out.")
        if reason := _problem(parameter, value):
            raise ModelError(f"“{name}” of {model} {reason}.")
    return settings


def _problem(parameter: Parameter, value: Any) -> str:
    """What is wrong with a value; empty where nothing is."""
    if parameter.kind in ("int", "float"):
        whole = type(value) is int
        if not whole and (parameter.kind == "int" or type(value) is not float):
            return f"is a {'whole ' * (parameter.kind == 'int')}number, not “{value}”"
        return "" if parameter.admits(value) else f"was {value:g}: give {parameter.limits}"
    if parameter.kind == "choice":
        return "" if value in parameter.choices else f"has no “{value}”: choose {', '.join(parameter.choices)}"
    return "" if isinstance(value, str) else f"is a text, not “{value}”"
