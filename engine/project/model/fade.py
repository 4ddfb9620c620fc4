"""The fades at a clip's ends."""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Annotated, Final

from engine.project.model.ranges import SHARE, Frames


class FadeShape(StrEnum):
    """The curve of a fade-in over x from 0 to 1; a fade-out is its mirror image."""

    LINEAR = "linear"  # x
    EQUAL_POWER = "equal_power"  # sin(pi/2 x): a crossfade of unrelated sounds keeps its power; see `correlation`
    S_CURVE = "s_curve"  # 3x² - 2x³


@dataclass(frozen=True, slots=True)
class Fade:
    """A fade at one end of a clip: `length` in frames.

    Where a clip was split inside a fade, either half has a part of it: `length` frames from frame `first` on of a fade
    of `whole` frames (0: there is no more of it than `length`). A part that does not reach the end of a fade-in, or
    does not begin with the start of a fade-out, is as long as its clip.
    """

    length: Frames = 0
    shape: FadeShape = FadeShape.LINEAR
    first: Frames = 0
    whole: Frames = 0
    correlation: Annotated[float, SHARE] = 0.0
    """Of the sounds that an equal-power crossfade joins, 0 to 1: its gains are divided by √(1 + it · sin πx)."""

    def fault(self) -> str:
        """What of the fields does not go together, as the rest of a sentence; empty where all does."""
        return "is a part of a shorter fade" if self.end > self.total else ""

    @property
    def total(self) -> int:
        """Frames of the whole fade."""
        return self.whole or self.length

    @property
    def end(self) -> int:
        """The frame of the whole fade after the last of this part."""
        return self.first + self.length

    def part(self, first: int, end: int) -> "Fade":
        """The frames `first` to `end` (exclusive) of the whole fade."""
        if end <= first:
            return Fade(0, self.shape)
        is_whole = first == 0 and end == self.total
        return replace(self, length=end - first, first=first, whole=0 if is_whole else self.total)

    def stretched(self, length: int) -> "Fade":
        """The same way from its first gain to its last in `length` frames."""
        if length <= 0:
            return Fade(0, self.shape)
        if not self.whole:
            return replace(self, length=length)
        first = round(self.first * length / self.length)
        after = round((self.total - self.end) * length / self.length)
        return replace(self, length=length, first=first, whole=first + length + after if first or after else 0)


NO_FADE: Final = Fade()
