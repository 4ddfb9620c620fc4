"""What is asked of the model hub, through its own library, in a process that may be ended at any moment.

`python -m engine.generate.hub` reads one request (JSON) and writes one JSON line after the other: progress, and at last
the answer or the sentence of an error. Tokens, addresses, the offline flag and the cache are the hub library's own.

A file is fetched into the library's cache beside the others and gets its name there only when its checksum is the one
that the hub states. What came before an interruption is kept and gone on from.
"""

import errno
import hashlib
import io
import json
import os
import signal
import sys
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

from engine.errors import ModelError
from engine.lifeline import end_with_parent

_BLOCK = 1 << 18  # bytes; what is lost at most when the connection ends
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_INDEX = ("model_index.json", "config.json")

Tell = Callable[[Mapping[str, Any]], None]


def main() -> None:
    """Answers the request on the standard input."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the process that asked decides
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # whatever the library prints

    def tell(values: Mapping[str, Any]) -> None:
        out.write(json.dumps(values) + "\n")
        out.flush()

    request = json.loads(sys.stdin.readline())
    try:
        tell({"answer": _ANSWERS[request["what"]](request, tell)})
    except ModelError as error:
        tell({"error": str(error)})


def _look(request: Mapping[str, Any], tell: Tell) -> dict[str, Any]:
    """A repository's newest revision, files and licence; its snapshot's folder instead where the library is offline."""
    from huggingface_hub import HfApi, snapshot_download
    from huggingface_hub.errors import LocalEntryNotFoundError, OfflineModeIsEnabled

    repo = request["repo"]
    try:
        with _Sentences(repo):
            info = HfApi().model_info(repo, files_metadata=True)
            index = _read_index(repo, str(info.sha), [file.rfilename for file in info.siblings or ()])
    except OfflineModeIsEnabled:
        try:
            return {"folder": snapshot_download(repo, local_files_only=True)}
        except LocalEntryNotFoundError as error:
            raise ModelError(
                f"HF_HUB_OFFLINE is set and {repo} is not in the cache: unset it, or name a folder with the model."
            ) from error
    card = info.card_data
    licence = str((card.get("license") if card else None) or "")
    if licence == "other" and card:
        licence = str(card.get("license_name") or "")
    return {
        "commit": info.sha,
        "licence": licence,
        "index": index,
        "blobs": str(_blobs(repo)),
        "files": [
            {
                "name": file.rfilename,
                "bytes": int(file.size or 0),
                "sha256": file.lfs.sha256 if file.lfs else "",
                "blob": file.blob_id or "",
            }
            for file in info.siblings or ()
        ],
    }


def _read_index(repo: str, commit: str, files: list[str]) -> dict[str, Any]:
    """What the file that describes the model says; it is not kept."""
    from huggingface_hub import hf_hub_url
    from huggingface_hub.file_download import http_get
    from huggingface_hub.utils import build_hf_headers

    name = next((name for name in _INDEX if name in files), None)
    if name is None:
        raise ModelError(f"{repo} holds no model that can be added: it has no {' or '.join(_INDEX)}.")
    text = io.BytesIO()
    http_get(hf_hub_url(repo, name, revision=commit), text, headers=build_hf_headers(), tqdm_class=_silent())
    try:
        values = json.loads(text.getvalue())
    except ValueError as error:
        raise ModelError(f"{name} of {repo} is damaged ({error}).") from error
    return {"name": name, "values": values if isinstance(values, dict) else {}}


def present(blobs: Path, files: Iterable[Mapping[str, Any]]) -> int:
    """How many bytes of these files are in that part of the cache already; asks nobody."""
    count = 0
    for file in files:
        found = next((path for path in (blobs / _etag(file), _partial(blobs, file)) if path.is_file()), None)
        count += min(found.stat().st_size, file["bytes"]) if found else 0
    return count


def _fetch(request: Mapping[str, Any], tell: Tell) -> dict[str, str]:
    """Fetches and checks the files; returns the folder in which they lie."""
    from huggingface_hub import constants, hf_hub_download
    from huggingface_hub.utils import logging

    logging.set_verbosity_error()
    constants.DOWNLOAD_CHUNK_SIZE = _BLOCK
    repo, commit = request["repo"], request["commit"]
    blobs = _blobs(repo)
    folder = ""
    done = 0
    with _Sentences(repo, fetching=True):
        blobs.mkdir(parents=True, exist_ok=True)
        for file in request["files"]:
            _fetch_file(repo, commit, file, blobs, partial(_tell_bytes, tell, done))
            place = hf_hub_download(repo, file["name"], revision=commit, tqdm_class=_silent())
            folder = str(Path(place).parents[file["name"].count("/")])
            done += file["bytes"]
            tell({"bytes": done})
    return {"folder": folder}


def _tell_bytes(tell: Tell, before: int, came: int) -> None:
    tell({"bytes": before + came})


def _fetch_file(repo: str, commit: str, file: Mapping[str, Any], blobs: Path, came: Callable[[int], None]) -> None:
    from huggingface_hub import hf_hub_url
    from huggingface_hub.file_download import http_get
    from huggingface_hub.utils import build_hf_headers

    target, beside = blobs / _etag(file), _partial(blobs, file)
    if target.exists():
        if _intact(target, file):
            return
        target.unlink()
    have = beside.stat().st_size if beside.exists() and file["sha256"] else 0
    have = have if have <= file["bytes"] else 0
    with beside.open("r+b" if have else "wb") as stream:
        stream.seek(have)
        http_get(
            hf_hub_url(repo, file["name"], revision=commit),
            stream,
            resume_size=have,
            headers=build_hf_headers(),
            expected_size=file["bytes"],
            tqdm_class=_silent(came, have),
        )
    if not _intact(beside, file):
        beside.unlink()
        raise ModelError(
            f"{file['name']} of {repo} arrived damaged (its checksum is not the one that the hub states) and was "
            "thrown away: the same command fetches it again."
        )
    beside.replace(target)


def _etag(file: Mapping[str, Any]) -> str:
    """How the library names a file in its cache: by its SHA-256 if it is a large one, else by git's hash."""
    return str(file["sha256"] or file["blob"])


