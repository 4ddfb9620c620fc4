"""Linear layers with what follows them, done while the product is still in the cache.

On a CPU in bfloat16 a pass over memory costs about a third of a product of DPD's size, so a sum or a gate after each
product adds up. oneDNN applies them as it writes the product out; sums, gates and SiLU then cost 0–15 % of it. Used in
inference where this build of torch has these operations (x86 with oneDNN), and plain operations everywhere else.
"""

from collections.abc import Callable
from functools import cache
from typing import Literal

import torch
import torch.nn.functional as F
from torch import Tensor

_ACTIVATIONS: dict[str, Callable[[Tensor], Tensor]] = {"swish": F.silu, "sigmoid": torch.sigmoid}


@cache
def _available() -> bool:
    """Whether torch has the operations and this CPU takes bfloat16 in them."""
    x = torch.ones(32, 32, dtype=torch.bfloat16)
    try:
        product = torch.ops.mkldnn._linear_pointwise.binary(x, x, x, None, "add")
        torch.ops.mkldnn._linear_pointwise(x, x, None, "swish", [], "")
    except (AttributeError, RuntimeError):  # NotImplementedError is a RuntimeError
        return False
    return bool((product == 33).all())


def _fusible(x: Tensor) -> bool:
    return x.dtype is torch.bfloat16 and x.device.type == "cpu" and torch.is_inference_mode_enabled() and _available()


def activated(x: Tensor, weight: Tensor, bias: Tensor | None, activation: Literal["swish", "sigmoid"]) -> Tensor:
    """activation(W x + b): (..., in) → (..., out)."""
    if _fusible(x):
        output: Tensor = torch.ops.mkldnn._linear_pointwise(x, weight, bias, activation, [], "")
        return output
    return _ACTIVATIONS[activation](F.linear(x, weight, bias))


def times(x: Tensor, weight: Tensor, other: Tensor) -> Tensor:
    """W x ⊙ other: (..., in) and (..., out) → (..., out)."""
    if _fusible(x):
        output: Tensor = torch.ops.mkldnn._linear_pointwise.binary(x, other, weight, None, "mul")
        return output
    return F.linear(x, weight) * other


def plus(x: Tensor, weight: Tensor, other: Tensor) -> Tensor:
    """W x + other: (..., in) and (..., out) → (..., out)."""
    if _fusible(x):
        output: Tensor = torch.ops.mkldnn._linear_pointwise.binary(x, other, weight, None, "add")
        return output
    return F.linear(x, weight) + other
