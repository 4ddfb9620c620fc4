"""Parts of a clip made anew: a selected time, what comes before or after it, all of it, the joint of a loop."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from desktop.audio_imports import Coming, Sounds
from desktop.document import Document
from desktop.generation import loudness_match
from desktop.generation.ab_candidates import Candidate, candidate
from desktop.generation.clip_inputs import with_typed
from desktop.generation.controller import Generation
from desktop.generation.insert_takes import Arrival, arrival
from desktop.generation.model_choice import QUEUE
from desktop.generation.more_takes import can_repeat
from desktop.generation.panel_inputs import new_seed
from desktop.generation.prompt_sounds import selected_part
from desktop.generation.run_order import level
from engine.audio import Audio
from engine.errors import EditError, ModelError
from engine.generate.interface import Capabilities, Settings, Task
from engine.ids import new_id
from engine.inference import prompt_sounds
from engine.inference.api import Made, Model, Order, Place
from engine.inference.splice import Part, period, read_clip_audio, request_for, store_spliced
from engine.inference.splice_record import Splice
from engine.jobs import Context, Job, JobState
from engine.loudness import SILENCE
from engine.music.guide import NO_GUIDE, Guide, GuidePart
from engine.project import edits
from engine.project.edits.structure import clip_of
from engine.project.model import Clip, Project
from engine.timing.position import Position

WORDS = {
    Task.INPAINT: "Regenerate part",
    Task.CONTINUE: "Extend right",
    Task.EXTEND_LEFT: "Extend left",
    Task.VARIATION: "Vary",
}
TITLES = {
    Task.INPAINT: "Regenerate part of “{}”",
    Task.CONTINUE: "Extend “{}” to the right",
    Task.EXTEND_LEFT: "Extend “{}” to the left",
    Task.VARIATION: "Vary “{}”",
}


@dataclass(frozen=True)
class Wish:
    """What is asked for: a part of a clip as it was then, and how to make it."""

    name: str  # of the undo step
    clip: Clip
    part: Part
    settings: Settings
    seed: int
    takes: int
    model: Model
    prompt: str  # as it was written
    rate: int  # the song's
    strength: float = 0.5
    guide: Guide = NO_GUIDE  # in seconds from the clip's start

    @property
    def part_guide(self) -> Guide:
        """What the part follows, from where it begins; a variation keeps its notes, and follows a swell alone."""
        part, rate = self.part, self.rate
        if part.task is Task.EXTEND_LEFT or part.closing:
            return NO_GUIDE
        if part.task is Task.VARIATION:
            return self.guide.only((GuidePart.SWELL,))
        end = part.start + part.frames if part.task is Task.CONTINUE else part.stop
        return self.guide.between(part.start / rate, end / rate)


@dataclass(frozen=True)
class Answer:
    """What came of a wish, to be compared with what there is."""

    wish: Wish
    candidates: tuple[Candidate, ...]


class Inpainting(QObject):
    """Asks for parts made anew; `answered` hands the candidates over. UI thread only, the work is done in jobs."""

    answered = Signal(object)
    """An `Answer`."""

    def __init__(self, document: Document, generation: Generation, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document, self._generation = document, generation

    # what can be asked for

    def target(self) -> tuple[Clip, int, int] | None:
        """The clip that holds most of the selected time, and which of its frames are selected."""
        return selected_part(self._document)

    def regenerate(self) -> Job | None:
        """Makes the selected time of a clip anew; None, and a sentence, if none is selected."""
        target = self.target()
        if target is None:
            self._document.failed.emit("Select a part of a clip first: drag inside the clip, below its header.")
            return None
        clip, start, stop = target
        self._document.select([clip.id])
        return self._ask(clip, Part(Task.INPAINT, start, stop, stop - start))

    def extend(self, clip_id: str, bars: int, *, left: bool) -> Job | None:
        """Makes `bars` more of a clip, after its end or, with `left`, before its start."""
        project, clip = self._document.project, self._clip(clip_id)
        if clip is None:
            return None
        clock = project.clock
        if left:
            start = project.start_of(clip)
            first = clock.frames(clock.after_bars(Position.at_frame(start), -bars))
            return self.extend_by(clip_id, start - max(first, 0), left)
        end = project.end_of(clip)
        return self.extend_by(clip_id, clock.frames(clock.after_bars(Position.at_frame(end), bars)) - end, left)

    def extend_by(self, clip_id: str, frames: int, left: bool) -> Job | None:
        """Makes `frames` more of a clip, after its end or before its start.

        It goes no further than the song's start and the next clip on its track.
        """
        clip = self._clip(clip_id)
        if clip is None:
            return None
        room = self.room(clip_id, left=left)
        if room == 0:
            self._document.failed.emit(_no_room(self._document.project, clip, left=left))
            return None
        if room is not None and frames > room:
            frames = room
            self._generation.notice.emit(f"“{clip.name}” is extended as far as there is room beside the next clip.")
        if left:
            return self._ask(clip, Part(Task.EXTEND_LEFT, 0, 0, frames))
        return self._ask(clip, Part(Task.CONTINUE, clip.length, clip.length, frames))

    def room(self, clip_id: str, *, left: bool) -> int | None:
        """How many frames a clip may get longer before it meets the song's start or another clip; None: any number."""
        project = self._document.project
        track, clip = clip_of(project, clip_id)
        if left:
            return project.start_of(clip) - edits.free_start(project.clock, track, clip)
        end = edits.free_end(project.clock, track, clip)
        return None if end is None else end - project.end_of(clip)

    def vary(self, clip_id: str, strength: float) -> Job | None:
        """Makes variations of a clip: `strength` 0 is the same, 1 is new."""
        clip = self._clip(clip_id)
        if clip is None:
            return None
        frames = clip.loop_length or clip.length
        return self._ask(clip, Part(Task.VARIATION, 0, frames, frames), strength)

    def close_loop(self, clip_id: str) -> Job | None:
        """Makes the end of a clip anew so that it goes over into its start, and lets the clip repeat."""
        clip = self._clip(clip_id)
        if clip is None:
            return None
        length = clip.loop_length or clip.length
        capabilities = self._generation.panel.capabilities_of(clip)
        seconds = capabilities.chunk_seconds if capabilities else 1.0
        joint = min(round(seconds * self._document.project.rate), length // 3)
        return self._ask(clip, Part(Task.INPAINT, length - joint, length, joint, closing=True))

    # inside

    def _clip(self, clip_id: str) -> Clip | None:
        try:
            _, clip = clip_of(self._document.project, clip_id)
        except EditError as error:
            self._document.failed.emit(str(error))
            return None
        return clip

    def _ask(self, clip: Clip, part: Part, strength: float = 0.5) -> Job | None:
        source = self._document.project.sources.get(clip.chosen.source)
        if source is None or source.growing:
            self._document.failed.emit("This clip is still being made: stop the live take first.")
            return None
        generation = self._generation
        inputs, model = generation.panel.inputs_of(clip), generation.panel.model_of(clip)
        name = "Make loop" if part.closing else WORDS[part.task]
        generation.panel.remember(inputs.prompt)
        generation.panel.say_tempo(inputs.prompt)
        seed = inputs.seed if inputs.locked else new_seed()
        settings = generation.panel.settings_of(clip)
        guide, rate = generation.panel.guide_of(clip), self._document.project.rate
        return self._submit(
            Wish(name, clip, part, settings, seed, inputs.takes, model, inputs.prompt, rate, strength, guide)
        )

    def _submit(self, wish: Wish) -> Job | None:
        document = self._document
        folder, project = document.folder, document.project
        pair = project.find_clip(wish.clip.id)
        if folder is None or pair is None:
            return None
        key, clip, part = new_id(), wish.clip, wish.part
        title = ("Make a loop of “{}”" if part.closing else TITLES[part.task]).format(clip.name)

        def done(answer: Answer) -> None:
            document.sounds.arrived(key)
            if document.folder == folder:
                self.answered.emit(answer)

        def failed(sentence: str) -> None:
            document.sounds.arrived(key)
            if sentence and job.state is JobState.FAILED:
                self._generation.failed.emit(sentence, job)

        operation = partial(_made, self._generation, self._document.sounds, wish, project, folder, title)
        again: Callable[[], object] = partial(self._submit, wish)
        job = document.jobs.submit(title, operation, done, failed, queue=QUEUE, again=again)
        at = project.start_of(clip) + (part.start if part.task is not Task.EXTEND_LEFT else -part.frames)
        length = clip.length if part.task is Task.VARIATION else part.frames
        document.sounds.expect(Coming(key, wish.name, pair[0].id, Position.at_frame(at), job, length, generated=True))
        return job


def _no_room(project: Project, clip: Clip, *, left: bool) -> str:
    if left and project.start_of(clip) == 0:
        return "This clip begins where the song does: move it to the right, then extend it."
    side, other = ("before", "left") if left else ("after", "right")
    return f"Another clip lies directly {side} “{clip.name}”: move it away or trim it, then extend to the {other}."


def _made(
    generation: Generation, sounds: Sounds, wish: Wish, project: Project, folder: Path, title: str, context: Context
) -> Answer:
    """On the job's thread: reads the clip, asks the generator, and puts the parts together."""
    inference, part, model = generation.models.inference, wish.part, wish.model
    capabilities = inference.capabilities(model, context)
    if part.task not in capabilities.tasks:
        raise ModelError(f"{capabilities.name} cannot do this: choose another model in the Generate panel.")
    looped = part.closing or part.task is Task.VARIATION
    clip = period(wish.clip) if looped else wish.clip
    context.progress(0.0, "Reading the clip")
    sounds.render_missing(project, folder, context, [clip.id])
    clip_audio = read_clip_audio(project, folder, clip, context)
    settings = replace(wish.settings, audio_prompt=_own_sound(folder, wish.clip, capabilities))
    request = request_for(clip_audio, part, capabilities.window_seconds, settings, seed=wish.seed, takes=wish.takes)
    result = inference.run(
        Order(
            title, model, replace(request, strength=wish.strength, guide=wish.part_guide), Place(folder, project.rate)
        ),
        context,
    )
    gains = _gains(project, folder, wish, result.takes, context)
    candidates = []
    for number, (each, gain_db) in enumerate(zip(result.takes, gains, strict=True), 1):
        context.progress(0.95, "Joining the parts")
        source, begins = store_spliced(project, folder, clip_audio, part, each.source, wish.clip.name, context)
        splice = Splice(clip, part, capabilities.window_seconds)
        provenance = with_typed(_with_part(each.provenance, wish, splice.record(begins)), wish.prompt)
        name = f"{wish.clip.name} · {number}" if len(result.takes) > 1 else wish.clip.name
        guide = _kept_guide(wish, begins)
        candidates.append(candidate(wish.clip, part, source, begins, name, provenance, gain_db, guide))
    return Answer(wish, tuple(candidates))


def _kept_guide(wish: Wish, begins: int) -> dict[str, Any] | None:
    """The clip's guide as its new take keeps it, whose sound begins so many frames before the clip."""
    before = wish.part.frames if wish.part.task is Task.EXTEND_LEFT else 0
    return wish.guide.later((begins + before) / wish.rate).to_values() if wish.guide else None


def _own_sound(folder: Path, clip: Clip, capabilities: Capabilities) -> Audio | None:
    """The sound that the clip's take was to be like, if the model can be told one and the record keeps it."""
    if all(each.name != "audio_prompt" for each in capabilities.parameters) or not can_repeat(clip):
        return None
    sounds = prompt_sounds.sounds_of(folder, clip.chosen.provenance or {})
    return next(iter(sounds.values()), None)


def _gains(project: Project, folder: Path, wish: Wish, takes: Sequence[Made], context: Context) -> list[float]:
    """The gains of the takes: a variation, which stands alone, is as loud as what it varies, to compare music alone."""
    chosen = wish.clip.chosen
    if wish.part.task is not Task.VARIATION:
        return [chosen.gain_db] * len(takes)
    before = level(Arrival(project.sources[chosen.source], chosen), folder, project.rate, context).loudness
    if before == SILENCE:
        return [0.0] * len(takes)
    measured = [level(arrival(each, ""), folder, project.rate, context) for each in takes]
    return loudness_match.matching_gains(measured, before + chosen.gain_db)


def _with_part(provenance: Mapping[str, Any], wish: Wish, record: Mapping[str, Any]) -> dict[str, Any]:
    """The record of what was made, with how it was put together, and what the rest of the file was made from."""
    chosen = wish.clip.chosen
    rest = {"rest": dict(chosen.provenance)} if chosen.provenance and wish.part.task is not Task.VARIATION else {}
    return {**provenance, "part": {**record, **rest}}
