"""Composer: a generator that writes notes and plays them, 48 kHz stereo, on any machine."""

import math
from dataclasses import replace
from time import perf_counter

import numpy as np

from engine.analysis.chords import find_chords, key_of_chords
from engine.analysis.grid import find_grid
from engine.audio import Audio
from engine.compose.arrange import composed, planned
from engine.compose.identity import ID, LICENCE, NAME, VERSION
from engine.compose.piece import RATE
from engine.compose.render import TAIL, render_stems
from engine.compose.score import Score
from engine.compose.soundfont import find_soundfont, open_soundfont
from engine.compose.understanding import understood
from engine.compose.wish import MAX_BARS, Wish
from engine.errors import EngineError, ModelError
from engine.generate import parameters
from engine.generate.composer.accompaniment import chords_from_start, listen, wish_for
from engine.generate.composer.session import ComposerSession
from engine.generate.interface import Capabilities, Parameter, Request, Result, Task
from engine.generate.levelled import Levelled
from engine.generate.provenance import result_record
from engine.jobs import Context
from engine.music.glossary import bundled
from engine.music.guide import GuidePart

_FADE = 0.02  # seconds at the end of a sound that is cut off
_TURN = Parameter(
    "turn", "New prompt from", "choice", "bar", choices=("bar", "beat"),
    help="continuing live: whether a new prompt is heard from the next bar or from the next beat",
)  # fmt: skip
_OFF = 0.005  # share by which a tempo may give way unsaid, so that a loop closes


class Composer(Levelled):
    """The composer behind the door of all generators. One thread at a time.

    What goes on from a sound, fills it or varies it takes tempo, key and chords from what is heard there, unless the
    prompt states others.
    """

    def __init__(self) -> None:
        """Loads the SoundFont.

        Raises:
            ModelError: it is missing or damaged.
        """
        open_soundfont(find_soundfont())

    @property
    def capabilities(self) -> Capabilities:
        """What it can do."""
        return Capabilities(
            id=ID,
            name=NAME,
            version=VERSION,
            rate=RATE,
            channels=2,
            window_seconds=16.0,
            chunk_seconds=2.0,
            tasks=frozenset(Task),
            parameters=(parameters.prompt(), _TURN),
            licence=LICENCE,
            device="cpu",
            guides=frozenset(GuidePart),
        )

    def make(self, request: Request, context: Context) -> Result:
        """All of a request at once, raw."""
        began = perf_counter()
        rate = request.source.rate if request.source is not None else RATE
        frames = request.frames if request.frames is not None else max(1, round(request.seconds * rate))
        if request.task is Task.INPAINT:
            frames = request.stop - request.start
        elif request.task in (Task.VARIATION, Task.ACCOMPANY) and request.source is not None:
            frames = len(request.source.samples)
        takes: list[Audio] = []
        notices: list[str] = []
        for number in range(request.takes):
            if request.guide.words:
                audio, more = self._in_turns(replace(request, seed=request.seed + number), rate, frames, context)
                notices += more
                takes.append(audio)
                continue
            wish, sentences = self._wish(request, request.seed + number, rate, frames)
            notices += sentences
            if request.task is Task.ACCOMPANY and request.source is not None:
                audio, more = _along(wish, request.source, context), list[str]()
            else:
                audio, more = _sounding(wish, rate, frames, context, loop=request.task is Task.LOOP)
            notices += more
            takes.append(audio)
            context.progress((number + 1) / request.takes)
        batches = [{"takes": request.takes, "device": "cpu", "network": "composer"}]
        provenance = result_record(self.capabilities, request, {"version": VERSION, "batches": batches})
        spent = perf_counter() - began
        return Result(tuple(takes), tuple(dict.fromkeys(notices)), provenance, spent, {"compose": spent})

    def _in_turns(self, request: Request, rate: int, frames: int, context: Context) -> tuple[Audio, list[str]]:
        """So many frames that follow one prompt after the other, each from the next bar on."""
        if request.task in (Task.LOOP, Task.ACCOMPANY):
            raise ModelError(
                f"{NAME} changes prompts neither in a loop nor along a sound: leave the other prompts out."
            )
        session, pieces, done = self.begin(request, context), [], 0
        while done < frames:
            prompt = request.guide.prompt_at(done / rate, request.settings.prompt)
            chunk = session.advance(replace(request.settings, prompt=prompt), context)
            pieces.append(chunk.samples)
            done += len(chunk.samples)
        samples = np.concatenate(pieces)[:frames]
        fade = min(int(_FADE * rate), frames)
        samples[frames - fade :] *= np.linspace(1, 0, fade, dtype=np.float32)[:, None]
        return Audio(samples, rate), list(session.notices)

    def begin(self, request: Request, context: Context) -> ComposerSession:
        """A raw stream without end."""
        rate = request.source.rate if request.source is not None else RATE
        context.check()

        def read(prompt: str) -> tuple[Wish, list[str]]:
            return self._wish(
                replace(request, settings=replace(request.settings, prompt=prompt)), request.seed, rate, 0
            )

        wish, notices = read(request.settings.prompt)
        by_beat = request.settings.own.get(_TURN.name) == "beat"
        session = ComposerSession(wish, request.settings.prompt, rate, read, by_beat=by_beat)
        session.note(notices)
        return session

    def _wish(self, request: Request, seed: int, rate: int, frames: int) -> tuple[Wish, list[str]]:
        """What the prompt wishes for, in the tempo, the key and the chords of the sound around."""
        try:
            wish, notices = understood(request.settings.prompt, bundled, seed)
        except EngineError as error:
            raise ModelError(str(error)) from error
        wish = replace(wish, bars=None, guide=request.guide.without((GuidePart.WORDS,)))
        if request.source is None or request.task is Task.ACCOMPANY:
            return wish, notices
        return _near(wish, Audio(_around(request), rate), request), notices


