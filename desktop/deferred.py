"""Parts of the window that are built when they are first needed, so that the window comes without them."""

from collections.abc import Callable
from typing import Generic, TypeVar

Part = TypeVar("Part", covariant=True)


class Deferred(Generic[Part]):
    """A part that is built when it is first called for: when its tab is opened, or when another part needs it.

    UI thread only.
    """

    def __init__(self, build: Callable[[], Part]) -> None:
        """`build` makes the part. It imports the part's modules itself, since they take as long as the part."""
        self._build = build
        self._part: Part | None = None
        self._waiting: list[Callable[[Part], object]] = []

    def __call__(self) -> Part:
        """The part, which is built by the first call."""
        if self._part is None:
            self._part = self._build()
            for use in self._waiting:
                use(self._part)
            self._waiting.clear()
        return self._part

    @property
    def built(self) -> Part | None:
        """The part, if it has been built."""
        return self._part

    def when_built(self, use: Callable[[Part], object]) -> None:
        """Calls `use` with the part: now, if it has been built, or else as soon as it is, in the order of the calls."""
        if self._part is not None:
            use(self._part)
        else:
            self._waiting.append(use)
