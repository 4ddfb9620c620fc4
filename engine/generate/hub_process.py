"""What is asked of the model hub, in a process that may be ended at any moment.

`python -m engine.generate.hub_process` takes one request and sends progress, and at last the answer or the sentence of
an error (see `hub_client`). Tokens, addresses, the offline flag and the cache are the hub library's own.

Nothing that a hub says is trusted: what it lists is checked (`hub_names`) before a name or a hash becomes a path, and
read with limits (`hub_http`). A file is fetched into the library's cache beside the others and gets its name there only
when its checksum is the one that was stated; nothing that is there already is removed for it. What came before an
interruption is kept and gone on from.
"""

import errno
import hashlib
import os
import shutil
import signal
import sys
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import quote

from engine.atomic_file import replace_file
from engine.errors import ModelError
from engine.generate import hub_http, hub_names
from engine.generate.hub_client import ANSWERS, REQUESTS, HubAnswer, HubProgress, HubRefusal
from engine.ipc import Parent
from engine.plain_text import shown
from engine.safe_files import damage_reason, parse_json

_BLOCK = 1 << 20  # bytes
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_INDEX = ("model_index.json", "config.json")
_LIST_LIMIT, _INDEX_LIMIT = 16 << 20, 1 << 20  # bytes of a repository's description, and of the model's
NEEDED = (
    ("huggingface_hub", ("get_session", "scan_cache_dir", "snapshot_download")),
    ("huggingface_hub.utils", ("build_hf_headers",)),
    ("huggingface_hub.constants", ("ENDPOINT", "HF_HUB_CACHE", "is_offline_mode")),
    ("huggingface_hub.errors", ("HTTPError", "CacheNotFound", "LocalEntryNotFoundError")),
)
"""What is used of the hub library: its modules, and names in them."""

Tell = Callable[[Mapping[str, Any]], None]


def lacking() -> str:
    """What the installed hub library lacks of what is used of it; empty where it is all there."""
    missing = []
    for module, names in NEEDED:
        try:
            library = import_module(module)
        except ImportError:
            missing.append(module)
            continue
        missing += [f"{module}.{name}" for name in names if not hasattr(library, name)]
    return ", ".join(missing)


