"""The recipes by name, and how a run is put together from a preset, its data and a few options.

A run remembers what it was made of in `run.json`, so that it can be resumed and published by its folder alone.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any, Protocol, cast, get_type_hints

from torch import Tensor, nn

from engine.atomic_file import replacing
from engine.errors import ModelError
from engine.models import checkpoint, discriminators
from engine.models.system import PRESETS, MelodyConfig
from engine.models.tokens import TokenizerConfig
from engine.models.vae_config import VaeGanConfig
from engine.train import data, dpd, ear, encode, lm, mulan, ssl, vae
from engine.train.loop import Recipe, Training

RUN = "run.json"


class Publishable(Recipe, Protocol):
    """A recipe whose result is one part of a model."""

    part: str

    def published(self, averages: Mapping[str, Mapping[str, Tensor]]) -> nn.Module:
        """The part with these averaged weights and whatever is fitted afterwards."""

    def start_from(self, part: nn.Module) -> None:
        """Takes the weights of a published part to begin with."""


class Accompanied(Publishable, Protocol):
    """One whose part is trained beside others of a model."""

    def train_beside(self, parts: Mapping[str, nn.Module]) -> None:
        """Takes these parts, which stay as they are."""


Build = Callable[[MelodyConfig, str, Any, Path, int], Publishable]


@dataclass(frozen=True)
class Entry:
    """How to make a recipe: `build(model, preset, losses, folder of data, seed)`, and each preset's defaults.

    beside: parts of a model, which stay as they are, that the recipe's own is trained with.
    """

    build: Build
    losses: Mapping[str, Any]
    training: Mapping[str, Training]
    encoded: bool = False  # whether its data is encoded sound, not a sound pool
    beside: tuple[str, ...] = ()


def _vae(config: MelodyConfig, preset: str, losses: vae.VaeLosses, folder: Path, seed: int) -> Publishable:
    train, held_out = _sound(config, folder)
    judges = replace(discriminators.PRESETS[preset], channels=config.vae.channels)
    if not isinstance(config.vae, VaeGanConfig):
        raise ModelError(f"The decoder of {preset} plays layers: train it with `continuo train all`.")
    hop = config.vae.hop
    frames = round(min(4.0, held_out.header.seconds) * config.vae.rate) // hop * hop
    wave, _ = held_out.held_out(32, frames)
    return vae.VaeRecipe(config.vae, judges, losses, train.waves, wave, seed=seed)


def _ssl(config: MelodyConfig, preset: str, losses: ssl.SslLosses, folder: Path, seed: int) -> Publishable:
    if not isinstance(config.ssl, TokenizerConfig):
        raise ModelError(f"The tokens of {preset} are in two streams: train them with `continuo train all`.")
    return ssl.SslRecipe(config.ssl, losses, *_sound(config, folder), seed=seed)


def _mulan(config: MelodyConfig, preset: str, losses: mulan.MulanLosses, folder: Path, seed: int) -> Publishable:
    from engine.train.teacher import Teacher

    return mulan.MulanRecipe(config.mulan, losses, *_sound(config, folder), teacher=Teacher, seed=seed)


def _ear(config: MelodyConfig, preset: str, losses: ear.EarLosses, folder: Path, seed: int) -> Publishable:
    if config.ear is None:
        raise ModelError(f"The preset {preset} has no ear: choose {', '.join(ear.LOSSES)}.")
    return ear.EarRecipe(config.ear, losses, *_sound(config, folder), seed=seed)


def _lm(config: MelodyConfig, preset: str, losses: lm.LmLosses, folder: Path, seed: int) -> Publishable:
    return lm.LmRecipe(config.lm, losses, *encode.open_splits(folder), seed=seed)


def _dpd(config: MelodyConfig, preset: str, losses: dpd.DpdLosses, folder: Path, seed: int) -> Publishable:
    return dpd.DpdRecipe(config.dpd, losses, *encode.open_splits(folder), seed=seed)


def _sound(config: MelodyConfig, folder: Path) -> tuple[data.SoundPool, data.SoundPool]:
    train, held_out = data.open_splits(folder)
    header = train.header
    if (header.rate, header.channels) != (config.vae.rate, config.vae.channels):
        raise ModelError(
            f"The sound in {folder} has {header.rate} Hz and {header.channels} channels; the preset wants "
            f"{config.vae.rate} Hz and {config.vae.channels}: render a pool for it."
        )
    return train, held_out


RECIPES: dict[str, Entry] = {
    "vae": Entry(_vae, vae.LOSSES, vae.TRAINING),
    "ssl": Entry(_ssl, ssl.LOSSES, ssl.TRAINING),
    "mulan": Entry(_mulan, mulan.LOSSES, mulan.TRAINING),
    "ear": Entry(_ear, ear.LOSSES, ear.TRAINING, beside=("mulan",)),
    "lm": Entry(_lm, lm.LOSSES, lm.TRAINING, encoded=True),
    "dpd": Entry(_dpd, dpd.LOSSES, dpd.TRAINING, encoded=True),
}


@dataclass(frozen=True)
class Run:
    """What a run is made of. `options` change settings of the training or of the losses, by their names.

    model, audiomae: the folders that it starts from; without a model it begins with random weights.
    """

    recipe: str
    preset: str
    data: str
    seed: int = 0
    options: Mapping[str, Any] = field(default_factory=dict)
    model: str = ""
    audiomae: str = ""


def with_options(run: Run, more: Mapping[str, Any]) -> Run:
    """The run with more options."""
    return replace(run, options={**run.options, **more})


def settings_of(run: Run) -> tuple[Training, Any]:
    """The settings of a run's training and of its losses.

    Raises:
        ModelError: an unknown recipe, preset or option, or a value that is none.
    """
    entry = entry_of(run.recipe)
    config_of(run.preset)
    if run.preset not in entry.training:
        raise ModelError(f"There is no {run.recipe} of the preset {run.preset}: choose {', '.join(entry.training)}.")
    training, losses = entry.training[run.preset], entry.losses[run.preset]
    names = {each.name for each in fields(training)} | {each.name for each in fields(losses)}
    if unknown := sorted(set(run.options) - names):
        allowed = ", ".join(sorted(names - {"seed"}))
        raise ModelError(f"{', '.join(unknown)} is no option of the recipe {run.recipe}; there are {allowed}.")
    training = replace(training, **{**fitting(training, run.options), "seed": run.seed})
    return training, replace(losses, **fitting(losses, run.options))


def make(run: Run, *, begin: bool = True) -> tuple[Publishable, Training]:
    """The recipe and the settings of a run; to `begin` one, with the weights that it starts from.

    Raises:
        ModelError: see `settings_of`; or data or a model to start from that is not there or does not fit.
    """
    training, losses = settings_of(run)
    fixed = {"decoder_only": (True, "encoder"), "hearing": (False, "music tower")}
    for option, (value, part) in fixed.items():
        if begin and not run.model and getattr(losses, option, None) is value:
            raise ModelError(
                f"{option}={value} keeps the {part} as it is, which would be a random one: name a model to start from "
                "with --model."
            )
    config, entry = config_of(run.preset), entry_of(run.recipe)
    if begin and entry.beside and not run.model:
        others = ", ".join(entry.beside)
        raise ModelError(f"The {run.recipe} is trained beside a model's {others}: name the model with --model.")
    recipe = entry.build(config, run.preset, losses, Path(run.data), run.seed)
    if begin and run.model:
        names = (recipe.part, *entry.beside)
        description, modules = checkpoint.load(Path(run.model), parts=names)
        for name in names:
            trained_config = getattr(description.config, name)
            if trained_config is not None and trained_config != getattr(config, name):
                raise ModelError(
                    f"The {name} in {run.model} has other sizes than the preset {run.preset}: train a new one."
                )
        if entry.beside:
            cast(Accompanied, recipe).train_beside({name: modules[name] for name in entry.beside})
        if recipe.part in modules:  # a model may be older than its part
            recipe.start_from(modules[recipe.part].float())
    return recipe, training


def entry_of(recipe: str) -> Entry:
    """The recipe's entry; raises `ModelError` when there is none."""
    if recipe not in RECIPES:
        raise ModelError(f"There is no recipe “{recipe}”, only {', '.join(RECIPES)}.")
    return RECIPES[recipe]


