"""The families of models that this program runs: one file each, with a `ModelSpec` named `SPEC`.

Every file of this folder is found by itself, so adding a family touches no other file. What needs torch is imported
when a model is opened: a small model may be written in its catalog file, larger ones name the module of their networks.
"""

from importlib import import_module
from pkgutil import iter_modules

from engine.generate.model_spec import KnownModel, ModelSpec

DEFAULT = "melody-starter"
"""The model that is used where none is named."""


def _read_specs() -> dict[str, ModelSpec]:
    specs: list[ModelSpec] = [import_module(f"{__name__}.{info.name}").SPEC for info in iter_modules(__path__)]
    return {spec.id: spec for spec in sorted(specs, key=lambda spec: (spec.rank, spec.id))}


SPECS: dict[str, ModelSpec] = _read_specs()
"""By `ModelSpec.id`, in the order of lists."""


def known_models() -> dict[str, KnownModel]:
    """The models that are known by name, by their ids."""
    return {model.id: model for spec in SPECS.values() for model in spec.models}


def known_in(repo: str) -> KnownModel | None:
    """The known model that is published in a repository (owner/name)."""
    return next((model for model in known_models().values() if model.repo and model.repo.lower() == repo.lower()), None)


def family_of(model: str) -> ModelSpec | None:
    """The family of a known model's id."""
    return next((spec for spec in SPECS.values() if any(each.id == model for each in spec.models)), None)


def family_by_class(name: str) -> ModelSpec | None:
    """The family that runs folders of diffusers or transformers of this class."""
    return next((spec for spec in SPECS.values() if name in spec.classes), None)


def family_by_system(system: str) -> ModelSpec | None:
    """The family that is listed as `system`: a class, or the id of a family of the program's own."""
    return family_by_class(system) or (spec if (spec := SPECS.get(system)) and not spec.classes else None)


def published_families() -> str:
    """The names of the families whose folders can be added, for a sentence."""
    return ", ".join(sorted({spec.name for spec in SPECS.values() if spec.classes}))