def main() -> None:
    """Answers the request on the standard input."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the process that asked decides
    parent = Parent(sends=ANSWERS, receives=REQUESTS)

    def tell(values: Mapping[str, Any]) -> None:
        parent.send(HubProgress(values["bytes"]))

    for request in parent.messages():
        try:
            parent.send(HubAnswer(answer({"what": request.action, **request.values}, tell)))
        except ModelError as error:
            parent.send(HubRefusal(str(error)))
        return


def answer(request: Mapping[str, Any], tell: Tell) -> Mapping[str, Any]:
    """The answer to a request; `tell` is told of progress.

    Raises:
        ModelError: with the reason.
    """
    if missing := lacking():
        raise ModelError(
            f"The installed huggingface_hub lacks {missing}, so models can be added from folders only: "
            f"install one that this program works with ({sys.executable} -m pip install 'huggingface_hub>=1.32,<3')."
        )
    hub_names.check_repo(request["repo"])
    return _ANSWERS[request["what"]](request, tell)


def _look(request: Mapping[str, Any], tell: Tell) -> dict[str, Any]:
    """A repository's newest revision, files and licence; its snapshot's folder instead where the library is offline."""
    from huggingface_hub import constants, snapshot_download
    from huggingface_hub.errors import LocalEntryNotFoundError

    repo = request["repo"]
    if constants.is_offline_mode():
        try:
            return {"folder": snapshot_download(repo, local_files_only=True)}
        except LocalEntryNotFoundError as error:
            raise ModelError(
                f"HF_HUB_OFFLINE is set and {repo} is not in the cache: unset it, or name a folder with the model."
            ) from error
    with _Sentences(repo):
        data = hub_http.read_bounded(f"{constants.ENDPOINT}/api/models/{repo}?blobs=true", _LIST_LIMIT)
        try:
            commit, files, licence, gated = _listed(parse_json(data))
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise ModelError(f"The hub's list of {repo} cannot be read: try again later.") from error
        index = _read_index(repo, commit, [file["name"] for file in files])
    return {
        "commit": commit,
        "licence": licence,
        "index": index,
        "blobs": str(_blobs(repo)),
        "files": files,
        "gated": gated,
    }


def _listed(values: Mapping[str, Any]) -> tuple[str, list[dict[str, Any]], str, bool]:
    """Commit, files, licence and whether terms have to be agreed to, of the hub's description of a repository.

    Raises `ValueError`, `TypeError`, `KeyError` or `AttributeError` where it is none.
    """
    commit, siblings = values["sha"], values["siblings"]
    if not isinstance(commit, str) or not hub_names.COMMIT.fullmatch(commit):
        raise ValueError("a revision that is none")
    if not isinstance(siblings, list) or len(siblings) > hub_names.MOST_FILES:
        raise ValueError("too many files")
    files = []
    for sibling in siblings:
        large = sibling.get("lfs") or {}
        file = {
            "name": sibling["rfilename"],
            "bytes": sibling.get("size") or 0,
            "sha256": large.get("sha256") or "",
            "blob": sibling.get("blobId") or "",
        }
        if [type(value) for value in file.values()] != [str, int, str, str]:
            raise TypeError("a file that is none")
        files.append(file)
    card = values.get("cardData")
    card = card if isinstance(card, dict) else {}
    licence = card.get("license")
    if licence == "other":
        licence = card.get("license_name")
    licence = licence[0] if isinstance(licence, list) and licence else licence
    return commit, files, shown(licence) if isinstance(licence, str) else "", bool(values.get("gated"))


def _read_index(repo: str, commit: str, files: list[str]) -> dict[str, Any]:
    """What the file that describes the model says; it is not kept."""
    name = next((name for name in _INDEX if name in files), None)
    if name is None:
        raise ModelError(f"{repo} holds no model that can be added: it has no {' or '.join(_INDEX)}.")
    data = hub_http.read_bounded(_address(repo, commit, name), _INDEX_LIMIT)
    try:
        values = parse_json(data)
    except ValueError as error:
        raise ModelError(f"{name} of {repo} is damaged ({damage_reason(error)}).") from error
    return {"name": name, "values": values if isinstance(values, dict) else {}}


def _address(repo: str, commit: str, name: str) -> str:
    from huggingface_hub import constants

    return f"{constants.ENDPOINT}/{repo}/resolve/{commit}/{quote(name)}"


def present(blobs: Path, files: Iterable[Mapping[str, Any]]) -> int:
    """How many bytes of these (checked) files are in that part of the cache already; asks nobody."""
    count = 0
    for file in files:
        blob = next((path for path in (blobs / _etag(file), _partial(blobs, file)) if path.is_file()), None)
        count += min(blob.stat().st_size, file["bytes"]) if blob else 0
    return count


def _fetch(request: Mapping[str, Any], tell: Tell) -> dict[str, Any]:
    """Fetches and checks the files; returns the folder in which they lie, and which of them were not there before."""
    repo, commit, files = request["repo"], request["commit"], request["files"]
    hub_names.check_files(repo, files)
    blobs = _blobs(repo)
    folder = blobs.parent / "snapshots" / hub_names.checked_commit(commit)
    new = []
    done = 0
    with _Sentences(repo, fetching=True):
        blobs.mkdir(parents=True, exist_ok=True)
        folder.mkdir(parents=True, exist_ok=True)
        for file in files:
            if _fetch_file(repo, commit, file, blobs, partial(_tell_bytes, tell, done)):
                new.append(file)
            _link(folder, file, blobs)
            done += file["bytes"]
            tell({"bytes": done})
    return {"folder": str(folder), "new": new}


def _tell_bytes(tell: Tell, before: int, count: int) -> None:
    tell({"bytes": before + count})


def _fetch_file(repo: str, commit: str, file: Mapping[str, Any], blobs: Path, on_bytes: Callable[[int], None]) -> bool:
    """Sees that a file is in the cache, whole; returns whether it had to be fetched."""
    target, beside = blobs / _etag(file), _partial(blobs, file)
    if target.is_file() and _intact(target, file, on_bytes):
        return False
    have = beside.stat().st_size if beside.is_file() and file["sha256"] else 0
    have = have if have <= file["bytes"] else 0
    try:
        with beside.open("r+b" if have else "wb") as stream:
            hub_http.fetch_into(_address(repo, commit, file["name"]), stream, have, file["bytes"], on_bytes)
        whole = _intact(beside, file, on_bytes)
    except hub_http.TooLong:
        whole = False
    if not whole:
        beside.unlink()
        raise ModelError(
            f"{file['name']} of {repo} arrived damaged (its checksum is not the one that the hub states) and was "
            "thrown away: the same command fetches it again."
        )
    replace_file(beside, target)
    return True


def _link(folder: Path, file: Mapping[str, Any], blobs: Path) -> None:
    """Puts a file of the cache into the folder of its revision under its own name, as the hub library does."""
    place, blob = folder / file["name"], blobs / _etag(file)
    place.parent.mkdir(parents=True, exist_ok=True)
    if place.is_file() and place.samefile(blob):
        return
    beside = place.with_name(f"{_etag(file)}.continuo.link")
    beside.unlink(missing_ok=True)
    try:
        beside.symlink_to(os.path.relpath(blob, place.parent))
    except OSError:  # links may be forbidden, as on Windows
        shutil.copyfile(blob, beside)
    beside.replace(place)


def _etag(file: Mapping[str, Any]) -> str:
    """How the library names a file in its cache: by its SHA-256 if it is a large one, else by git's hash."""
    return str(file["sha256"] or file["blob"])


def _partial(blobs: Path, file: Mapping[str, Any]) -> Path:
    return blobs / f"{_etag(file)}.continuo.incomplete"


