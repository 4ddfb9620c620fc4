"""Pipelines from folders, onto their place: quietly, from safetensors only, without code that a folder brings along."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import diffusers
import torch
import transformers
from safetensors import SafetensorError

from engine.errors import ModelError
from engine.generate import device
from engine.generate.diffusion.layouts import Layout
from engine.generate.diffusion.placement import Placement

transformers.utils.logging.tqdm_lib.tqdm.monitor_interval = 0  # no thread that watches progress bars
_FAILURES = (OSError, ValueError, KeyError, TypeError, AttributeError, ImportError, SafetensorError)


@contextmanager
def quiet() -> Iterator[None]:
    """Keeps the libraries' progress bars and their advice to programmers off the terminal."""
    libraries = (diffusers.utils.logging, transformers.utils.logging)
    levels = [library.get_verbosity() for library in libraries]
    for library in libraries:
        library.set_verbosity_error()
        library.disable_progress_bar()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        for library, level in zip(libraries, levels, strict=True):
            library.set_verbosity(level)


def pipeline(layout: Layout, placement: Placement, **parts: Any) -> Any:
    """The pipeline in a folder, on its place. parts: components to take instead of the folder's.

    Raises:
        ModelError: it cannot be read, or memory does not suffice.
    """
    kind = getattr(diffusers, layout.class_name, None)
    if kind is None:
        raise ModelError(f"The installed diffusers {diffusers.__version__} has no {layout.class_name}: update it.")
    with opening(layout):
        made = kind.from_pretrained(
            layout.folder,
            dtype=placement.dtype,
            variant=layout.variant,
            use_safetensors=True,
            local_files_only=True,
            **parts,
        )
        made.set_progress_bar_config(disable=True)
        if placement.offload:
            made.enable_model_cpu_offload(gpu_id=placement.device.index or 0)
        else:
            made.to(placement.device)
    return made


@contextmanager
def opening(layout: Layout) -> Iterator[None]:
    """Turns what the libraries raise while they read a folder into sentences."""
    try:
        with quiet():
            yield
    except _FAILURES as error:
        reason = next(iter(str(error).strip().splitlines()), type(error).__name__)
        raise ModelError(f"The model in {layout.folder} cannot be loaded ({reason}): get it again.") from error
    except RuntimeError as error:
        if device.out_of_memory(error):
            raise ModelError(f"There is not enough memory to load the model in {layout.folder}: close programs.") from (
                error
            )
        reason = next(iter(str(error).strip().splitlines()), type(error).__name__)
        raise ModelError(f"The weights in {layout.folder} do not fit their description ({reason}).") from error


def networks(pipe: Any) -> list[torch.nn.Module]:
    """The networks of a pipeline."""
    return [part for part in pipe.components.values() if isinstance(part, torch.nn.Module)]
