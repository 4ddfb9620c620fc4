"""Runs commands of the shell in processes of their own, within the folders that the user named."""

import asyncio
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from engine.errors import EngineError, shown
from engine.plain_text import one_line

MAX_OUTPUT = 4 << 20
"""Bytes of a command's answer."""

MAX_TEXT = 4000
"""Characters of an argument."""

SECONDS = 3600.0
"""That a command may take."""


class CommandError(EngineError):
    """A command could not be run, or failed; the sentence says why."""


class Folders:
    """The folders that the user named: nothing outside them is read or written."""

    def __init__(self, folders: Sequence[Path]) -> None:
        """`folders`: at least one; each is there.

        Raises:
            CommandError: one is no folder.
        """
        for folder in folders:
            if not folder.is_dir():
                raise CommandError(f"“{shown(folder)}” is no folder: name one that is there.")
        self._folders = tuple(folder.resolve() for folder in folders)

    def inside(self, text: str) -> Path:
        """The path that `text` names, from the first folder on where it is not a whole one; links are followed.

        Raises:
            CommandError: it lies outside the folders, or is no path.
        """
        if not text or len(text) > MAX_TEXT or "\0" in text:
            raise CommandError("This is no path: give the name of a file or folder.")
        try:
            path = (self._folders[0] / text).resolve()
        except (OSError, RuntimeError, ValueError) as error:
            raise CommandError(f"“{shown(text)}” is no path that can be used.") from error
        if not any(path.is_relative_to(folder) for folder in self._folders):
            names = ", ".join(f"“{folder}”" for folder in self._folders)
            raise CommandError(f"“{shown(text)}” lies outside of what this server may use: {names}.")
        return path


class Shell:
    """Runs the shell's commands, one at a time. Belongs to one event loop."""

    def __init__(self) -> None:
        self._turn = asyncio.Lock()

    async def run(self, command: str, options: Sequence[str] = (), places: Sequence[str] = ()) -> Any:
        """What a command answers: its JSON as values, else its text. A cancel ends the command's process.

        options: words that begin with “--”, each with its value behind “=”. places: what stands alone; none of it is
        read as an option.

        Raises:
            CommandError: the command failed, took too long or said too much.
        """
        words = [command, *options, "--", *places]
        for word in words:
            if len(word) > MAX_TEXT or "\0" in word:
                raise CommandError(f"An argument is longer than {MAX_TEXT:,} characters, or holds what no text does.")
        async with self._turn:
            return await self._run(words)

    async def _run(self, words: Sequence[str]) -> Any:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-P", "-m", "engine.cli", *words,
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": _own_path(), "PYTHONIOENCODING": "utf-8"},
        )  # fmt: skip
        try:
            async with asyncio.timeout(SECONDS):
                answer, complaint = await asyncio.gather(_some(process.stdout), _some(process.stderr))
                status = await process.wait()
        except TimeoutError as error:
            raise CommandError(f"“{words[0]}” took longer than {SECONDS / 60:g} minutes and was ended.") from error
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        text = answer.decode("utf-8", "replace")
        if status:
            lines = complaint.decode("utf-8", "replace").strip().splitlines()
            raise CommandError(one_line(lines[-1].removeprefix("continuo: ")) if lines else f"“{words[0]}” failed.")
        try:
            return json.loads(text)
        except ValueError:
            return text.strip()


async def _some(stream: asyncio.StreamReader | None) -> bytes:
    """All that a process says.

    Raises:
        CommandError: it is too much.
    """
    content = b""
    while stream and (block := await stream.read(1 << 16)):
        content += block
        if len(content) > MAX_OUTPUT:
            raise CommandError("The answer is too large.")
    return content


def _own_path() -> str:
    """Where the program's own packages lie, before what the environment says."""
    own = str(Path(__file__).resolve().parent.parent.parent)
    return os.pathsep.join([own, *filter(None, [os.environ.get("PYTHONPATH")])])
