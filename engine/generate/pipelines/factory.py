"""Opens a folder of diffusers or transformers as a generator. Only the networks of its own system are imported."""

from dataclasses import replace
from pathlib import Path

from engine.generate.interface import Generator
from engine.generate.pipelines import checkpoint_layout


def open_folder(folder: Path, device: str | None = None, model_id: str = "", licence: str = "") -> Generator:
    """The model in `folder`, on the device of that name or on the best one.

    Args:
        folder: what diffusers or transformers wrote.
        device: “cpu”, “cuda” …; the best there is by default.
        model_id: under which it is known here; the folder's name by default.
        licence: what was agreed to; what the folder states by default.

    Raises:
        ModelError: it is of no kind that can be run, not whole, or does not fit into memory.
    """
    layout = checkpoint_layout.inspect(folder)
    layout = replace(layout, id=model_id or layout.id, licence=checkpoint_layout.marked(licence) or layout.licence)
    from engine.generate.pipelines import device_plan, loading

    place = device_plan.choose(layout, device)
    with loading.opening(layout):
        assert layout.system.adapter is not None
        return layout.system.adapter()(layout, place)
