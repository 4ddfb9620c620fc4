"""Where a pipeline runs and in which precision, by the memory that there is."""

from dataclasses import dataclass

import psutil
import torch

from engine.errors import ModelError
from engine.generate import device
from engine.generate.pipelines.checkpoint_layout import Layout

_WORK = 1.3  # memory for weights and for what is computed, as a multiple of the weights
_SPARE = 1 << 30


@dataclass(frozen=True)
class DevicePlan:
    """Device and precision; with `offload` the parts take turns on the device, and sound is decoded in pieces."""

    device: torch.device
    dtype: torch.dtype
    offload: bool = False

    def __str__(self) -> str:
        text = str(device.Place(self.device, self.dtype))
        return f"{text}, its parts in turn" if self.offload else text


def free_memory(place: torch.device) -> int:
    """Bytes that are free on a device."""
    if place.type == "cuda":
        return int(torch.cuda.mem_get_info(place)[0])
    return int(psutil.virtual_memory().available)


def choose(layout: Layout, name: str | None = None) -> DevicePlan:
    """The best place for a model on the device `name`, or on the best device there is.

    On a GPU: all of it in half precision, else part by part, else the CPU. On the CPU: float32, which every layer has
    there, else bfloat16.

    Raises:
        ModelError: there is no such device, or too little memory on any.
    """
    target = device.choose(name).device
    largest = max((part.parameters for part in layout.parts), default=0)
    if target.type == "cuda":
        free = free_memory(target) - _SPARE
        half = getattr(torch, layout.system.half)
        if 2 * _WORK * layout.parameters < free:
            return DevicePlan(target, half)
        if 2 * _WORK * largest < free:
            return DevicePlan(target, half, offload=True)
        if name is not None:
            raise ModelError(_too_little(layout, 2 * _WORK * largest, free, str(target)))
        target = torch.device("cpu")
    free = free_memory(target)
    if 4 * _WORK * layout.parameters < free:
        return DevicePlan(target, torch.float32)
    if 2 * _WORK * layout.parameters < free:
        return DevicePlan(target, torch.bfloat16)
    raise ModelError(_too_little(layout, 2 * _WORK * layout.parameters, free, "this machine"))


def _too_little(layout: Layout, needed: float, free: int, where: str) -> str:
    return (
        f"{layout.system.name} needs about {needed / 1e9:.1f} GB of memory, and {max(free, 0) / 1e9:.1f} GB are free "
        f"on {where}: close programs, or choose a smaller model."
    )
