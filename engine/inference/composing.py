"""A song without a window: three clips from words, one of them continued live, arranged at one tempo.

Every clip is made twice; the take whose beat is clearer and nearer to the song's is brought onto its grid (`analysis`).
The other stays beside it as a take.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

from engine.analysis.fit import Fit, fit, spare_frames
from engine.audio import Audio, fit_length, read_audio
from engine.generate import levels
from engine.generate.device import threads
from engine.generate.interface import Generator, Request, Settings, Task
from engine.ids import new_id
from engine.inference import provenance, takes
from engine.inference.api import Made, Model, Order, Place
from engine.inference.clip_audio import clip_sound
from engine.inference.storing import store_takes
from engine.jobs import Context
from engine.loudness import integrated_loudness, true_peak
from engine.playback.gains import gain_of
from engine.playback.warped_sound import render
from engine.project import edits
from engine.project.files import ProjectFolder, create
from engine.project.model import Clip, Fade, FadeShape, Project, Take, audio_take, new_project
from engine.project.storing import store_sound
from engine.project.warping import SteadyBeats, source_on_grid
from engine.timing.position import Position

NAME = "First Light"
"""The song's name."""
TEMPO, RATE, KEY = Fraction(96), 48000, "A minor"
CLIP_BARS, LIVE_BARS = 8, 16

PROMPTS: dict[str, str] = {
    "Theme": "lo-fi hip hop, mellow, dusty drums, electric piano and upright bass",
    "Beat": "hip hop, relaxed, drum machine and percussion",
    "Pad": "ambient, dreamy, warm pad and strings",
}
"""Each track, and what its clip is made of; tempo and key are added."""
_GAINS = {"Theme": -2.0, "Beat": -8.0, "Pad": -10.0}
_TAKES = 2
_GAP = Fade(round(0.01 * RATE), FadeShape.S_CURVE)
_SHARES = (0.0, 0.2, 0.4, 0.6)  # of the progress, at which the clips begin and the live take
_ARRANGING = 0.97


@dataclass(frozen=True, slots=True)
class Piece:
    """What was made for a track. seconds: of sound in all takes; heard: tempo of the chosen one against the song's."""

    track: str
    prompt: str
    seconds: float
    took: float
    heard: str
    first_sound: float | None = None  # s until the first chunk; of the live take only

    @property
    def speed(self) -> float:
        """Seconds of sound a second."""
        return self.seconds / max(self.took, 1e-9)


@dataclass(frozen=True, slots=True)
class Composed:
    """The song and how it was made. notices: whole sentences."""

    project: Project
    pieces: tuple[Piece, ...]
    notices: tuple[str, ...]


def compose(folder: Path, generator: Generator, model: Model, context: Context, *, seed: int = 0) -> Composed:
    """Makes the song in `folder`, which must not exist or be empty, and saves it.

    Args:
        folder: the song's.
        generator: the model, loaded.
        model: what it was asked for as, for the takes' records.
        context: progress and cancel; then, as after an error, what is finished stays in the folder.
        seed: same seed, same song.

    Raises:
        ProjectFileError: the folder is not empty or cannot be written.
        AudioFileError: the disk is full.
        ModelError: the model cannot go on.
        Cancelled: the user cancelled.
    """
    project = new_project(NAME, rate=RATE, tempo=TEMPO)
    create(folder, project)
    composer = _Composer(folder, project, generator, model, context, seed)
    with ProjectFolder.open(folder) as opened:
        for number, (track, prompt) in enumerate(PROMPTS.items()):
            composer.clip(track, prompt, (_SHARES[number], _SHARES[number + 1]))
        composer.live("Theme")
        context.progress(_ARRANGING, "Arranging")
        composer.arrange()
        opened.save(composer.project)
    return Composed(composer.project, tuple(composer.pieces), tuple(dict.fromkeys(composer.notices)))


