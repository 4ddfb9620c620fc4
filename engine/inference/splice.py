"""A clip's sound with a part made anew: what the model is given, and the file that the parts make together.

What stays of the clip keeps its samples bit by bit: the file is float32 and holds what the player reads of the old one.
"""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from engine.audio import Audio
from engine.errors import EditError
from engine.generate.interface import Request, Settings, Task
from engine.jobs import Context
from engine.mono import fit_channels
from engine.project.model import Clip, Project, Source, audio_clip, audio_take
from engine.timing.position import SONG_START

HANDLE_SECONDS = 30
"""How much of a source beyond its clip's ends the new file keeps, so that the clip can still be made longer."""
SHORTEST_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class ClipAudio:
    """A clip's sound as it is heard, straight on: frame t of the clip is frame `lead + t` of `sound`.

    Before it lie `lead` frames of its source, after it what is left.
    """

    sound: Audio
    lead: int
    length: int

    @property
    def clip(self) -> np.ndarray:
        """The samples of the clip alone."""
        samples: np.ndarray = self.sound.samples[self.lead : self.lead + self.length]
        return samples


@dataclass(frozen=True, slots=True)
class Part:
    """What is made anew of a clip of `length` frames: from `start` up to `stop`, in its frames.

    Before the clip both are 0, after it both are its length; then `frames` are added. A part with `closing` goes over
    from the end of the clip to its start.
    """

    task: Task
    start: int
    stop: int
    frames: int
    closing: bool = False


def straight(clip: Clip) -> bool:
    """Whether the clip plays a stretch of its source as it is, so that it can stay the same but for its take."""
    return not clip.reverse and not clip.loop_length and not clip.content.derived and not clip.comp


def period(clip: Clip) -> Clip:
    """One turn of a clip that repeats a loop; another clip as it is."""
    return clip.playing(replace(clip.stretch, loop_phase=0), clip.loop_length) if clip.loop_length else clip


def read_clip_audio(project: Project, folder: Path, clip: Clip, context: Context | None = None) -> ClipAudio:
    """The sound of `clip`, with handles if it is `straight`.

    Raises:
        AudioFileError: its file is missing or cannot be read.
        Cancelled: the user cancelled.
    """
    from engine.inference.clip_audio import clip_sound  # the renderer; a window imports `Part` alone
    from engine.playback.contents import prepare_clip

    if not straight(clip):
        return ClipAudio(clip_sound(project, folder, clip, context=context), 0, clip.length)
    file = prepare_clip(clip, project, folder, context)
    first = clip.stretch.first
    most = HANDLE_SECONDS * project.rate
    lead = min(max(first, 0), most)
    tail = min(max(file.frames - first - clip.length, 0), most)
    wide = clip.trimmed(-lead, clip.length + tail)
    return ClipAudio(clip_sound(project, folder, wide, context=context), lead, clip.length)


def request_for(
    clip_audio: ClipAudio, part: Part, window: float, settings: Settings, *, seed: int, takes: int
) -> Request:
    """The request for a part of a clip; the model hears `window` seconds of the clip on each side.

    Raises:
        EditError: the part is too short to be made.
    """
    rate, clip = clip_audio.sound.rate, clip_audio.clip
    reach = round(window * rate)
    frames = part.frames if part.task is not Task.INPAINT else part.stop - part.start
    if frames < SHORTEST_SECONDS * rate:
        raise EditError("This is too short to be made anew: select a longer part.")
    start = stop = 0
    if part.task is Task.INPAINT:
        before = clip[max(part.start - reach, 0) : part.start]
        after = clip[:reach] if part.closing else clip[part.stop : part.stop + reach]
        hole = np.zeros((frames, clip.shape[1]), np.float32) if part.closing else clip[part.start : part.stop]
        source = np.concatenate((before, hole, after))
        start, stop = len(before), len(before) + frames
    elif part.task is Task.EXTEND_LEFT:
        source = clip[:reach]
    elif part.task is Task.CONTINUE:
        source = clip[-reach:]
    else:
        source = clip
    sound = Audio(np.ascontiguousarray(source), rate)
    return Request(part.task, settings, frames / rate, frames, seed, takes, sound, start, stop)


def splice(clip_audio: ClipAudio, part: Part, new: np.ndarray) -> tuple[np.ndarray, int]:
    """The clip's sound with `made` (frames, channels) as its part, and at which of its frames the clip begins now.

    Handles stay, except beyond an end at which the clip has got longer or closes to a loop.
    """
    samples, lead = clip_audio.sound.samples, clip_audio.lead
    if part.task is Task.EXTEND_LEFT:
        return np.concatenate((new, samples[lead:])), 0
    if part.task is Task.CONTINUE:
        return np.concatenate((samples[: lead + clip_audio.length], new)), lead
    if part.task is Task.INPAINT:
        after = samples[lead + part.stop : lead + clip_audio.length] if part.closing else samples[lead + part.stop :]
        return np.concatenate((samples[: lead + part.start], new, after)), lead
    return new, 0


def store_spliced(
    project: Project,
    folder: Path,
    clip_audio: ClipAudio,
    part: Part,
    new: Source,
    name: str,
    context: Context | None = None,
) -> tuple[Source, int]:
    """The file of the whole, in the pool, and at which of its frames the clip begins.

    Raises:
        AudioFileError: a file cannot be read or written.
        Cancelled: the user cancelled.
    """
    if part.task not in (Task.INPAINT, Task.CONTINUE, Task.EXTEND_LEFT):
        return new, 0
    from engine.inference.clip_audio import clip_sound
    from engine.project.storing import store_sound

    alone = audio_clip(new.id, SONG_START, new.frames_at(project.rate), (audio_take(new.id, new.id),))
    sound = clip_sound(replace(project, sources={new.id: new}), folder, alone, context=context)
    samples, lead = splice(clip_audio, part, fit_channels(sound.samples, clip_audio.sound.samples.shape[1]))
    return store_sound(folder, Audio(samples, project.rate), name), lead