def _partial(blobs: Path, file: Mapping[str, Any]) -> Path:
    return blobs / f"{_etag(file)}.continuo.incomplete"


def _intact(path: Path, file: Mapping[str, Any]) -> bool:
    """Whether the file is of the hub's length and checksum: SHA-256 of large ones, git's SHA-1 of others."""
    if path.stat().st_size != file["bytes"]:
        return False
    digest = hashlib.sha256() if file["sha256"] else hashlib.sha1(f"blob {file['bytes']}\0".encode())
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest() == _etag(file)


def _drop(request: Mapping[str, Any], tell: Tell) -> dict[str, int]:
    """Deletes a revision from the cache as the library does, which keeps what others share; and what is half there."""
    from huggingface_hub import scan_cache_dir
    from huggingface_hub.errors import CacheNotFound

    for left in _blobs(request["repo"]).glob("*.continuo.incomplete"):
        left.unlink()
    try:
        strategy = scan_cache_dir().delete_revisions(request["commit"])
    except CacheNotFound:
        return {"bytes": 0}
    strategy.execute()
    return {"bytes": strategy.expected_freed_size}


def _cache() -> Path:
    from huggingface_hub import constants

    return Path(constants.HF_HUB_CACHE).expanduser()


def _blobs(repo: str) -> Path:
    from huggingface_hub.file_download import repo_folder_name

    return _cache() / repo_folder_name(repo_id=repo, repo_type="model") / "blobs"


def _silent(came: Callable[[int], None] = lambda count: None, have: int = 0) -> Any:
    """A progress bar for the library that tells how much came instead of drawing."""

    class Silent:
        def __init__(self, *arguments: object, **named: object) -> None:
            self._count = have

        def __enter__(self) -> "Silent":
            return self

        def __exit__(self, *error: object) -> None:
            pass

        def close(self) -> None:
            pass

        def update(self, count: float | None = 1) -> None:
            self._count += int(count or 0)
            came(self._count)

    return Silent


class _Sentences:
    """Turns what the library raises into sentences, except for its being offline."""

    def __init__(self, repo: str, *, fetching: bool = False) -> None:
        self._repo, self._fetching = repo, fetching

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        from huggingface_hub.errors import OfflineModeIsEnabled

        if error is not None and isinstance(error, Exception) and not isinstance(error, ModelError):
            if isinstance(error, OfflineModeIsEnabled):
                return
            self._say(error)

    def _say(self, error: Exception) -> NoReturn:
        from huggingface_hub import constants, errors

        repo, page = self._repo, f"{constants.ENDPOINT}/{self._repo}"
        status = getattr(getattr(error, "response", None), "status_code", None)
        if isinstance(error, errors.GatedRepoError) or status == 403:
            text = f"{repo} is open only to those who agreed to its terms: agree on {page}, then log in (hf auth login)"
        elif isinstance(error, errors.RepositoryNotFoundError):
            text = f"There is no model {repo} on the hub, or it is private: check the name, or log in (hf auth login)"
        elif isinstance(error, errors.HFValidationError):
            text = f"“{repo}” is no name of a repository: write owner/name"
        elif isinstance(error, OSError) and error.errno in _FULL:
            text = f"The disk is full: make space in {_cache()} (or set HF_HOME to another disk) and start again"
        elif status is not None:
            text = f"The hub refused {repo} (HTTP status {status}): try again later"
        elif self._fetching and (isinstance(error, errors.HTTPError) or error.args[1:] == ()):
            text = f"The connection was cut while {repo} was fetched: what came is kept; start again to go on"
        elif isinstance(error, errors.HTTPError):
            text = f"The hub at {constants.ENDPOINT} does not answer: check the network and try again"
        elif isinstance(error, OSError):
            text = f"{repo} cannot be kept in {_cache()} ({error.strerror}): make the folder writable"
        else:
            raise error
        raise ModelError(f"{text}.") from error


_ANSWERS: dict[str, Callable[[Mapping[str, Any], Tell], Mapping[str, Any]]] = {
    "look": _look,
    "fetch": _fetch,
    "drop": _drop,
}

if __name__ == "__main__":
    end_with_parent()
    main()