class _Composer:
    def __init__(
        self, folder: Path, project: Project, generator: Generator, model: Model, context: Context, seed: int
    ) -> None:
        self.project, self.pieces, self.notices = project, list[Piece](), list[str]()
        self._place, self._generator, self._model = Place(folder, RATE), generator, model
        self._context, self._seed, self._capabilities = context, seed, generator.capabilities
        self._takes: dict[str, tuple[Take, ...]] = {}
        self._sounds: dict[str, Audio] = {}  # of the chosen takes, from the clip's start to its end

    def _frames(self, bars: int) -> int:
        return self.project.clock.frames(Position.at_beat(4 * bars))

    def clip(self, track: str, prompt: str, span: tuple[float, float]) -> None:
        """Generates a clip's takes and brings the best onto the grid."""
        low, high = span
        context = Context(lambda share, text: self._context.progress(low + (high - low) * share, f"{track}: {text}"))
        frames = self._frames(CLIP_BARS)
        full_prompt = f"{prompt}, {float(TEMPO):g} BPM" + (f", {KEY}" if track != "Beat" else "")
        longer = frames + spare_frames(float(TEMPO), RATE, frames)
        seed = self._seed + _TAKES * len(self.pieces)
        request = Request(Task.GENERATE, Settings(prompt=full_prompt), frames=longer, seed=seed, takes=_TAKES)
        began = perf_counter()
        order = Order(track, self._model, request, self._place)
        generated = takes.make(self._generator, self._capabilities, order.assignment, threads(), context)
        done = store_takes(generated, self._place, (), context)
        elapsed = perf_counter() - began
        self.notices += done.notices
        candidates = [self._listened(take_made) for take_made in done.takes]
        candidates.sort(key=lambda each: _merit(each[0]), reverse=True)
        best, sound, take_made = candidates[0]
        self._takes[track] = (
            self._lined_up(track, best, sound, take_made, frames),
            *map(self._as_made, candidates[1:]),
        )
        seconds = _TAKES * longer / RATE
        self.pieces.append(Piece(track, full_prompt, seconds, elapsed, best.text))

    def _listened(self, take: Made) -> tuple[Fit, Audio, Made]:
        self._context.check()
        sound = read_audio(self._place.folder / take.source.file)
        return fit(sound, float(TEMPO)), sound, take

    def _lined_up(self, track: str, analysis: Fit, sound: Audio, take_made: Made, frames: int) -> Take:
        """The take stretched to the song's grid, or as it is where no beat could be brought there."""
        record: dict[str, Any] = {**take_made.provenance, "fit": analysis.to_json()}
        self._use(take_made)
        source = take_made.source
        take = audio_take(new_id(), source.id, provenance=record)
        if analysis.can_stretch and analysis.measured_tempo:
            record["fit"] = {**record["fit"], "stretched": {"source": source.id, "shift": 0, "tempo": float(TEMPO)}}
            quarter = RATE * 60 / analysis.measured_tempo
            beats = SteadyBeats(source.frames_at(RATE), analysis.shift_frames, quarter, Fraction(1))
            content = source_on_grid(source, 0, self.project.clock, beats)
            take = replace(take, content=content, provenance=record)
            blocks = render(content, 0, frames, self.project.clock, sound.samples, self._context.check)
            sound = Audio(np.concatenate(list(blocks))[max(content.first, 0) :], RATE)
        self._sounds[track] = Audio(fit_length(sound.samples, frames), sound.rate)
        return take

    def _as_made(self, each: tuple[Fit, Audio, Made]) -> Take:
        analysis, _, take_made = each
        self._use(take_made)
        shift = analysis.shift_frames if analysis.on_tempo else 0
        return audio_take(
            new_id(), take_made.source.id, shift=shift, provenance={**take_made.provenance, "fit": analysis.to_json()}
        )

    def _use(self, take: Made) -> None:
        if take.source.id not in self.project.sources:
            self.project = edits.add_source(self.project, take.source)

    def live(self, track: str) -> None:
        """Continues a clip, chunk by chunk as while playing."""
        low, high = _SHARES[-1], _ARRANGING
        context = Context(lambda share, sentence: self._context.progress(low + (high - low) * share, "Continuing live"))
        settings = Settings(prompt=self.pieces[0].prompt)
        frames, source = self._frames(LIVE_BARS), self._sounds[track]
        request = Request(Task.CONTINUE, settings, frames=frames, seed=self._seed + 100, source=source)
        order = Order(f"{track}, live", self._model, request, self._place)
        began = perf_counter()
        whole, take, first = continued_live(self._generator, order, context)
        elapsed = perf_counter() - began
        self._use(take)
        self._takes["Live"] = (audio_take(new_id(), take.source.id, provenance=take.provenance),)
        analysis_text = fit(whole, float(TEMPO)).text
        self.pieces.append(Piece("Live", settings.prompt, frames / RATE, elapsed, analysis_text, first))

    def arrange(self) -> None:
        """Lays the clips out on three tracks and marks the sections."""
        end = CLIP_BARS + LIVE_BARS
        theme = self._track("Theme")
        self._clip(theme, "Theme", "Theme", 1, CLIP_BARS)
        # the continuation begins on the sample after the clip's last one, so it needs no fade
        live = self._clip(theme, "Live", "Theme, live", 1 + CLIP_BARS, LIVE_BARS)
        beat = self._track("Beat")
        for bar, bars in ((5, 4), (9, 8), (17, 6)):
            self._clip(beat, "Beat", "Beat", bar, bars, fade_in=_GAP, fade_out=_GAP)
        pad = self._track("Pad")
        half = Fade(self._frames(2), FadeShape.EQUAL_POWER)
        self._clip(pad, "Pad", "Pad", 1, 8, fade_in=half, fade_out=half)
        self._clip(pad, "Pad", "Pad", 17, 8, fade_in=half, fade_out=half)
        project = edits.set_fade_out(self.project, live, self._frames(2), FadeShape.EQUAL_POWER)
        project = balanced(project, self._place.folder)
        for name, bar in (("Theme", 1), ("Live", 1 + CLIP_BARS), ("Everybody", 17), ("End", end + 1)):
            project = edits.add_marker(project, project.clock.bar_start(bar), name)
        self.project = project

    def _track(self, name: str) -> str:
        project = edits.add_track(self.project, name)
        track_id = project.tracks[-1].id
        self.project = edits.set_track(project, track_id, gain_db=_GAINS[name])
        return track_id

    def _clip(
        self, track: str, sound: str, name: str, bar: int, bars: int, fade_in: Fade | None = None,
        fade_out: Fade | None = None,
    ) -> str:  # fmt: skip
        copies = tuple(replace(take, id=new_id()) for take in self._takes[sound])
        position = self.project.clock.bar_start(bar)
        length = self.project.clock.frames(self.project.clock.bar_start(bar + bars)) - self.project.clock.frames(
            position
        )
        clip = Clip(
            new_id(), position, length, copies, name=name, fade_in=fade_in or Fade(), fade_out=fade_out or Fade()
        )
        self.project = edits.add_clip(self.project, track, clip)
        return clip.id


