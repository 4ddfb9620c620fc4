"""Building networks no larger than their weights: what a description asks for is stopped before it is allocated."""

import math
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import torch
from torch import nn
from torch.nn.modules import module as registry
from torch.overrides import TorchFunctionMode

from engine.errors import ModelError

_MODULES = 40  # layers for each tensor of the file, at most; many have no weights


class Unfilled(TorchFunctionMode):
    """Leaves out what fills fresh tensors, for networks on the meta device, which hold no numbers.

    torch would load its compiler for it, as for any arithmetic there, which takes longer than all else that opening a
    model does. Small tables, and small tensors that a network begins with, are made on the CPU for that reason. To be
    entered within the device.
    """

    def __torch_function__(
        self, function: Any, types: Any, arguments: tuple[Any, ...] = (), options: dict[str, Any] | None = None
    ) -> Any:
        """Calls `function`; what writes numbers into a tensor returns it as it is."""
        options = options or {}
        name = getattr(function, "__name__", "")
        if name in _FILLING:
            return arguments[0] if arguments else options["tensor"]
        if name in _COUNTING and _size(name, arguments) <= _SMALL:
            options = {"device": "cpu", **options}
        elif name in _DRAWING and _size(name, arguments) <= _SMALL:
            return torch.empty(*arguments, dtype=options.get("dtype"), device="cpu")
        elif name == "norm_except_dim":  # of a weight norm: (weight, power, axis that keeps its size)
            weight, _, axis = arguments
            return torch.empty([size if i == axis else 1 for i, size in enumerate(weight.shape)], device=weight.device)
        return function(*arguments, **options)


_FILLING = frozenset(("normal_", "uniform_", "trunc_normal_", "zeros_", "ones_", "constant_", "fill_", "zero_"))
_COUNTING = frozenset(("arange", "linspace", "hann_window"))
_DRAWING = frozenset(("rand", "randn"))
_SMALL = 1 << 22  # numbers


def _size(name: str, arguments: tuple[Any, ...]) -> float:
    """How many numbers a call makes."""
    if name == "arange":
        start, end, step = {1: (0, *arguments, 1), 2: (*arguments, 1), 3: arguments}[len(arguments)]
        return abs((end - start) / step)
    if name == "linspace":
        return float(arguments[2])
    shape = arguments[0] if isinstance(arguments[0], tuple | list) else arguments
    return math.prod(shape)


@contextmanager
def budget(where: str, tensors: int, elements: int) -> Iterator[None]:
    """Ends building networks on this thread as soon as they have more layers or weights than there can be.

    Args:
        where: what the weights are of, to stand in a sentence.
        tensors: how many there may be in all networks that are built meanwhile.
        elements: how many numbers they, and the buffers beside them, may have.

    Raises:
        ModelError: they have more.
    """
    counts = {"modules": 0, "tensors": 0, "elements": 0}
    limits = {"modules": _MODULES * tensors + 1000, "tensors": tensors, "elements": elements}
    thread = threading.get_ident()

    def add(kind: str, count: int) -> None:
        counts[kind] += count
        if counts[kind] > limits[kind]:
            raise ModelError(
                f"The description of {where} asks for a network that is larger than its weights: get the model again."
            )

    def module_added(owner: nn.Module, name: str, module: nn.Module | None) -> None:
        if threading.get_ident() == thread:
            add("modules", 1)

    def tensor_added(owner: nn.Module, name: str, tensor: torch.Tensor | None) -> None:
        if tensor is not None and threading.get_ident() == thread:
            add("tensors", 1)
            add("elements", tensor.numel())

    with ExitStack() as stack:
        for handle in (
            registry.register_module_module_registration_hook(module_added),
            registry.register_module_parameter_registration_hook(tensor_added),
            registry.register_module_buffer_registration_hook(tensor_added),
        ):
            stack.callback(handle.remove)
        yield
