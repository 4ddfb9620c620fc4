"""The audio of the open song: files on their way in, files that are missing, and what playback needs made."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from engine.errors import AudioFileError
from engine.ids import new_id
from engine.jobs import Context, Job
from engine.project import edits
from engine.project.model import Clip, Project, Source, Take
from engine.tempo import Position

if TYPE_CHECKING:
    from desktop.document import Document


@dataclass(frozen=True)
class Coming:
    """A sound on its way into the song: a placeholder at `position` of a track (None: a new one).

    length: in frames at the project's rate; 0 while it is not known. generated: made, not imported. clip_id: of the
    clip under which it comes as further takes; empty where it will be a clip of its own.
    """

    id: str
    name: str
    track_id: str | None
    position: Position
    job: Job
    length: int = 0
    generated: bool = False
    clip_id: str = ""


@dataclass
class _Batch:
    """Files that came together: how many are on their way, and the name and the sentence of each that failed."""

    left: int
    failed: list[tuple[str, str]]


class Sounds:
    """Belongs to a document and the UI thread; the work is done in the document's job queue `work`."""

    def __init__(self, document: "Document") -> None:
        self._document = document
        self.coming: tuple[Coming, ...] = ()
        self._row_ends: dict[str, int] = {}  # where the last clip of a row of imports ends

    def import_files(self, paths: Sequence[Path], track_id: str | None, position: Position) -> None:
        """Brings audio files into the song in the background.

        On a track they follow one another from `position`; without one each gets a track of its own there.
        """
        folder, rate = self._document.folder, self._document.project.rate
        if folder is None:
            return
        row = new_id() if track_id and len(paths) > 1 else ""
        batch = _Batch(len(paths), [])
        for path in paths:
            self._import(folder, rate, path, track_id, position, row, batch)

    def cancel(self) -> None:
        """Stops all that is on its way."""
        for each in self.coming:
            self._document.jobs.cancel(each.job)
        self.coming = ()
        self._document.coming_changed.emit()

    def expect(self, coming: Coming) -> None:
        """Shows the placeholder of a sound until it has `arrived`."""
        self.coming = (*self.coming, coming)
        self._document.coming_changed.emit()

    def arrived(self, key: str) -> Coming | None:
        """Takes the placeholder with that id away and returns it; None when there is none any more."""
        found = next((each for each in self.coming if each.id == key), None)
        self.coming = tuple(each for each in self.coming if each.id != key)
        self._document.coming_changed.emit()
        return found

    def missing(self) -> list[Source]:
        """The sources whose files are not there."""
        home = self._document.home
        return home.missing(self._document.project) if home else []

    def prepare(self) -> None:
        """Makes, in the background, what the player maps, where the cache does not hold it yet."""
        from engine.project.pool import prepare, sample_file

        folder, rate = self._document.folder, self._document.project.rate
        if folder is None:
            return
        missing = {source.id for source in self.missing()}
        wanted = []
        for source in self._document.project.sources.values():
            if source.id in missing or source.growing:
                continue
            try:
                sample_file(folder, source, rate)
            except AudioFileError:
                wanted.append(source)
        if not wanted:
            return

        def operation(context: Context) -> None:
            for index, source in enumerate(wanted):
                context.progress(index / len(wanted), source.name)
                prepare(folder, source, rate)

        self._document.jobs.submit(
            "Prepare audio",
            operation,
            lambda _: self._document.sources_changed.emit(),
            lambda sentence: self._document.failed.emit(sentence) if sentence else None,
        )

    def relink(
        self, source: Source, path: Path, failed: Callable[[str], None], other: Callable[[Callable[[], None]], None]
    ) -> None:
        """Takes the file at `path` in place of the missing one of `source`.

        If it is another recording, `other` is called with what takes it all the same. If it is the same one, files of
        the same names beside it are tried for what else is missing.
        """
        folder, rate = self._document.folder, self._document.project.rate
        if folder is None:
            return
        missing = [each for each in self.missing() if each.id != source.id]

        def operation(context: Context) -> Source:
            from engine.project.importing import hash_file, relink
            from engine.project.pool import prepare

            found = relink(folder, source, path, rate, context)
            prepare(folder, found, rate, context)
            if found.id == source.id:
                for each in missing:
                    for name in (f"{each.name}{Path(each.file).suffix}", Path(each.file).name):
                        beside = path.with_name(name)
                        if beside.is_file() and hash_file(beside, context) == each.id:
                            prepare(folder, relink(folder, each, beside, rate, context), rate, context)
                            break
            return found

        def done(found: Source) -> None:
            if self._document.folder != folder:
                return

            def take() -> None:
                if self._document.folder != folder:
                    return
                if found != source:
                    self._document.apply(
                        f"Locate {source.name}", lambda project: edits.relink_source(project, source.id, found)
                    )
                self._document.sources_changed.emit()

            if found.id == source.id:
                take()
            else:
                other(take)

        self._document.jobs.submit(f"Locate {source.name}", operation, done, failed)

    def _import(
        self, folder: Path, rate: int, path: Path, track_id: str | None, at: Position, row: str, batch: "_Batch"
    ) -> None:
        key = new_id()
        count = batch.left

        def operation(context: Context) -> Source:
            from engine.project.importing import import_audio
            from engine.project.pool import prepare

            source = import_audio(folder, path, rate, context)
            prepare(folder, source, rate)
            return source

        def done(source: Source) -> None:
            pending = self.arrived(key)
            if pending and self._document.folder == folder:
                self._place(source, path, pending, row)
            tell("")

        def failed(sentence: str) -> None:
            self.arrived(key)
            tell(sentence)

        def tell(sentence: str) -> None:
            if sentence:
                batch.failed.append((path.name, sentence))
            batch.left -= 1
            if not batch.left and batch.failed:
                self._document.failed.emit(_told(batch.failed, count))

        job = self._document.jobs.submit(f"Import {path.name}", operation, done, failed)
        self.expect(Coming(key, path.name, track_id, at, job))

    def _place(self, source: Source, path: Path, pending: Coming, row: str) -> None:
        length = source.frames_at(self._document.project.rate)
        position = self._row_ends.pop(row, pending.position) if row else pending.position
        clip = Clip(new_id(), position, length, (Take(new_id(), source.id, path.stem),), name=path.stem)

        def edit(project: Project) -> Project:
            project = edits.add_source(project, source)
            track = project.track(pending.track_id) if pending.track_id else None
            if track is None:
                track_id = new_id()
                project = edits.add_track(project, path.stem, track_id=track_id)
            else:
                track_id = track.id
            return edits.add_clip(project, track_id, clip)

        if self._document.apply(f"Import {path.name}", edit, merge=row or None):
            self._document.select([clip.id])
            if row:
                self._row_ends[row] = self._document.project.clock.frames(position) + length


def _told(failed: list[tuple[str, str]], count: int) -> str:
    """One sentence on all files of a batch of `count` that could not be imported."""
    if len(failed) == 1:
        return failed[0][1]
    names = ", ".join(f"“{name}”" for name, _ in failed[:3]) + (" …" if len(failed) > 3 else "")
    return f"{len(failed)} of {count} files could not be imported: {names}. The Jobs tab says why for each."