def continued_live(generator: Generator, order: Order, context: Context) -> tuple[Audio, Made, float | None]:
    """Continues the sound of an order live, chunk by chunk as while playing, and stores what comes of it.

    Returns its sound, the take, and the seconds until the first chunk.

    Raises:
        AudioFileError: the disk is full or failing.
        ModelError: the model cannot go on.
        Cancelled: the user cancelled.
    """
    request, rate, capabilities = order.request, order.place.rate, generator.capabilities
    began = perf_counter()
    first: float | None = None
    sounds, records = [], []
    for chunk in generator.stream(request, context):
        first = perf_counter() - began if first is None else first
        sounds.append(chunk.samples)
        records.append(
            provenance.live_chunk_record(chunk, capabilities, seed=request.seed, rate=rate, threads=threads())
        )
    whole = Audio(np.concatenate(sounds), rate)
    stored = store_sound(order.place.folder, whole, order.title)
    common = provenance.order_record("live", order.assignment, capabilities, threads())
    record: Mapping[str, Any] = {**common, "frames": stored.frames, "chunks": records}
    return whole, Made(stored, record), first


def balanced(project: Project, folder: Path) -> Project:
    """The song with all its tracks louder or quieter by one gain, so that its mix comes to −18 LUFS under −1 dBTP.

    Raises:
        AudioFileError: a file is missing or cannot be read.
    """
    clips = [(track, clip) for track in project.tracks for clip in track.clips]
    mix = np.zeros((max((project.end_of(clip) for _, clip in clips), default=0), 2), np.float32)
    for track, clip in clips:
        sound = clip_sound(project, folder, clip).samples * gain_of(track.gain_db + clip.gain_db + clip.chosen.gain_db)
        start = project.start_of(clip)
        mix[start : start + len(sound)] += sound  # a mono sound plays on both channels
    gain = levels.together_gain(integrated_loudness(mix, project.rate), true_peak(mix, project.rate))
    for track in project.tracks:
        project = edits.set_track(project, track.id, gain_db=round(track.gain_db + gain, 1))
    return project


def _merit(analysis: Fit) -> tuple[bool, bool, float]:
    return analysis.on_tempo, analysis.can_stretch, analysis.confidence