def _near(wish: Wish, around: Audio, request: Request) -> Wish:
    """The wish in the tempo and the key of a sound, and for a variation over its chords, where these can be heard."""
    grid = find_grid(around, tempo=wish.tempo)
    try:
        harmony = find_chords(around, grid)
    except EngineError:  # silence, or too little of it
        return wish
    wish = replace(wish, tempo=wish.tempo or (grid.tempo if grid else None), key=wish.key or key_of_chords(harmony))
    if grid is not None and request.task is Task.VARIATION and request.strength < 0.9 and not wish.chords:
        wish = replace(wish, chords=chords_from_start(harmony, grid, len(around.samples) / around.rate))
    return wish


def _along(wish: Wish, source: Audio, context: Context) -> Audio:
    """Parts that are played along with a sound, without it: as many frames, at its rate."""
    try:
        setting = listen(source, tempo=wish.tempo, signature=wish.signature)
        frames = len(source.samples)
        guide = wish.guide.later(-setting.origin)  # the piece's bars begin there
        score = composed(replace(wish_for(wish, setting, frames / source.rate), guide=guide))
    except EngineError as error:
        raise ModelError(str(error)) from error
    origin = round(setting.origin * source.rate)
    late = min(max(origin, 0), frames - 1)
    mix = render_stems(score, rate=source.rate, first=max(-origin, 0), frames=frames - late, check=context.check).mix.T
    return Audio(np.pad(mix, ((late, 0), (0, 0))), source.rate)


def _around(request: Request) -> np.ndarray:
    """The sound that a new part has to fit, (frames, channels)."""
    source = request.source
    assert source is not None
    if request.task is Task.INPAINT:
        return np.concatenate((source.samples[: request.start], source.samples[request.stop :]))
    return source.samples


def _sounding(wish: Wish, rate: int, frames: int, context: Context, *, loop: bool) -> tuple[Audio, list[str]]:
    """So many frames of the piece that is wished for."""
    notices: list[str] = []
    try:
        plan = planned(wish)
        bar_seconds = plan.bar * plan.quarter
        exact = frames / rate / bar_seconds
        if loop:
            bars = max(1, round(exact))
            tempo = plan.tempo * bars / exact
            if abs(tempo / plan.tempo - 1) > _OFF:
                notices.append(f"So that the loop closes, its tempo is {tempo:.1f} BPM instead of {plan.tempo:g}.")
            wish = replace(wish, tempo=min(max(tempo, 20.0), 400.0))
        else:
            bars = math.ceil(exact - 1e-3)
        if bars > MAX_BARS:
            raise ModelError(f"{bars} bars were asked for at once: ask for at most {MAX_BARS}, or continue live.")
        score = composed(wish.of_length(max(1, bars)))
    except ModelError:
        raise
    except EngineError as error:
        raise ModelError(str(error)) from error
    return Audio(_played(score, rate, frames, context, loop=loop), rate), notices


def _played(score: Score, rate: int, frames: int, context: Context, *, loop: bool) -> np.ndarray:
    """The sound of a score, (frames, 2): a loop's end rings on in its beginning, any other is faded where it is cut."""
    tail = int(TAIL * rate) if loop else 0
    mix = render_stems(score, rate=rate, frames=frames + tail, check=context.check).mix.T.copy()
    if loop:
        out = mix[:frames]
        for first in range(frames, len(mix), frames):
            ringing = mix[first : first + frames]
            out[: len(ringing)] += ringing
        return out
    fade = min(int(_FADE * rate), frames)
    mix[frames - fade :] *= np.linspace(1, 0, fade, dtype=np.float32)[:, None]
    return mix
