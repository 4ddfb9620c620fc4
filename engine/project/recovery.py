"""After a crash: what was not saved, and clips that were still growing."""

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from engine.errors import ProjectFileError
from engine.jobs import Context
from engine.project.backups import known_time, set_aside
from engine.project.edits.sources import describe_source, seal_source
from engine.project.growing import GrowingFile, list_growing, remove_growing, seal_file
from engine.project.journal import replay
from engine.project.layout import AUDIO, AUTOSAVE_FILE, GROWING, JOURNAL_FILE, PROJECT_FILE
from engine.project.model import Project, Source
from engine.project.project_file import read_project_file, revision_of
from engine.project.recorded import was_recorded
from engine.safe_files import is_regular


@dataclass(frozen=True, slots=True)
class Recovery:
    """What a crash left in a project folder.

    `autosave` is a state newer than the saved one, `time` when it was kept, `damaged` why it cannot be used (then
    `autosave` is None). `growing` are the sounds that were being made and were not sealed.
    """

    autosave: Project | None = None
    time: datetime | None = None
    damaged: str = ""
    growing: tuple[GrowingFile, ...] = ()

    @property
    def sentence(self) -> str:
        """What to tell the user."""
        parts = []
        if self.autosave:
            when = f", kept on {self.time.astimezone():%Y-%m-%d at %H:%M}," if self.time else ""
            parts.append(f"Changes that were not saved{when} were found.")
        if self.damaged:
            parts.append("An autosave was found, but it is damaged.")
        if self.growing:
            count = len(self.growing)
            clips = "A clip was" if count == 1 else f"{count} clips were"
            recorded = all(was_recorded(info.provenance) for info in self.growing)
            verb = "recorded" if recorded else "generated"
            parts.append(f"{clips} still being {verb}; what was ready can be kept.")
        return " ".join(parts)


def find_recovery(folder: Path, saved: Project) -> Recovery | None:
    """What a crash left in `folder`, whose saved state is `saved`; None after a clean end."""
    autosave, time, damaged = None, None, ""
    path = folder / AUTOSAVE_FILE
    if is_regular(path) and revision_of(path) > revision_of(folder / PROJECT_FILE):
        try:
            autosave = read_project_file(path)
            time = known_time(path.stat().st_mtime)
        except (ProjectFileError, OSError) as error:
            damaged = str(error)
    revision = revision_of(folder / (AUTOSAVE_FILE if autosave else PROJECT_FILE))
    if journaled := replay(folder, autosave or saved, revision):
        autosave = journaled
        with suppress(OSError):
            time = known_time((folder / JOURNAL_FILE).lstat().st_mtime)
    if autosave == saved:
        autosave = time = None
    named = {source.id for source in (autosave or saved).sources.values() if source.growing}
    infos = (info for info in list_growing(folder) if info.frames(folder))
    growing = tuple(info for info in infos if info.id in named or not info.sealed)
    if autosave is None and not damaged and not growing:
        return None
    return Recovery(autosave, time, damaged, growing)


def recover(folder: Path, recovery: Recovery, saved: Project, context: Context | None = None) -> Project:
    """The song to go on with: the newest state, its growing clips sealed. The caller keeps it, then may close.

    Raises:
        ProjectFileError: a file cannot be written.
        AudioFileError: likewise.
        Cancelled: the user cancelled.
    """
    if recovery.damaged:
        _set_autosave_aside(folder)
    return seal_all(folder, recovery.autosave or saved, context)


def discard(folder: Path, recovery: Recovery, saved: Project, context: Context | None = None) -> Project:
    """The saved song, its growing clips sealed; what only the autosave had moves into the backups.

    Raises:
        ProjectFileError: a file cannot be written.
        AudioFileError: likewise.
        Cancelled: the user cancelled.
    """
    project = seal_all(folder, saved, context)
    if recovery.autosave or recovery.damaged:
        _set_autosave_aside(folder)
        if is_regular(folder / JOURNAL_FILE):
            set_aside(folder, folder / JOURNAL_FILE, "journal")
    named = {source.id for source in saved.sources.values() if source.growing}
    for info in recovery.growing:
        if info.id not in named:
            set_aside(folder, folder / info.file, info.id)
            set_aside(folder, folder / GROWING / f"{info.id}.json", info.id)
    return project


def seal_all(folder: Path, project: Project, context: Context | None = None) -> Project:
    """`project` with every growing source, of which nobody makes more, replaced by what there is of it.

    One of which there is no sound at all stays as it is and is listed as missing.

    Raises:
        AudioFileError: a file cannot be written.
        Cancelled: the user cancelled.
    """
    infos = {info.id: info for info in list_growing(folder)}
    for source in [source for source in project.sources.values() if source.growing]:
        default = GrowingFile(source.id, source.rate, source.channels, source.name)
        info = replace(infos.get(source.id, default), name=source.name)
        if info.file != source.file or info.frames(folder) == 0:
            continue
        pool_file = f"{AUDIO}/{info.sealed}.wav"
        if info.sealed and (folder / pool_file).is_file():
            frames = info.frames(folder)
            sealed = Source(info.sealed, pool_file, info.name, info.rate, info.channels, frames, "FLOAT")
        else:
            sealed = seal_file(folder, info, context)
        project = seal_source(project, source.id, sealed)
        if info.provenance is not None:
            project = describe_source(project, sealed.id, {**info.provenance, "frames": sealed.frames})
    return project


def remove_sealed(folder: Path, saved: Project) -> None:
    """Removes growing files that are in the pool by now, or empty, and that the saved song does not name."""
    named = {source.id for source in saved.sources.values() if source.growing}
    for info in list_growing(folder):
        in_pool = info.sealed and (folder / AUDIO / f"{info.sealed}.wav").is_file()
        if info.id not in named and (in_pool or not info.frames(folder)):
            remove_growing(folder, info)


def _set_autosave_aside(folder: Path) -> None:
    path = folder / AUTOSAVE_FILE
    if is_regular(path):
        set_aside(folder, path, "autosave")
