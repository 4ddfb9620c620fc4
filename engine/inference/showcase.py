"""The main job without a window: a composed song of four parts with sections, one clip of it continued live.

The composer writes and plays the parts; a model of sound goes on from the melody, where one is given.
"""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from time import perf_counter

from engine.compose.performance import performed
from engine.compose.score import Score
from engine.generate.interface import Generator, Request, Settings, Task
from engine.ids import new_id
from engine.inference.api import Model, Order, Place
from engine.inference.arranging import arranged, with_arrangement
from engine.inference.clip_audio import clip_sound
from engine.inference.commission import Commission
from engine.inference.composing import continued_live
from engine.inference.wishing import wish_of
from engine.jobs import Context, Part
from engine.loudness import integrated_loudness
from engine.playback.contents import prepare_clip
from engine.project import edits
from engine.project.files import ProjectFolder, create
from engine.project.model import Clip, Fade, FadeShape, Project, audio_take, new_project
from engine.timing.position import Position

NAME = "Quiet Harbour"
"""The song's name."""
PROMPT = "lo-fi hip hop, A minor, 84 BPM"
SECTIONS = "intro 2, verse 4, chorus 4"
ROLES = ("drums", "bass", "chords", "lead")
RATE = 48000
LIVE_BARS = 4
_SHARES = (0.0, 0.4, 0.95)  # of the progress: composing, continuing live


@dataclass(frozen=True, slots=True)
class Shown:
    """The song and how it was made. Times in seconds; first_sound: until the first chunk of the live take.

    live_seconds: of sound that was made live; 0 where no model was given.
    """

    project: Project
    score: Score
    composed_in: float
    live_seconds: float = 0.0
    live_in: float = 0.0
    first_sound: float | None = None
    notices: tuple[str, ...] = ()


def show(folder: Path, generator: Generator | None, model: Model, context: Context, *, seed: int = 0) -> Shown:
    """Makes the song in `folder`, which must not exist or be empty, and saves it.

    Args:
        folder: the song's.
        generator: goes on from the melody; None leaves that out.
        model: what it was asked for as, for the take's record.
        context: progress and cancel.
        seed: same seed, same song.

    Raises:
        ProjectFileError: the folder is not empty or cannot be written.
        AudioFileError: the disk is full.
        ModelError: the SoundFont is missing, or the model cannot go on.
        Cancelled: the user cancelled.
    """
    project = new_project(NAME, rate=RATE)
    create(folder, project)
    began = perf_counter()
    context.progress(0.0, "Composing")
    wish, sentences = wish_of(Commission(PROMPT, ROLES, bars=None, seed=seed, sections=SECTIONS))
    performance = performed(wish, check=context.check)
    score = performance.score
    bars = round(score.length / score.bar)
    start = Position.at_beat(Fraction(0))
    with ProjectFolder.open(folder) as opened:
        arrangement = arranged(project, folder, [performance], start, prompt=PROMPT, bars=bars, follow=True)
        project = with_arrangement(project, arrangement)
        opened.save(project)
        elapsed = perf_counter() - began
        if generator is None:
            return Shown(project, score, elapsed, notices=sentences)
        live_began = perf_counter()
        part = Part(context, *_SHARES[1:], text="Continuing live")
        project, seconds, first = _continued(project, folder, generator, model, part, seed)
        opened.save(project)
    return Shown(project, score, elapsed, seconds, perf_counter() - live_began, first, sentences)


def _continued(
    project: Project, folder: Path, generator: Generator, model: Model, context: Context, seed: int
) -> tuple[Project, float, float | None]:
    """The song with its melody continued behind its end, on a track below it, as loud as the melody."""
    clip = project.tracks[-1].clips[0]
    prepare_clip(clip, project, folder, context)
    melody = clip_sound(project, folder, clip)
    end = project.end_of(clip)
    position = Position.at_beat(project.clock.beat_at(end))
    frames = project.clock.frames(project.clock.after_bars(position, LIVE_BARS)) - end
    request = Request(Task.CONTINUE, Settings(prompt=PROMPT), frames=frames, seed=seed, source=melody)
    order = Order(f"{clip.name}, live", model, request, Place(folder, project.rate))
    sound, take, first = continued_live(generator, order, context)
    gain = integrated_loudness(melody.samples, RATE) - integrated_loudness(sound.samples, RATE)
    project = edits.add_source(project, take.source)
    project = edits.add_track(project, "Melody, live")
    live = Clip(
        new_id(), position, min(take.source.frames_at(project.rate), frames),
        (audio_take(new_id(), take.source.id, provenance=take.provenance),), name=order.title,
        gain_db=round(min(max(gain, -40.0), 6.0), 1), fade_out=Fade(RATE, FadeShape.EQUAL_POWER),
    )  # fmt: skip
    project = edits.add_clip(project, project.tracks[-1].id, live)
    return edits.add_marker(project, position, "Live"), frames / project.rate, first
