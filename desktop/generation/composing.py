"""The window's side of the composer: what is asked for becomes jobs, and their pieces come into the song.

Composing and playing happen in the composer's process; jobs of the queue `compose` wait for it. Nothing here blocks.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal

from desktop.audio_imports import Coming
from desktop.bridge import PlayerBridge
from desktop.document import Document
from desktop.generation import insert_takes
from desktop.generation.controller import Generation
from desktop.generation.panel_inputs import new_seed
from desktop.generation.prompt_text import short_name
from engine.errors import EngineError
from engine.ids import new_id
from engine.inference import compositions
from engine.inference.commission import Change, Commission, Setting
from engine.inference.compositions import ROLE_TITLES, Composition, composition_of
from engine.inference.gaps import Gap, gap_of
from engine.jobs import Context, Job, JobState, Part
from engine.music.keys import parse_key
from engine.plain_text import counted
from engine.project.model import Clip, Project, Source, Take, Track
from engine.timing.position import Position
from engine.timing.signature import COMMON_TIME

if TYPE_CHECKING:
    import numpy as np

    from engine.inference.arranging import Arrangement
    from engine.inference.composer import ComposerProcess
    from engine.inference.filling import Filled

QUEUE = "compose"
READ_MS, FOLLOW_MS = 300, 50
"""Milliseconds after the last letter of a prompt until it is read, and after a change of the song until it is shown."""
MAX_BARS, MAX_TAKES = 256, 4
UNNAMED = "Composed"
_USUAL = ("drums", "bass", "chords", "lead")
_PLAYING = 0.9  # share of a job's progress after which the sounds are stored
_DEFAULT_TEMPO = 120


StartComposer = Callable[[], "ComposerProcess"]
"""Makes the composer's client."""


def start_composer() -> "ComposerProcess":
    """The composer in a process of its own, which starts with the first order."""
    from engine.inference.composer import ComposerProcess

    return ComposerProcess()


class ComposerStart:
    """Makes the composer's client when it is first asked for, as it loads much of the composer. Any thread may call."""

    def __init__(self, start: StartComposer) -> None:
        self._start, self._lock = start, threading.Lock()
        self._client: ComposerProcess | None = None

    def __call__(self) -> "ComposerProcess":
        """The client, always the same."""
        with self._lock:
            if self._client is None:
                self._client = self._start()
            return self._client

    def play_notes(self, *arguments: Any) -> "list[np.ndarray]":
        """See `ComposerProcess.play_notes`."""
        return self().play_notes(*arguments)

    def warm_notes(self, *arguments: Any) -> "list[np.ndarray]":
        """See `ComposerProcess.warm_notes`."""
        return self().warm_notes(*arguments)

    def close(self) -> None:
        """Ends the composer's process, if there is one."""
        if self._client is not None:
            self._client.close()


@dataclass(frozen=True)
class Composed:
    """What a job made: a piece, with sentences for the user and a line on what it is."""

    arrangement: "Arrangement"
    sentences: tuple[str, ...] = ()
    line: str = ""