def config_of(preset: str) -> MelodyConfig:
    """The preset's configs; raises `ModelError` when there is none."""
    if preset not in PRESETS:
        raise ModelError(f"There is no preset “{preset}”, only {', '.join(PRESETS)}.")
    return PRESETS[preset]


def fitting(settings: Any, options: Mapping[str, Any]) -> dict[str, Any]:
    """Those of the options that are fields of `settings`, as the fields' types."""
    hints = get_type_hints(type(settings))
    return {key: _parsed(key, value, hints[key]) for key, value in options.items() if key in hints}


def _parsed(key: str, value: Any, kind: Any) -> Any:
    if not isinstance(value, str) or kind is str:
        return tuple(value) if isinstance(value, list) else value
    try:
        if kind is bool:
            return {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}[value.lower()]
        if kind in (int, float):
            return kind(value)
        return tuple(int(part) for part in value.split(","))
    except (ValueError, KeyError) as error:
        raise ModelError(f"“{value}” is no value for {key}.") from error


def remember(run: Run, folder: Path) -> None:
    """Writes `run.json`; a folder that holds another run is left alone.

    Raises:
        ModelError: it does.
    """
    if (folder / RUN).exists():
        stored = recall(folder)
        if (stored.recipe, stored.preset) != (run.recipe, run.preset):
            raise ModelError(
                f"{folder} holds a run of {stored.recipe}, preset {stored.preset}: name another folder with --out."
            )
    folder.mkdir(parents=True, exist_ok=True)
    with replacing(folder / RUN) as part:
        part.write_text(json.dumps(asdict(run), indent=1), encoding="utf-8")


def recall(folder: Path) -> Run:
    """What `run.json` says; raises `ModelError` when there is none, or it is damaged."""
    try:
        return Run(**json.loads((folder / RUN).read_text(encoding="utf-8")))
    except FileNotFoundError as error:
        raise ModelError(f"{folder} is no training run: it has no {RUN}.") from error
    except (OSError, ValueError, TypeError) as error:
        raise ModelError(f"{folder / RUN} is damaged ({error}): train into a new folder.") from error
