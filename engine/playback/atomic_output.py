"""Files that appear all together, whole, or not at all.

Everything is written beside its target under a temporary name. At the end each file is on the disk and then takes its
name in one step; if one cannot, those before it are given back. A process that was killed leaves only temporary files,
which the next delivery into that folder removes.
"""

import errno
import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from engine.atomic_file import beside, new_name, remove_left_over, replace_file, sync_folder
from engine.disk import shortage
from engine.errors import ExportError


class FilesExistError(ExportError):
    """Files exist that may not be overwritten; `what` says which, without the rest of the sentence."""

    def __init__(self, what: str) -> None:
        self.what = what
        super().__init__(f"{what} would be overwritten: allow that, or choose another place.")


class Delivery:
    """A set of files on their way to `targets`. Use it with `with`; what is not committed is removed.

    Raises:
        FilesExistError: files exist and may not be overwritten.
        ExportError: a target is a folder.
    """

    def __init__(self, targets: Iterable[Path], *, overwrite: bool) -> None:
        self.targets = [Path(target) for target in targets]
        self._made: list[Path] = []  # folders, outermost first
        self._parts: dict[Path, Path] = {}
        self._scratch: list[Path] = []
        self._check(overwrite)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for part in (*self._parts.values(), *self._scratch):
            with suppress(OSError):
                part.unlink(missing_ok=True)
        for folder in reversed(self._made):
            with suppress(OSError):
                folder.rmdir()  # only if nothing is in it

    def part(self, target: Path) -> Path:
        """The temporary file, empty at first, that becomes `target`; its folder is made when missing.

        Raises:
            OSError: the folder cannot be made.
        """
        if target not in self._parts:
            self._make(target.parent)
            self._parts[target] = beside(target)
        return self._parts[target]

    def scratch(self, target: Path) -> Path:
        """A further temporary file beside `target`, empty at first, which is removed at the end.

        Raises:
            OSError: the folder cannot be made.
        """
        self._make(target.parent)
        path = beside(target)
        self._scratch.append(path)
        return path

    def check_room(self, sizes: Iterable[tuple[Path, int]]) -> None:
        """Makes sure that files of these sizes have room, each on its disk.

        Raises:
            ExportError: they have not.
        """
        needed: dict[int, tuple[Path, int]] = {}
        for target, size in sizes:
            folder = next(parent for parent in target.absolute().parents if parent.exists())
            disk = folder.stat().st_dev
            needed[disk] = (folder, needed.get(disk, (folder, 0))[1] + size)
        for folder, size in needed.values():
            if figures := shortage(folder, size):
                more = f" and {len(self.targets) - 1} more" if len(self.targets) > 1 else ""
                raise ExportError(
                    f"The disk of “{folder}” is too full for “{self.targets[0].name}”{more}: {figures}. Make room or "
                    "choose another folder."
                )

    def commit(self) -> None:
        """Gives every part its name. They must be complete and on the disk.

        Raises:
            OSError: one could not get its name; all is as it was before.
        """
        replaced: list[tuple[Path, Path | None]] = []  # target, the file that was there before
        try:
            for target, part in self._parts.items():
                old = self._keep(target)
                replaced.append((target, old))
                replace_file(part, target)
        except OSError:
            for target, old in reversed(replaced):
                with suppress(OSError):
                    if old:
                        old.replace(target)
                        old.unlink(missing_ok=True)  # renaming one name of a file to another of its names does nothing
                    elif not self._parts[target].exists():
                        target.unlink(missing_ok=True)
            raise
        for _, old in replaced:
            if old:
                with suppress(OSError):
                    old.unlink()
        self._parts.clear()
        self._made.clear()
        for folder in {target.parent for target in self.targets}:
            sync_folder(folder)

    @staticmethod
    def _keep(target: Path) -> Path | None:
        """A second name for the file at `target`, or None if there is no file."""
        if not target.exists():
            return None
        if target.is_dir():
            raise IsADirectoryError(errno.EISDIR, "a folder has its name", str(target))
        old = target.parent / new_name()
        try:
            os.link(target, old)
        except OSError:  # a file system without hard links
            old = beside(target)
            target.replace(old)
        return old

    def _check(self, overwrite: bool) -> None:
        existing = []
        for target in self.targets:
            if target.is_dir():
                raise ExportError(f"“{target}” is a folder: choose another file name.")
            if target.exists():
                existing.append(target)
        if existing and not overwrite:
            names = ", ".join(f"“{path.name}”" for path in existing[:3])
            more = f" and {len(existing) - 3} more" if len(existing) > 3 else ""
            raise FilesExistError(f"{names}{more} in “{existing[0].parent}”")
        for folder in {target.parent for target in self.targets}:
            remove_left_over(folder)

    def _make(self, folder: Path) -> None:
        missing = []
        while not folder.exists():
            missing.append(folder)
            folder = folder.parent
        for new in reversed(missing):
            new.mkdir(exist_ok=True)
            self._made.append(new)
