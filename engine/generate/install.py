"""Adding models: what would be fetched and under which licence, then fetching and checking it, then listing it.

Nothing is fetched by `plan`; `fetch` is to be called once the user agreed to size and licence. A model is listed only
after all of it is there and was checked. What lies in a folder of the user's stays where it is.
"""

import os
import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.errors import ModelError
from engine.generate import hub_files, hub_names, hub_process, registry, user_models
from engine.generate.catalog import family_by_class, known_in, known_models, published_families
from engine.generate.hub_client import ask
from engine.generate.model_spec import NON_COMMERCIAL, KnownModel, ModelInfo
from engine.generate.pipelines import checkpoint_layout
from engine.jobs import Context
from engine.licences import non_commercial
from engine.plain_text import shown

_SPARE = 200_000_000  # bytes that are left free on the disk
_REPO = hub_names.REPO


@dataclass(frozen=True, slots=True)
class Plan:
    """What adding a model means. Of a folder nothing is fetched, and nothing has to be agreed to.

    bytes: of all its files; `present` of them are there already.
    files: name, length and checksums of each. blobs: where they will lie; folder: where they lie already.
    commercial: whether what it makes may be used so, under the condition in `terms`.
    memory_needed: bytes, about, once it is loaded. sentence: all of this for the user.
    """

    id: str
    name: str
    system: str
    licence: str
    commercial: bool
    terms: str
    bytes: int
    present: int
    memory_needed: int
    sentence: str
    files: tuple[Mapping[str, Any], ...] = ()
    repo: str = ""
    commit: str = ""
    blobs: Path | None = None
    folder: Path | None = None

    @property
    def asks_consent(self) -> bool:
        """Whether the user must agree before it is fetched."""
        return self.folder is None


def plan(wanted: str, context: Context | None = None) -> Plan:
    """What adding `wanted` would mean: a folder, a repository (owner/name), or the id of a known model.

    Raises:
        ModelError: it is none of them, cannot be reached, or is nothing that can be run.
    """
    if (folder := _named_folder(wanted)) is not None:
        return _of_folder(folder)
    listed = known_models().get(wanted)
    repo = listed.repo if listed else wanted
    if not repo:
        raise ModelError(f"{wanted} is the program's own and is not fetched: train it, or add a folder that holds it.")
    if not _REPO.fullmatch(repo):
        ours = ", ".join(model.id for model in known_models().values() if model.repo)
        raise ModelError(
            f"There is no folder “{shown(wanted)}”; name one, a repository (owner/name), or one of {ours}."
        )
    return _of_repo(repo, known_in(repo), context or Context())


def _named_folder(wanted: str) -> Path | None:
    """The folder that a user named, if it is one."""
    try:
        folder = Path(wanted).expanduser()
        return folder if folder.is_dir() else None
    except (OSError, ValueError, RuntimeError):  # too long, with a zero, or of a user that is not there
        return None


def _of_repo(repo: str, model: KnownModel | None, context: Context) -> Plan:
    listing = ask("look", context, repo=repo)
    if "folder" in listing:
        return _of_folder(Path(listing["folder"]), repo)
    index = listing["index"]
    system = _runnable(repo, hub_files.class_of(index["name"], index["values"]))
    if code := next((name for name in ("auto_map", "custom_pipelines") if index["values"].get(name)), None):
        raise ModelError(f"{repo} brings code of its own ({code}), which is not run: it cannot be added.")
    names = [file["name"] for file in listing["files"]]
    hub_names.check_names(repo, names)
    parts = index["values"] if index["name"] == hub_files.PIPELINE else None
    chosen = set(hub_files.wanted(names, parts))
    files = tuple(file for file in sorted(listing["files"], key=lambda file: file["name"]) if file["name"] in chosen)
    hub_names.check_files(repo, files)
    blobs = Path(listing["blobs"])
    present = hub_process.present(blobs, files)
    size = sum(file["bytes"] for file in files)
    licence, commercial, terms = _licence(model, listing["licence"])
    memory = user_models.memory_of(sum(file["bytes"] for file in files if file["name"].endswith(".safetensors")))
    name = model.name if model else repo
    summary = f"{name} from {repo}: {len(files)} files, {_size(size)}"
    summary += f" ({_size(present)} of them are there already)" if present else ""
    summary += f", needs about {_size(memory)} of memory; licence {licence}" + (f" ({terms})" if terms else "")
    stated = listing["licence"]
    if model and stated and not _same(stated, model.licence):
        summary += f"; its page says {stated}"
    return Plan(
        _free_id(model.id if model else repo.split("/")[1], repo),
        name,
        system,
        licence,
        commercial,
        terms,
        size,
        present,
        memory,
        f"{summary}.",
        files=files,
        repo=repo,
        commit=listing["commit"],
        blobs=blobs,
    )


def _same(stated: str, licence: str) -> bool:
    """Whether two licences' names mean one: the hub writes them in small letters."""
    return stated.lower() in licence.lower() or ("stab" in licence.lower() and "stab" in stated.lower())


def _licence(model: KnownModel | None, stated: str) -> tuple[str, bool, str]:
    if model:
        return model.licence, model.commercial, model.terms
    if not stated or stated == "unknown":
        return "not stated", False, f"{NON_COMMERCIAL}: its makers state no licence"
    licence = stated.upper() if stated.startswith("cc-") else stated
    forbidden = non_commercial(licence)
    return licence, not forbidden, NON_COMMERCIAL if forbidden else ""


