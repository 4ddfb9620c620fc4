"""Loads pipelines from folders onto their device: from safetensors only, never running code of a folder."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import diffusers
import torch
import transformers
from huggingface_hub.errors import StrictDataclassError
from safetensors import SafetensorError

from engine.errors import ModelError
from engine.generate import device
from engine.generate.pipelines.checkpoint_layout import Layout
from engine.generate.pipelines.device_plan import DevicePlan
from engine.models.budget import budget
from engine.models.quiet_libraries import quiet_libraries

_FAILURES = (
    ArithmeticError, AssertionError, AttributeError, EOFError, ImportError, LookupError, NameError, OSError,
    StopIteration, TypeError, ValueError, re.error, SafetensorError, StrictDataclassError,
)  # fmt: skip
"""What the libraries raise for a folder that is damaged; they promise no kind."""
_WITHOUT_WEIGHTS = 30_000_000  # numbers that a pipeline's networks compute for themselves, such as filters, at most
_LACKING = 0.005  # of a network's weights that a file may lack: a few are computed


def pipeline(layout: Layout, device_plan: DevicePlan, **parts: Any) -> Any:
    """The pipeline in a folder, on its device. parts: components to take instead of the folder's.

    Raises:
        ModelError: it cannot be read, its weights are not those that its description asks for, or memory does not
            suffice.
    """
    kind = getattr(diffusers, layout.class_name, None)
    if kind is None:
        raise ModelError(f"The installed diffusers {diffusers.__version__} has no {layout.class_name}: update it.")
    with opening(layout):
        for part in layout.parts:
            if part.name not in parts and (network := _network_class(*layout.classes[part.name])) is not None:
                parts[part.name] = read_network(
                    network, layout, part.name, dtype=device_plan.dtype, variant=layout.variant, subfolder=part.name
                )
        pipe = kind.from_pretrained(
            layout.folder,
            dtype=device_plan.dtype,
            variant=layout.variant,
            use_safetensors=True,
            local_files_only=True,
            **parts,
        )
        pipe.set_progress_bar_config(disable=True)
        if device_plan.offload:
            pipe.enable_model_cpu_offload(gpu_id=device_plan.device.index or 0)
        else:
            pipe.to(device_plan.device)
    return pipe


def read_network(kind: Any, layout: Layout, name: str, **options: Any) -> Any:
    """One network of a folder, which has all of its weights from there.

    Args:
        kind: its class, of diffusers or transformers.
        layout: of the folder.
        name: of the part, to stand in a sentence.
        options: what `from_pretrained` is told besides.

    Raises:
        ModelError: weights are missing or not finite.
    """
    network, about = kind.from_pretrained(
        layout.folder, use_safetensors=True, local_files_only=True, output_loading_info=True, **options
    )
    weights = dict(network.named_parameters())
    lacking = {key: weights[key].numel() for key in _keys(about, "missing_keys") if key in weights}
    if sum(lacking.values()) > _LACKING * sum(each.numel() for each in weights.values()):
        raise ModelError(
            f"The weights of “{name}” in {layout.folder} do not fit their description: {len(lacking)} of "
            f"{len(weights)} are missing ({min(lacking)[:80]} is the first). Get the model again."
        )
    for key, value in weights.items():
        if value.numel() and value.is_floating_point() and not all(each.isfinite() for each in value.aminmax()):
            raise ModelError(
                f"The weights of “{name}” in {layout.folder} are damaged ({key[:80]} is not finite): get them again."
            )
    return network


def _keys(about: Mapping[str, Any], name: str) -> list[str]:
    return [key for key in about.get(name) or () if isinstance(key, str)]


def _network_class(library: str, kind: str) -> Any:
    """The class of a part that can be read by itself; None leaves it to the pipeline."""
    home = {"diffusers": diffusers, "transformers": transformers}.get(library)
    home = home or getattr(diffusers.pipelines, library, None)
    network = getattr(home, kind, None)
    return network if isinstance(network, type) and issubclass(network, torch.nn.Module) else None


@contextmanager
def opening(layout: Layout) -> Iterator[None]:
    """Turns what the libraries raise while they read a folder into sentences; ends what grows beyond its weights."""
    where, tensors = str(layout.folder), sum(part.tensors for part in layout.parts)
    try:
        with quiet_libraries(), _Panics(), budget(where, 8 * tensors + 2000, 6 * layout.parameters + _WITHOUT_WEIGHTS):
            yield
    except ModelError:
        raise
    except (MemoryError, RuntimeError) as error:
        if isinstance(error, MemoryError) or device.out_of_memory(error):
            raise ModelError(f"There is not enough memory to load the model in {layout.folder}: close programs.") from (
                error
            )
        raise ModelError(f"The weights in {layout.folder} do not fit their description ({_reason(error)}).") from error
    except _FAILURES as error:
        raise ModelError(f"The model in {layout.folder} cannot be loaded ({_reason(error)}): get it again.") from error


class _Panics:
    """Turns how libraries in Rust say that they met the unexpected into an error: no `Exception`, or the bare class."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if error is not None and (type(error).__module__ == "pyo3_runtime" or type(error) is Exception):
            raise ValueError(str(error)) from error


def _reason(error: BaseException) -> str:
    """The first line of what a library says."""
    return next(iter(str(error).strip().splitlines()), type(error).__name__)[:300]


def networks(pipe: Any) -> list[torch.nn.Module]:
    """The networks of a pipeline."""
    return [part for part in pipe.components.values() if isinstance(part, torch.nn.Module)]
