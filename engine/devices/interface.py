"""What an effect is: a `DeviceSpec` that describes it, and a `Processor` that does its work on one channel.

The contract of a processor, which its tests check for every device of the registry:

- **Any block size.** From the same state, the same input gives the same samples, bit for bit, however it is cut into
  blocks of 1 to `max_block` frames. So what changes over time depends on frames processed, never on calls.
- **Only numbers.** Finite input gives finite output, no output is a denormal, and no state stays one: silence in
  becomes exact silence out at some time after `tail`. Input is finite: the renderer sees to it.
- **Parameters** come with every call: a float that holds for the whole block, or a float64 array with one value a
  frame (automation). An array of equal values sounds as that float. A float that differs from the last call's is
  a jump that the processor need not smooth: the renderer crossfades where a person turned a knob, and lanes are arrays.
  All parameters of the spec are there, within their ranges.
- **No large allocation**: at most some arrays of the size of the block in a call; everything else when it is made.
  Kernels release the interpreter's lock.
- **The block belongs to the caller** and is not changed; the result is a new array or one that the processor owns
  until the next call.
- `rewind` restores a state that `mark` returned, of this or of an equal processor made by the same `create(rate,
  max_block)`; a mark is never changed later, so it may be rewound to more than once.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, TypeAlias, runtime_checkable

from engine.parameters import ParameterSpec

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Value: TypeAlias = "float | NDArray[np.float64]"
"""A parameter's value over a block: one for all frames, or one a frame."""

TEMPO = "tempo_bpm"
"""The value that a device gets beside its own parameters if its spec says `follows_tempo`: quarter notes a minute."""


class Processor(Protocol):
    """A device at work on one channel. One thread at a time."""

    @property
    def latency(self) -> int:
        """Frames by which the output comes late; the same for the processor's whole life."""
        ...

    def tail(self, parameters: Mapping[str, float]) -> int:
        """Frames after which, without input, what rings on is below −120 dBFS for an input of full scale.

        Also the frames of sound before a place that must be processed for what follows to be right there. Latency
        is not part of it.
        """
        ...

    def process(
        self,
        block: "NDArray[np.float32]",
        parameters: Mapping[str, Value],
        sidechain: "NDArray[np.float32] | None" = None,
    ) -> "NDArray[np.float32]":
        """The next frames processed: float32 (frames, 2) in and out.

        Args:
            block: the sound, at most `max_block` frames.
            parameters: a value for each parameter of the spec.
            sidechain: the sound that controls the device, (frames, 2) as late as the block; None where it is the block.
        """
        ...

    def reset(self) -> None:
        """Forgets all sound: the state after `create`."""
        ...

    def mark(self) -> object:
        """The present state, as a value of its own."""
        ...

    def rewind(self, mark: object) -> None:
        """Restores a state that `mark` returned."""
        ...


@runtime_checkable
class SupervisedProcessor(Processor, Protocol):
    """A device whose work is done by a process that may stop."""

    def begin_in_real_time(self) -> None:
        """Starts the process, and lets sound pass without it where it stops or is late; else that is an error."""
        ...

    def restart(self) -> None:
        """Starts the process anew with the next block."""
        ...

    def close(self) -> None:
        """Ends the process."""
        ...

    def notices(self) -> list[str]:
        """Sentences about what went wrong since the last call."""
        ...


@dataclass(frozen=True, slots=True)
class DeviceSpec:
    """A kind of effect.

    id: by which songs and the shell name it; also the name of its file.
    label: what the window shows.
    kind: the group of a menu: “dynamics”, “filter”, “space”, “modulation”, “distortion”, “utility”.
    parameters: in the order in which they are shown.
    create: (rate in Hz, the most frames of a block) → a processor in its first state. Compiled kernels are imported
        here and not with the device's module.
    sidechain: whether another channel's sound can control it.
    follows_tempo: whether it is told the tempo (`TEMPO`).
    presets: name → values by parameter id; parameters that are not named take their defaults.
    own_process: whether its processors are `SupervisedProcessor`s.
    """

    id: str
    label: str
    kind: str
    parameters: tuple[ParameterSpec, ...]
    create: Callable[[int, int], Processor]
    sidechain: bool = False
    follows_tempo: bool = False
    presets: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    own_process: bool = False

    def parameter(self, parameter_id: str) -> ParameterSpec | None:
        """The parameter with that id."""
        return next((parameter for parameter in self.parameters if parameter.id == parameter_id), None)

    def values(self, chosen: Mapping[str, float]) -> dict[str, float]:
        """A value for every parameter: the chosen one, brought within its range, or the default."""
        return {each.id: each.clamp(chosen.get(each.id, each.default)) for each in self.parameters}