class Composing(QObject):
    """Asks the composer, and keeps what is asked. All methods and signals belong to the UI thread."""

    changed = Signal()
    """What is asked for, or what is said of it, is another."""
    failed = Signal(str, object)
    """A sentence for the user, and the `Job` that failed."""
    composed = Signal(object)
    """The ids of clips that have just come into the song."""

    def __init__(
        self,
        document: Document,
        bridge: PlayerBridge,
        generation: Generation,
        start: Callable[[], "ComposerProcess"] = start_composer,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._document, self._bridge, self._generation = document, bridge, generation
        self._start = start
        self._composer: ComposerProcess | None = None
        self._closed = self._prepared = self._attended = self._reads = False
        self._loading: Job | None = None
        self.commission = Commission(seed=new_seed())
        """The order but for the prompt, which is that of `PanelState.inputs`."""
        self.takes = 1
        self.chosen = True
        """Whether new music is asked of the composer, not of the model that `generation` has chosen."""
        self.notice = ""
        """What was not understood of the prompt, or what cannot be done; a sentence, or empty."""
        self.summary = ""
        """What would be composed, as far as that is known."""
        self._own: list[Job] = []
        self._reader = QTimer(self)
        self._reader.setSingleShot(True)
        self._reader.setInterval(READ_MS)
        self._reader.timeout.connect(self._read)
        self._follower = QTimer(self)
        self._follower.setSingleShot(True)
        self._follower.setInterval(FOLLOW_MS)
        self._follower.timeout.connect(self._follow_song)
        self._played: tuple[int, int | None] = 0, None  # arrangements of the selected piece, and which one plays
        document.changed.connect(lambda *_: self._follower.start())
        generation.panel.inputs_changed.connect(self._on_inputs)
        document.opened.connect(self._begin_anew)
        document.selection_changed.connect(self._on_selection)

    @property
    def composer(self) -> "ComposerProcess":
        """The composer; what its methods wait for belongs into a job."""
        if self._composer is None:
            self._composer = self._start()
        return self._composer

    def prepare(self) -> None:
        """Lets the composer's process start and load its sounds, so that the first piece need not wait."""
        if self._closed:
            return
        self._prepared = True
        self.composer.prepare()
        self._read()

    def attend(self) -> None:
        """Somebody turns to the composer: what understands a prompt is loaded, which takes 8 MB."""
        if not self._attended:
            self._attended = True
            self._reader.start()

    def _load_words(self) -> None:

        def operation(context: Context) -> None:
            from engine.inference import reworking, wishing  # noqa: F401 - to have read them in
            from engine.music.glossary import bundled

            bundled()

        def done(_: None) -> None:
            self._reads = True
            self._read()

        self._loading = self._document.jobs.submit("Prepare the composer", operation, done, queue=QUEUE, passing=True)

    def close(self) -> None:
        """Ends the composer's process. Jobs must have been asked to stop before."""
        self._closed = True
        self._reader.stop()
        self._follower.stop()
        if self._composer is not None:
            self._composer.close()

    # what is asked

    @property
    def prompt(self) -> str:
        """The prompt that the bar shows: the selected clip's, else that for new music."""
        return " ".join(self._generation.panel.inputs.prompt.split())

    def change(self, **values: Any) -> None:
        """Changes some of what is asked for."""
        commission = replace(self.commission, **values)
        if commission != self.commission:
            self.commission, self._attended = commission, True
            self._on_inputs()

    def choose(self, chosen: bool) -> None:
        """Lets new music be asked of the composer, or of the model that `generation` has chosen."""
        if chosen != self.chosen:
            self.chosen = chosen
            self._on_inputs()

    def set_takes(self, takes: int) -> None:
        """Sets how many arrangements are composed."""
        takes = min(max(takes, 1), MAX_TAKES)
        if takes != self.takes:
            self.takes = takes
            self.changed.emit()

    @property
    def subject(self) -> Composition | None:
        """What the selected clip says of its composition; None where it was not composed."""
        clip = self._generation.panel.subject
        return composition_of(clip.chosen) if clip is not None else None

    @property
    def piece(self) -> Composition | None:
        """The piece that all selected clips are parts of; None where there is none."""
        document = self._document
        chosen = document.selection.clips
        if not chosen:
            return None
        pieces = [composition_of(clip.chosen) for _, clip in document.project.clips() if clip.id in chosen]
        first = pieces[0] if pieces else None
        alike = first is not None and all(each is not None and each.id == first.id for each in pieces)
        return first if alike else None

    @property
    def piece_clip(self) -> Clip | None:
        """The first of the selected clips, where all are parts of one piece."""
        chosen = self._document.selection.clips
        if self.piece is None:
            return None
        return next((clip for _, clip in self._document.project.clips() if clip.id in chosen), None)

    def missing_roles(self, piece: Composition) -> list[str]:
        """The roles that a piece lacks."""
        pieces = [composition_of(clip.chosen) for _, clip in compositions.clips_of(self._document.project, piece.id)]
        present = {each.role for each in pieces if each is not None}
        return [role for role in ROLE_TITLES if role not in present]

    def arrangements(self, piece: Composition) -> int:
        """How many arrangements of a piece there are."""
        return len(compositions.arrangements_of(self._document.project, piece.id))

    def arrangement(self, piece: Composition) -> int | None:
        """Which arrangement all parts of a piece play together; None where they play different ones."""
        return compositions.arrangement_played(self._document.project, piece.id)

    @property
    def asked_again(self) -> Composition | None:
        """The piece in the song that was composed for what is asked for now, where new music would go; None elsewhere.

        It is asked for again: further takes of its parts are composed.
        """
        position, bars = self._place()
        project, selection = self._document.project, self._document.selection
        return compositions.piece_asked_for(
            project, self._asked(bars).identity, project.clock.frames(position), selection.clips,
            exact=selection.region is not None,
        )  # fmt: skip

    @property
    def bars(self) -> int | None:
        """How many bars a new piece gets: those of the selected time, else what is asked for."""
        return self._place()[1]

    # pieces

    def compose(self) -> Job | None:
        """Composes what is asked for, at the selected time or the playhead; None without a song.

        Where that was composed for the same words already, it comes as further takes of the parts there.
        """
        document = self._document
        folder, project = document.folder, document.project
        if folder is None:
            return None
        position, bars = self._place()
        commission = self._asked(bars)
        piece = self.asked_again
        follow, empty = self._follows(), not any(track.clips for track in project.tracks)
        setting = None if follow else self._setting(position)
        takes, step = self.takes, new_id()
        title = f"Compose “{short_name(commission.prompt)}”" if commission.prompt else "Compose"

        def operation(context: Context) -> Composed:
            if piece is not None:
                return self._compose_again(folder, project, piece, commission, takes, context)
            return self._compose(folder, project, position, commission, setting, takes, context)

        def done(result: Composed) -> None:
            from engine.inference.arranging import with_arrangement, with_further_takes

            self._say(" ".join(result.sentences), result.line)
            arrangement = result.arrangement

            def edit(p: Project) -> Project:
                return with_further_takes(p, arrangement) if piece else with_arrangement(p, arrangement, loop=empty)

            if document.apply(title if piece is None else f"{title} again", edit, merge=step):
                document.history.close_step()
                clip_ids = list(piece_clips) or arrangement.clip_ids
                document.select(clip_ids)
                self.composed.emit(clip_ids)

        piece_clips = [clip.id for _, clip in compositions.clips_of(project, piece.id)] if piece else []
        length = project.clock.frames(project.clock.after_bars(position, bars or 16)) - project.clock.frames(position)
        boxes = [_Box(ROLE_TITLES[role], position, length) for role in commission.roles or _USUAL]
        if piece is not None:
            boxes = _boxes_under(project, piece, takes)
        job = self._submit(f"Compose “{commission.prompt}”" if commission.prompt else "Compose", operation, done, boxes)
        self._generation.panel.remember(commission.prompt)
        self.commission = replace(self.commission, seed=new_seed())
        return job

    def _compose(
        self,
        folder: Path,
        project: Project,
        position: Position,
        commission: Commission,
        setting: Setting | None,
        takes: int,
        context: Context,
    ) -> Composed:
        """A job's thread."""
        from engine.inference.arranging import arranged, line_of
        from engine.inference.wishing import wish_of

        wish, sentences = wish_of(commission, setting)
        pieces = self.composer.compose(wish, takes, Part(context, 0.0, _PLAYING))
        score = pieces[0].score
        bars = round(score.length / score.bar)
        context.progress(_PLAYING, "Storing")
        arrangement = arranged(
            project, folder, pieces, position, prompt=commission.prompt, bars=bars if commission.bars else None,
            follow=setting is None, asked=commission.identity, check=context.check,
        )  # fmt: skip
        _prepare(folder, arrangement.scratch, context)
        return Composed(arrangement, sentences, line_of(score))

    def _compose_again(
        self, folder: Path, project: Project, piece: Composition, commission: Commission, takes: int, context: Context
    ) -> Composed:
        """A job's thread."""
        from engine.inference.reworking import further_takes

        part = Part(context, 0.0, _PLAYING)
        arrangement, line = further_takes(self.composer, project, folder, piece, takes, commission.seed, part)
        _prepare(folder, arrangement.scratch, context)
        return Composed(arrangement, (), line)

    # parts

    def rework(self, clip: Clip, change: Change, title: str) -> Job | None:
        """Makes a composed part another one, as a further take that plays."""
        document = self._document
        folder, project, step = document.folder, document.project, new_id()
        if folder is None:
            return None

        def operation(context: Context) -> tuple[Take, Project]:
            from engine.inference.reworking import reworked

            take, sources = reworked(self.composer, project, folder, clip, change, context)
            _prepare(folder, sources, context)
            return take, sources

        def done(result: tuple[Take, Project]) -> None:
            from engine.inference.arranging import with_take

            take, sources = result
            title_of_take = str((take.provenance or {}).get("title", ""))
            if document.project.find_clip(clip.id) is None:
                return
            if document.apply(title, lambda p: with_take(p, clip.id, take, sources, title_of_take), merge=step):
                document.history.close_step()
                self.composed.emit([clip.id])

        pair = project.find_clip(clip.id)
        track_id = pair[0].id if pair else None
        box = _Box("1 more take", clip.position, clip.length, track_id, clip.id)
        return self._submit(title, operation, done, [box])

    def add_part(self, clip: Clip, role: str) -> Job | None:
        """Adds a part in `role` to the piece of a composed clip, on a track of its own."""
        document = self._document
        folder, project, step = document.folder, document.project, new_id()
        if folder is None:
            return None
        title = f"Add {ROLE_TITLES[role]}"

        def operation(context: Context) -> "Arrangement":
            from engine.inference.reworking import with_part

            arrangement = with_part(self.composer, project, folder, clip, role, context)
            _prepare(folder, arrangement.scratch, context)
            return arrangement

        def done(arrangement: "Arrangement") -> None:
            from engine.inference.arranging import with_arrangement

            if document.apply(title, lambda p: with_arrangement(p, arrangement), merge=step):
                document.history.close_step()
                document.select(arrangement.clip_ids)
                self.composed.emit(arrangement.clip_ids)

        return self._submit(title, operation, done, [_Box(ROLE_TITLES[role], clip.position, clip.length)])

    # empty stretches

    def gap(self, track_id: str) -> Gap | None:
        """The empty stretch of a track that `fill` would fill: in the selected time, else at the playhead."""
        document = self._document
        region = document.selection.region if document.selection.track == track_id else None
        return gap_of(document.project, track_id, self._bridge.position, region)

    @property
    def fillable(self) -> Track | None:
        """The track on which an empty stretch of time is selected, and nothing else; None elsewhere."""
        selection = self._document.selection
        if selection.clips or selection.region is None or selection.track is None:
            return None
        return self._document.project.track(selection.track) if self.gap(selection.track) else None

    def fill(self, track_id: str, role: str) -> Job | None:
        """Composes a part in `role` for the empty stretch of a track; None, with a sentence, where there is none."""
        document = self._document
        folder, project, step, gap = document.folder, document.project, new_id(), self.gap(track_id)
        if folder is None:
            return None
        if gap is None:
            document.failed.emit("There is no empty bar to fill: select an empty stretch of the track, or another one.")
            return None
        title, prompt = f"Fill with {ROLE_TITLES[role].lower()}", self.prompt

        def operation(context: Context) -> "Filled":
            from engine.inference.filling import fill

            filled = fill(self.composer, project, folder, track_id, role, gap, prompt, seed, context)
            _prepare(folder, filled.scratch, context)
            return filled

        def done(filled: "Filled") -> None:
            from engine.inference.filling import with_fill

            if document.apply(title, lambda p: with_fill(p, filled), merge=step):
                document.history.close_step()
                document.select([filled.clip.id], track=track_id)
                self._say(" ".join(filled.notices), self.summary)
                self.composed.emit([filled.clip.id])

        seed = self.commission.seed
        self.commission = replace(self.commission, seed=new_seed())
        length = gap.end - project.clock.frames(gap.start)
        return self._submit(title, operation, done, [_Box(ROLE_TITLES[role], gap.start, length, track_id)])

    def choose_arrangement(self, piece: Composition, index: int) -> None:
        """Lets every part of a piece play its take `index`."""
        self._document.apply(
            f"Choose arrangement {index + 1}", lambda p: compositions.choose_arrangement(p, piece.id, index)
        )

    # inside

    def _submit(
        self,
        title: str,
        operation: Callable[[Context], Any],
        done: Callable[[Any], object],
        boxes: Sequence["_Box"],
    ) -> Job:
        """Runs a job with a placeholder for each of `boxes`; `done` is called if its song is still open."""
        document = self._document
        folder = document.folder
        keys: list[str] = []

        def over() -> None:
            for key in keys:
                document.sounds.arrived(key)
            keys.clear()

        def arrived(result: Any) -> None:
            over()
            if document.folder == folder:
                done(result)

        def ended(sentence: str) -> None:
            over()
            if sentence and jobs[-1].state is JobState.FAILED:
                self.failed.emit(sentence, jobs[-1])

        def start() -> None:
            if document.folder != folder:
                return
            job = document.jobs.submit(title, operation, arrived, ended, queue=QUEUE, again=start)
            jobs.append(job)
            self._own = [*(each for each in self._own if not each.over), job]
            for box in boxes:
                key = new_id()
                keys.append(key)
                document.sounds.expect(
                    Coming(
                        key, box.name, box.track_id, box.position, job, box.length, generated=True, clip_id=box.clip_id
                    )
                )

        jobs: list[Job] = []
        start()
        return jobs[-1]

    def _place(self) -> tuple[Position, int | None]:
        """Where a piece goes, and how many bars it has: the selected time, else the playhead and what is asked for."""
        project, region = self._document.project, self._document.selection.region
        if region is None:
            return insert_takes.playhead_place(project, self._bridge.position, fit=True), self.commission.bars
        first = insert_takes.playhead_place(project, region[0], fit=True)
        bars = 1
        while bars < MAX_BARS and project.clock.frames(project.clock.after_bars(first, bars)) < region[1]:
            bars += 1
        return first, bars

    def _asked(self, bars: int | None) -> Commission:
        """What is asked for: the bar's values, its prompt, and the guide of new music."""
        guide = self._generation.panel.inputs.guide
        return replace(self.commission, prompt=self.prompt, bars=bars, guide=guide)

    def _follows(self) -> bool:
        """Whether the song takes over the piece's tempo: nothing is in it, and nobody has set another one.

        A guide was drawn over the bars of the song as they are.
        """
        project = self._document.project
        if self._generation.panel.inputs.guide:
            return False
        untouched = project.tempo == _DEFAULT_TEMPO and project.signature == COMMON_TIME
        changes = project.tempo_changes or project.signature_changes
        return untouched and not changes and not any(track.clips for track in project.tracks)

    def _setting(self, position: Position) -> Setting:
        project = self._document.project
        clock = project.clock
        key = compositions.key_of_song(project) or self._generation.panel.key_of(project)
        try:
            read = parse_key(key) if key else None
        except EngineError:  # a mode that the composer does not know
            read = None
        return Setting(float(clock.tempo_at(position)), clock.bar_at(position).signature, read)

    def _on_selection(self) -> None:
        self._reader.start()  # in the selected time a piece has another length
        self.changed.emit()

    def _follow_song(self) -> None:
        """Another arrangement of the selected piece plays, or it has others."""
        piece = self.piece
        played = (self.arrangements(piece), self.arrangement(piece)) if piece else (0, None)
        if played != self._played:
            self._played = played
            self.changed.emit()

    def _on_inputs(self) -> None:
        self._reader.start()
        self.changed.emit()

    def _read(self) -> None:
        """Says what is understood of the prompt for new music, once its words are loaded."""
        if (
            self._closed
            or not self._prepared
            or self._document.folder is None
            or self._generation.panel.subject is not None
        ):
            return
        if not self._reads:
            if (self._attended or self.prompt) and (self._loading is None or self._loading.over):
                self._load_words()
            return
        from engine.inference.wishing import summary_of, wish_of

        position, bars = self._place()
        commission = self._asked(bars)
        try:
            wish, sentences = wish_of(commission, None if self._follows() else self._setting(position))
            self._say(" ".join(sentences), summary_of(wish))
        except EngineError as error:
            self._say(str(error), "")

    def _say(self, notice: str, summary: str) -> None:
        if (notice, summary) != (self.notice, self.summary):
            self.notice, self.summary = notice, summary
            self.changed.emit()

    def _begin_anew(self) -> None:
        """Another song begins with the usual values; what was asked for the song before is not made any more."""
        for job in self._own:
            self._document.jobs.cancel(job)
        self._own.clear()
        self.commission, self.takes = Commission(seed=new_seed()), 1
        self.notice = self.summary = ""
        self.changed.emit()
        self._reader.start()


@dataclass(frozen=True)
class _Box:
    """A placeholder: where something will be; `clip_id` as `Coming` has it."""

    name: str
    position: Position
    length: int
    track_id: str | None = None
    clip_id: str = ""


def _boxes_under(project: Project, piece: Composition, takes: int) -> list[_Box]:
    """Placeholders for further takes of all parts that a piece was composed with."""
    name = f"{counted(takes, 'more take')}"
    return [
        _Box(name, clip.position, clip.length, track.id, clip.id)
        for track, clip in compositions.clips_of(project, piece.id)
        if (found := composition_of(clip.chosen)) is not None and found.label in piece.labels
    ]


def _prepare(folder: Path, project: Project, context: Context) -> None:
    """Makes the sounds of a piece playable; a job's thread."""
    from engine.project.pool import prepare

    sources: list[Source] = list(project.sources.values())
    for number, source in enumerate(sources):
        context.progress(_PLAYING + (1 - _PLAYING) * number / len(sources), "Storing")
        prepare(folder, source, project.rate)