def _of_folder(folder: Path, repo: str = "") -> Plan:
    folder = folder.resolve()
    model = known_in(repo) if repo else None
    if (folder / hub_files.OWN).is_file():
        info = registry.read(folder)
        if info.problem:
            raise ModelError(info.problem)
        parameters, size = sum(count for _, count in info.parts), info.bytes
        system, licence, commercial, terms, title = "melody", info.licence, info.commercial, "", info.name
        key = info.id
    else:
        layout = checkpoint_layout.inspect(folder)
        parameters, size = layout.parameters, sum(part.bytes for part in layout.parts)
        licence, commercial, terms = _licence(model, "" if layout.licence == "not stated" else layout.licence)
        system, title = layout.class_name, model.name if model else folder.name
        key = model.id if model else folder.name
    memory = user_models.memory_of(4 * parameters)
    summary = (
        f"{title} in {folder}: {parameters / 1e6:.0f} M parameters, {_size(size)}, needs about {_size(memory)} of "
    )
    summary += f"memory; licence {licence}" + (f" ({terms})" if terms else "")
    key = _free_id(key, str(folder))
    return Plan(
        key, title, system, licence, commercial, terms, size, size, memory, f"{summary}.", repo=repo, folder=folder
    )


def fetch(plan: Plan, context: Context) -> ModelInfo:
    """Fetches what `plan` says, checks it, and lists it; what is there already is only checked.

    To be called once the user agreed. A cancel takes effect within 0.2 s; what came by then is kept for the next time.

    Raises:
        ModelError: with the reason; the model is not listed then, and what proved useless is deleted.
        Cancelled: the context was cancelled.
    """
    folder, new = (plan.folder, ()) if plan.folder else _fetched(plan, context)
    context.progress(0.99, "checking")
    try:
        parts = _checked(plan, folder)
    except ModelError:
        if new:
            ask("undo", Context(), repo=plan.repo, commit=plan.commit, files=new)
        raise
    context.check()
    user_models.put(
        user_models.Entry(
            plan.id,
            plan.name,
            plan.system,
            plan.licence,
            plan.commercial,
            folder,
            plan.bytes,
            parts,
            repo=plan.repo,
            commit=plan.commit,
        )
    )
    context.progress(1.0, "added")
    return next(info for info in registry.installed() if info.folder == folder and info.id == plan.id)


def _checked(plan: Plan, folder: Path) -> tuple[tuple[str, int], ...]:
    """Name and parameters of each network in the folder; raises `ModelError` where it cannot be run."""
    if plan.system == "melody":
        info = registry.read(folder)
        if info.problem:
            raise ModelError(info.problem)
        return info.parts
    layout = checkpoint_layout.inspect(folder)
    _runnable(str(folder), layout.class_name)
    return tuple((part.name, part.parameters) for part in layout.parts)


def _fetched(plan: Plan, context: Context) -> tuple[Path, Sequence[Mapping[str, Any]]]:
    """The folder with what was fetched, and which files were not there before."""
    assert plan.blobs
    needed = plan.bytes - hub_process.present(plan.blobs, plan.files)
    cache = place = plan.blobs.parents[1]
    while not place.exists():
        place = place.parent
    free = shutil.disk_usage(place).free
    if needed + _SPARE > free:
        raise ModelError(
            f"There is not enough space in {cache}: {_size(needed)} are to be fetched and {_size(free)} are free. "
            "Make space, or set HF_HOME to a folder on another disk."
        )

    def came(count: int) -> None:
        context.progress(0.98 * count / max(plan.bytes, 1), f"{_size(count)} of {_size(plan.bytes)}")

    context.progress(0.0, "asking the hub")
    answer = ask("fetch", context, came, repo=plan.repo, commit=plan.commit, files=plan.files)
    return Path(answer["folder"]), answer["new"]


def remove(model: str, context: Context, *, keep_files: bool = False) -> str:
    """Takes an added model out of the list and, of a repository, its files out of the cache; says what was done.

    Raises:
        ModelError: it was not added.
    """
    entry = user_models.drop(model)
    if entry is None:
        raise ModelError(f"“{model}” was not added, so it cannot be removed: `continuo models` lists what was.")
    if not entry.repo or not entry.commit or keep_files:
        return f"{entry.name} is no longer listed; its files stay in {entry.folder}."
    freed = ask("drop", context, repo=entry.repo, commit=entry.commit)["bytes"]
    return f"{entry.name} was removed; {_size(freed)} are free again."


def _runnable(where: str, system: str) -> str:
    if family_by_class(system) is None:
        kind = system or "model of no kind"
        raise ModelError(f"{where} holds a {kind}, which cannot be run here: {published_families()} can.")
    return system


def _free_id(key: str, origin: str) -> str:
    """`key` as an id, with a number where another model has it already."""
    key = re.sub(r"[^a-z0-9.]+", "-", key.lower()).strip("-.")[:60] or "model"
    names = {
        info.id
        for info in registry.installed()
        if info.folder is not None and origin not in (info.repo, os.fspath(info.folder))
    }
    return next(name for name in (key, *(f"{key}-{i}" for i in range(2, len(names) + 3))) if name not in names)


def _size(count: int) -> str:
    return f"{count / 1e9:.1f} GB" if count >= 1e8 else f"{count / 1e6:.1f} MB"