def _intact(path: Path, file: Mapping[str, Any], on_bytes: Callable[[int], None]) -> bool:
    """Whether the file is of the hub's length and checksum: SHA-256 of large ones, git's SHA-1 of others.

    came: told of the file's length again and again, as a sign of life.
    """
    if path.stat().st_size != file["bytes"]:
        return False
    digest = hashlib.sha256() if file["sha256"] else hashlib.sha1(f"blob {file['bytes']}\0".encode())
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            digest.update(block)
            on_bytes(file["bytes"])
    return digest.hexdigest() == _etag(file)


def _undo(request: Mapping[str, Any], tell: Tell) -> dict[str, int]:
    """Takes files that were fetched just now out of the cache again; what was there before stays."""
    hub_names.check_files(request["repo"], request["files"])
    blobs = _blobs(request["repo"])
    folder = blobs.parent / "snapshots" / hub_names.checked_commit(request["commit"])
    for file in request["files"]:
        place = folder / file["name"]
        place.unlink(missing_ok=True)
        (blobs / _etag(file)).unlink(missing_ok=True)
        for parent in place.relative_to(folder.parents[1]).parents[:-1]:
            with suppress(OSError):  # it holds something else
                (folder.parents[1] / parent).rmdir()
    return {"bytes": sum(file["bytes"] for file in request["files"])}


def _drop(request: Mapping[str, Any], tell: Tell) -> dict[str, int]:
    """Deletes a revision from the cache as the library does, which keeps what others share; and what is half there."""
    from huggingface_hub import scan_cache_dir
    from huggingface_hub.errors import CacheNotFound

    repo, commit = request["repo"], hub_names.checked_commit(request["commit"])
    for left in _blobs(repo).glob("*.continuo.incomplete"):
        left.unlink()
    try:
        cache = scan_cache_dir(_cache())
    except CacheNotFound:
        return {"bytes": 0}
    own = frozenset(each for each in cache.repos if each.repo_id == repo and each.repo_type == "model")
    if not any(revision.commit_hash == commit for each in own for revision in each.revisions):
        return {"bytes": 0}
    strategy = replace(cache, repos=own).delete_revisions(commit)
    strategy.execute()
    return {"bytes": strategy.expected_freed_size}


def _cache() -> Path:
    from huggingface_hub import constants

    return Path(constants.HF_HUB_CACHE).expanduser()


def _blobs(repo: str) -> Path:
    return hub_names.cache_folder(_cache(), repo) / "blobs"


class _Sentences:
    """Turns what is raised on the way to the hub and into the cache into sentences."""

    def __init__(self, repo: str, *, fetching: bool = False) -> None:
        self._repo, self._fetching = repo, fetching

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, Exception) and not isinstance(error, ModelError):
            self._say(error)

    def _say(self, error: Exception) -> NoReturn:
        from huggingface_hub import constants, errors

        repo, advice = self._repo, "what came is kept; start again to go on" if self._fetching else "try again later"
        if isinstance(error, hub_http.Refused):
            text = self._refused(error, f"{constants.ENDPOINT}/{repo}")
        elif isinstance(error, hub_http.TooLong):
            text = f"The hub answers with more about {repo} than there can be: nothing was fetched"
        elif isinstance(error, hub_http.TooSlow):
            text = f"The hub sends next to nothing of {repo}: {advice}"
        elif isinstance(error, OSError) and error.errno in _FULL:
            text = f"The disk is full: make space in {_cache()} (or set HF_HOME to another disk) and start again"
        elif self._fetching and isinstance(error, errors.HTTPError | EOFError):
            text = f"The connection was cut while {repo} was fetched: {advice}"
        elif isinstance(error, errors.HTTPError | ValueError):
            text = f"The hub at {constants.ENDPOINT} does not answer: check the network and try again"
        elif isinstance(error, OSError):
            text = f"{repo} cannot be kept in {_cache()} ({error.strerror}): make the folder writable"
        else:
            raise error
        raise ModelError(f"{text}.") from error

    def _refused(self, error: hub_http.Refused, page: str) -> str:
        repo = self._repo
        if error.code in ("GatedRepo", "DisabledRepo") or error.status == 403:
            return f"{repo} is open only to those who agreed to its terms: agree on {page}, then log in (hf auth login)"
        if error.code == "RepoNotFound" or error.status in (401, 404):
            return f"There is no model {repo} on the hub, or it is private: check the name, or log in (hf auth login)"
        if error.code == "Redirected":
            return f"The hub sends elsewhere for {repo}, to an address that is not safe to follow: nothing was fetched"
        if error.code == "Encoded":
            return f"The hub sends {repo} in a form that was not asked for: try again later"
        return f"The hub refused {repo} (HTTP status {error.status}): try again later"


_ANSWERS: dict[str, Callable[[Mapping[str, Any], Tell], Mapping[str, Any]]] = {
    "look": _look,
    "fetch": _fetch,
    "undo": _undo,
    "drop": _drop,
}

if __name__ == "__main__":
    main()
