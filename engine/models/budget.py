"""Building networks no larger than their weights: what a description asks for is stopped before it is allocated."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import torch
from torch import nn
from torch.nn.modules import module as registry

from engine.errors import ModelError

_MODULES = 40  # layers for each tensor of the file, at most; many have no weights


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
