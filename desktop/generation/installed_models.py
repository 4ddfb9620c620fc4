"""The models that are installed, read once and again when something may have changed."""

from pathlib import Path
from typing import TYPE_CHECKING

from desktop.widgets.elided_label import short_path
from engine import paths
from engine.inference.api import Model

if TYPE_CHECKING:
    from engine.generate.model_spec import ModelInfo


class InstalledModels:
    """What `registry.installed` said last. UI thread only."""

    def __init__(self) -> None:
        self._found: dict[str, ModelInfo] | None = None

    def forget(self) -> None:
        """Looks anew the next time."""
        self._found = None

    @property
    def usable(self) -> "list[ModelInfo]":
        """The installed models that can run."""
        return [info for info in self._read().values() if not info.problem]

    def has(self, model: Model) -> bool:
        """Whether `model` can be asked."""
        info = self._read().get(model.name)
        return model.untrained or (not info.problem if info else Path(model.name).is_dir())

    def name(self, model: Model) -> str:
        """What a user calls `model`."""
        from engine.generate import registry

        info = self._read().get(model.name)
        return info.name if info else registry.name_of(model.name)

    def what_to_do(self, model: Model) -> str:
        """A sentence for who cannot use `model`; empty where it can be used."""
        info = self._read().get(model.name)
        if self.has(model):
            return ""
        if info and info.problem:
            return info.problem
        return (
            f"The weights of {self.name(model)} are not installed: choose another model, or put its folder into "
            f"{short_path(paths.data_dir() / 'models')}."
        )

    def _read(self) -> "dict[str, ModelInfo]":
        if self._found is None:
            from engine.generate import registry  # which reads every kind of model

            self._found = {info.id: info for info in registry.installed() if info.folder is not None}
        return self._found
