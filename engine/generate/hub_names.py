"""What a hub may call its files: names, hashes and lengths are checked before any of them becomes a path."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

from engine.errors import ModelError
from engine.plain_text import shown

REPO = re.compile(r"(?!.*(--|\.\.))[A-Za-z0-9_][A-Za-z0-9_.-]{0,95}/[A-Za-z0-9_][A-Za-z0-9_.-]{0,95}", re.ASCII)
"""What a repository may be called."""
COMMIT, SHA256 = re.compile(r"[0-9a-f]{40}", re.ASCII), re.compile(r"[0-9a-f]{64}", re.ASCII)
MOST_FILES, MOST_WANTED = 20_000, 2_000
LONGEST_NAME = 240  # characters, as the path of a file in a cache has to fit as well
LARGEST_FILE, LARGEST_MODEL = 200 * 10**9, 10**12  # bytes
LARGEST_TEXT = 100 * 10**6  # bytes of what is no weights
_FETCHED = (".safetensors", ".json", ".txt", ".md")
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)  # Windows' own names


def check_repo(repo: str) -> str:
    """The name of a repository.

    Raises:
        ModelError: it is none.
    """
    if not REPO.fullmatch(repo):
        raise ModelError(f"“{shown(repo)}” is no name of a repository: write owner/name.")
    return repo


def check_names(repo: str, names: Iterable[str]) -> None:
    """Looks at the names of a repository's files, as far as they are of a kind that may be fetched.

    Raises:
        ModelError: one of them cannot be kept safely.
    """
    for name in names:
        if name.lower().endswith(_FETCHED) and (reason := unsafe(name)):
            raise ModelError(
                f"The hub's list of {repo} cannot be trusted (the name “{shown(name)}” {reason}): nothing is fetched."
            )


def checked_commit(commit: str) -> str:
    """A revision's hash; raises `ModelError` where it is none."""
    if not COMMIT.fullmatch(commit):
        raise ModelError(f"“{shown(commit)}” is no revision of a repository.")
    return commit


def cache_folder(cache: Path, repo: str) -> Path:
    """Where the hub library's cache keeps a repository."""
    return cache / "--".join(("models", *check_repo(repo).split("/")))


def check_files(repo: str, files: Sequence[Mapping[str, Any]]) -> None:
    """Looks at what is to be fetched of a repository: name, length and hashes of each file, and all together.

    Raises:
        ModelError: one of them cannot be kept safely, with the reason.
    """

    def refuse(reason: str) -> None:
        raise ModelError(f"The hub's list of {repo} cannot be trusted ({reason}): nothing is fetched.")

    if len(files) > MOST_WANTED:
        refuse(f"it asks for {len(files):,} files")
    for file in files:
        name, size = file["name"], file["bytes"]
        if reason := unsafe(name):
            refuse(f"the name “{shown(name)}” {reason}")
        if not 0 <= size <= (LARGEST_FILE if name.endswith(".safetensors") else LARGEST_TEXT):
            refuse(f"“{shown(name)}” has {size:,} bytes")
        if not (SHA256.fullmatch(file["sha256"]) if file["sha256"] else COMMIT.fullmatch(file["blob"])):
            refuse(f"“{shown(name)}” has no proper checksum")
    if sum(file["bytes"] for file in files) > LARGEST_MODEL:
        refuse("it is larger than any model")
    if double := _collision(file["name"] for file in files):
        refuse(f"“{shown(double)}” is there twice, or both a file and a folder")


def unsafe(name: str) -> str:
    """Why a file of a repository may not have that name; empty where it may. The text follows the name."""
    if not name or len(name) > LONGEST_NAME:
        return "is too long" if name else "is empty"
    if any(unicodedata.category(letter)[0] == "C" for letter in name):
        return "holds control characters"
    if name.startswith(("/", "\\", "~")) or "\\" in name or ":" in name or PureWindowsPath(name).is_absolute():
        return "leads out of the model's folder"
    for part in name.split("/"):
        if part in ("", ".", ".."):
            return "leads out of the model's folder"
        if part.endswith((".", " ")) or part.startswith(" ") or _RESERVED.fullmatch(part) or len(part.encode()) > 200:
            return "cannot be kept on every system"
    return ""


def _collision(names: Iterable[str]) -> str:
    """A name that is there twice (large and small letters being one), or that is the folder of another."""
    files: set[str] = set()
    folders: set[str] = set()
    for name in names:
        key = unicodedata.normalize("NFC", name).casefold()
        above = {str(parent) for parent in PurePosixPath(key).parents}
        if key in files or key in folders or above & files:
            return name
        files.add(key)
        folders |= above
    return ""
