"""The composer's process, which all tests of a session share: the SoundFont is loaded once."""

from collections.abc import Iterator
from typing import Any

import pytest

from engine.inference.composer import ComposerProcess


class SharedComposer:
    """A composer that each window starts and closes as its own; the process goes on."""

    names = ("composer errors", "composer commands", "composer messages", "engine.compose.worker")
    """Its threads and its process: a cancel may end them on a busy machine, and a later test start them anew."""

    def __init__(self) -> None:
        self.process = ComposerProcess()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.process, name)

    def close(self, timeout: float = 2.0) -> None:
        """The window's; the process is ended with the session."""

    def start(self) -> "SharedComposer":
        return self


@pytest.fixture(scope="session")
def shared_composer() -> Iterator[SharedComposer]:
    composer = SharedComposer()
    composer.process.prepare()
    yield composer
    composer.process.close()
