"""What the composer writes and plays: figures of its own, since it is no model that was trained.

Tempo, key and chords are heard by `engine.analysis`, which knows nothing of the composer; beside each figure stands
what the same ears reach on the notes themselves, or on clicks at their onsets.
"""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations, pairwise
from pathlib import Path
from random import Random
from time import perf_counter

import numpy as np

from engine.analysis.chords import SoundingChord, chords_of_notes, find_chords
from engine.analysis.grid import find_grid
from engine.analysis.key import find_key
from engine.audio import Audio, read_audio
from engine.compose.arrange import composed, planned
from engine.compose.files import MIX, STEMS, write_performance
from engine.compose.genres import GENRES
from engine.compose.instruments import FAMILIES, INSTRUMENTS
from engine.compose.midi import TICKS, write_midi
from engine.compose.midi_file import read_midi
from engine.compose.performance import performed
from engine.compose.piece import Performance
from engine.compose.render import stem
from engine.compose.score import Part as ScorePart
from engine.compose.score import Score
from engine.compose.understanding import understood
from engine.compose.wish import Wish, family_of
from engine.compose.words import FAMILY_WORDS, FREE_PROMPTS
from engine.errors import EngineError
from engine.evaluate.figures import Figure, Goal, Part
from engine.evaluate.likeness import likeness
from engine.evaluate.settings import COMPOSER
from engine.evaluate.workshop import mean, within
from engine.generate.composer.accompaniment import listen, wish_for, wish_with_notes
from engine.generate.composer.generator import Composer
from engine.generate.interface import Request, Settings
from engine.jobs import Context
from engine.loudness import integrated_loudness, true_peak
from engine.music.chords import CHORDS
from engine.music.glossary import bundled
from engine.music.keys import best_key
from engine.music.notes import Note
from engine.music.scales import has_minor_third

TOLD = "what the composer writes, plays, and plays along with"

_BARS = 8
_THEME = tuple(
    Note(start, length, pitch, 90)
    for start, length, pitch in ((0, 1, 64), (1, 0.5, 67), (1.5, 0.5, 69), (2, 1, 71), (3, 1, 67), (4, 2, 66))
)
_GRID = 0.02  # s between the moments at which chords are compared
_PHRASE = 4  # bars
_ATTACK = 0.005  # s


@dataclass(frozen=True, slots=True)
class ComposerSizes:
    """Counts: genres, seeds of each, pieces through MIDI, pairs of families, and pieces that are accompanied."""

    genres: int = 26
    seeds: int = 4
    midi: int = 1000
    families: int = 60
    themes: int = 26
    accompanied: int = 26


SMALL = ComposerSizes(genres=6, seeds=1, midi=52, families=20, themes=13, accompanied=4)
"""A minute or two on two cores."""
WHOLE = ComposerSizes()


@dataclass(frozen=True)
class _Piece:
    performance: Performance

    @property
    def score(self) -> Score:
        return self.performance.score

    @cached_property
    def audio(self) -> Audio:
        return Audio(self.performance.sound.mix.T.copy(), self.performance.sound.rate)


def figures(sizes: ComposerSizes, seed: int = 0, *, recordings: Path | None = None, context: Context) -> Part:
    """Measures the composer; beside the recordings below a folder, where there is one.

    Raises:
        ModelError: there is no SoundFont, or there are too few recordings.
        Cancelled: the user cancelled.
    """
    began = perf_counter()
    scores = within(context, 0.0, 0.2)
    result = [
        _midi(sizes, seed, scores),
        *_themes(sizes, seed),
        *_families(sizes, seed),
        _free(),
        _phrases(sizes, seed),
    ]
    context.check()
    pieces = _pieces(sizes, seed, within(context, 0.2, 0.6))
    result += [_null(pieces[0]), *_ears(pieces, within(context, 0.6, 0.8)), *_mix(pieces), _recurrence(pieces)]
    if recordings is not None:
        result.append(likeness([piece.audio for piece in pieces], recordings, seed))
    result += [*_speed(seed), *_accompaniment(sizes, seed, within(context, 0.85, 1.0))]
    result = [replace(each, value=float(each.value)) for each in result]
    return Part(COMPOSER, TOLD, tuple(result), seconds=perf_counter() - began)


def _genres(count: int) -> list[str]:
    """So many genres, spread over the list."""
    names = list(GENRES)
    return [names[number * len(names) // count] for number in range(min(count, len(names)))]


def _pieces(sizes: ComposerSizes, seed: int, context: Context) -> list[_Piece]:
    orders = [(genre, seed + number) for genre in _genres(sizes.genres) for number in range(sizes.seeds)]
    pieces = []
    for number, (genre, each) in enumerate(orders):
        context.progress(number / len(orders), f"Composing {genre}")
        pieces.append(_Piece(performed(Wish(genre=genre, bars=_BARS, seed=each), check=context.check)))
    return pieces


# notes


def _midi(sizes: ComposerSizes, seed: int, context: Context) -> Figure:
    """Whether all notes come back from a MIDI file, each at its tick."""
    names, right = list(GENRES), 0
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "song.mid"
        for number in range(sizes.midi):
            context.progress(number / sizes.midi, "MIDI there and back")
            score = composed(Wish(genre=names[number % len(names)], bars=_BARS, seed=seed + number))
            write_midi(score, path)
            tracks = read_midi(path).tracks
            right += [_ticks(part.notes, True) for part in score.parts] == [_ticks(t.notes, False) for t in tracks]
    return Figure(
        "midi", f"pieces that MIDI gives back to the tick, of {sizes.midi}", right / sizes.midi, "%", Goal(1.0)
    )


def _ticks(notes: Sequence[Note], played: bool) -> list[tuple[int, int, int]]:
    """Each note's first tick (as it is played), its pitch and its velocity."""
    return sorted((max(0, round((n.onset if played else n.start) * TICKS)), n.pitch, n.velocity) for n in notes)


def _themes(sizes: ComposerSizes, seed: int) -> list[Figure]:
    counts = {True: [0, 0], False: [0, 0]}
    for number, genre in enumerate((list(GENRES) * 4)[: sizes.themes]):
        for themed in (True, False):
            wish = Wish(genre=genre, bars=16, seed=seed + number, theme=_THEME if themed else ())
            score = composed(wish)
            lead = next((part for part in score.parts if part.role == "lead"), None)
            if lead is None:
                continue
            for start in np.arange(0, score.length - 1e-6, _PHRASE * score.bar):
                counts[themed][0] += _holds(lead, float(start), float(start + _PHRASE * score.bar))
                counts[themed][1] += 1
    shares = {themed: hits / max(count, 1) for themed, (hits, count) in counts.items()}
    return [
        Figure("theme", "phrases that have a given theme, but for one interval", shares[True], "%", Goal(0.5)),
        Figure("theme_absent", "the same where no theme was given", shares[False], "%", Goal(most=0.05)),
    ]  # fmt: skip


def _holds(part: ScorePart, start: float, end: float) -> bool:
    intervals = [b.pitch - a.pitch for a, b in pairwise(_THEME)]
    pitches = [note.pitch for note in sorted(part.notes) if start - 1e-6 <= note.start < end - 1e-6]
    steps = [b - a for a, b in pairwise(pitches)]
    windows = (steps[first : first + len(intervals)] for first in range(len(steps) - len(intervals) + 1))
    return any(sum(x != y for x, y in zip(window, intervals, strict=True)) <= 1 for window in windows)


def _families(sizes: ComposerSizes, seed: int) -> list[Figure]:
    """Of prompts that name two families, or two instruments, with a genre and without one."""
    rng = Random(f"families {seed}")
    named, unnamed = [], []
    for number in range(sizes.families):
        pair = rng.sample(FAMILIES, 2)
        if number % 2:
            words = [rng.choice([i.words[0] for i in INSTRUMENTS.values() if i.family == f] or [f]) for f in pair]
        else:
            words = [FAMILY_WORDS[family][0] for family in pair]
        text = " and ".join(words)
        if number % 4 > 1:
            text = f"{rng.choice(list(GENRES))} with {text}"
        wish, _ = understood(text, bundled, seed + number)
        families = {family_of(group[0]) for group in wish.instruments}
        playing = {part.family for part in composed(replace(wish, bars=16)).parts}
        named += [float(family in playing) for family in families]
        unnamed += [float(family in playing) for family in FAMILIES if family not in families]
    return [
        Figure("named", f"families that {sizes.families} prompts name and that play", mean(named), "%", Goal(1.0)),
        Figure("unnamed", "families that they do not name and that play", mean(unnamed), "%", Goal(most=0.0)),
    ]


def _free() -> Figure:
    """Prompts in words that no caption has: whether genre or mood is among those that they may mean."""
    right = 0
    for number, (text, meanings) in enumerate(FREE_PROMPTS.items()):
        plan = planned(understood(text, bundled, number)[0])
        right += bool({("genre", plan.genre.name), ("mood", plan.mood.name)} & meanings)
    count = len(FREE_PROMPTS)
    return Figure("free", f"free prompts whose genre or mood is met, of {count}", right / count, "%", Goal(0.53))


def _phrases(sizes: ComposerSizes, seed: int) -> Figure:
    """Pairs of seeds of one wish that share the intervals and rhythm of a melody's phrase of eight notes or more."""
    shared = pairs = 0
    for genre in _genres(sizes.genres):
        sets = [
            _melodies(composed(Wish(genre=genre, bars=16, seed=seed + number))) for number in range(max(2, sizes.seeds))
        ]
        for one, other in combinations(sets, 2):
            pairs += 1
            shared += bool(one & other)
    return Figure(
        "phrases", f"pairs of seeds that share a melody's phrase, of {pairs}", shared / pairs, "%", Goal(most=0.0)
    )


def _melodies(score: Score) -> set[tuple[tuple[int, float], ...]]:
    phrases = set()
    for part in score.parts:
        for start in np.arange(0, score.length - 1e-6, _PHRASE * score.bar) if part.role == "lead" else ():
            inside = [n for n in sorted(part.notes) if start - 1e-6 <= n.start < start + _PHRASE * score.bar - 1e-6]
            if len(inside) >= 8:
                phrases.add(tuple((b.pitch - a.pitch, round(b.start - a.start, 2)) for a, b in pairwise(inside)))
    return phrases


# sound


def _null(piece: _Piece) -> Figure:
    """What is left of the written mix when the written stems are taken away."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "piece"
        write_performance(out, piece.performance)
        left = read_audio(out / MIX).samples.astype(np.float64)
        for path in sorted((out / STEMS).iterdir()):
            left = left - read_audio(path).samples
    level = 20 * np.log10(max(float(np.abs(left).max()), 1e-10))
    return Figure("null", "what is left of the mix without its stems", level, "dBFS", Goal(most=-120.0))


def _ears(pieces: Sequence[_Piece], context: Context) -> list[Figure]:
    rows: dict[str, list[float]] = {
        name: [] for name in ("tempo", "key", "chords", "clicks", "note_key", "note_chords")
    }
    for number, piece in enumerate(pieces):
        context.progress(number / len(pieces), "Listening")
        score, audio = piece.score, piece.audio
        rows["tempo"].append(_tempo_right(audio, score))
        rows["clicks"].append(_tempo_right(_clicks(score), score))
        key = find_key(audio)
        notes = [note for part in score.parts if not part.drums for note in part.notes]
        weights = [sum(note.length for note in notes if note.pitch % 12 == pitch) for pitch in range(12)]
        other = best_key(weights)
        truth = (score.tonic, has_minor_third(score.mode))
        rows["key"].append(float(key is not None and (key.tonic, key.minor) == truth))
        rows["note_key"].append(float((other.tonic, other.minor) == truth))
        rows["chords"].append(agreement(find_chords(audio), score))
        quarters = score.tempo * score.beat
        rows["note_chords"].append(agreement(chords_of_notes(notes, score.bar, quarters, score.beat), score))
    count = len(pieces)
    return [
        Figure("tempo", f"tempo within 1 %, half and double counted, {count} pieces", mean(rows["tempo"]), "%", None,
               {"clicks at the notes": mean(rows["clicks"])}),
        Figure("key", "key", mean(rows["key"]), "%", None, {"the notes": mean(rows["note_key"])}),
        Figure("chords", "chords, root and third, by duration", mean(rows["chords"]), "%", None,
               {"the notes": mean(rows["note_chords"])}),
    ]  # fmt: skip


def _tempo_right(audio: Audio, score: Score) -> float:
    grid = find_grid(audio, beats=max(1, round(score.bar / score.beat)))
    factors = (0.5, 1.0, 2.0)
    return float(grid is not None and any(abs(grid.tempo / (score.tempo * each) - 1) < 0.01 for each in factors))


def _clicks(score: Score, rate: int = 22050) -> Audio:
    sound = np.zeros(score.frame(score.length, rate) + rate, np.float32)
    click = np.exp(-np.arange(400) / 60).astype(np.float32) * np.sin(np.arange(400) * 0.3).astype(np.float32)
    for part in score.parts:
        for note in part.notes:
            first = max(0, score.frame(note.onset, rate))
            room = sound[first : first + len(click)]
            room += click[: len(room)]
    return Audio(sound[:, None], rate)


def agreement(chords: Sequence[SoundingChord], score: Score) -> float:
    """The share of a score's time in which chords have the root and the third of the true ones."""
    quarter = score.quarter_seconds
    moments = np.arange(0, score.seconds, _GRID)
    truth = _named([(c.start * quarter, c.root, c.quality) for c in score.chords], moments)
    names = _named([(c.start, c.chord.root, c.chord.quality) for c in chords], moments)
    return float((truth == names).mean())


def _named(chords: Sequence[tuple[float, int, str]], moments: np.ndarray) -> np.ndarray:
    """The number of the chord of each moment: 0 to 11 by root, 12 more with a minor third; −1 before the first."""
    starts = np.array([start for start, _, _ in chords])
    names = np.array([-1, *(root + 12 * (CHORDS[quality][1] == 3) for _, root, quality in chords)])
    named: np.ndarray = names[np.searchsorted(starts, moments + 1e-9, side="right")]
    return named


def _mix(pieces: Sequence[_Piece]) -> list[Figure]:
    rate = pieces[0].performance.sound.rate
    loud = [integrated_loudness(piece.performance.sound.mix.T, rate) for piece in pieces]
    peaks = [true_peak(stem.T, rate) for piece in pieces for stem in piece.performance.sound.stems.values()]
    sides: dict[str, list[float]] = {}
    attacks: list[float] = []
    stems: list[list[float]] = []
    for piece in pieces:
        left, right = piece.performance.sound.mix
        side, middle = (float(np.sqrt(np.mean(np.square(each)))) for each in (left - right, left + right))
        sides.setdefault(piece.score.genre, []).append(20 * np.log10(max(side, 1e-9) / max(middle, 1e-9)))
        attacks += _attacks(piece, rate)
        stems += [each for each in _stem_attacks(piece, rate) if each]
    width = float(np.median([mean(each) for each in sides.values()]))
    quiet = [float(peak > -60) for peak in peaks]
    return [
        Figure("loudness", "mixes at −18 ± 2 LUFS", mean([float(abs(each + 18) <= 2) for each in loud]), "%", Goal(1.0),
               {}),
        Figure("quietest", "the mix farthest from −18 LUFS", max(loud, key=lambda each: abs(each + 18)), "LUFS"),
        Figure("peaks", "the loudest stem's true peak", max(peaks), "dBTP", Goal(most=-1.0)),
        Figure("silent", "stems that sound", mean(quiet), "%", Goal(1.0)),
        Figure("width", "side over middle, median of genres", width, "dB", Goal(-14.0)),
        Figure("attack", "strokes of kick and snare that rise within 5 ms",
               mean([float(each <= _ATTACK) for each in attacks]), "%", Goal(1.0),
               {}),
        Figure("attack_stem", "stems of drums in which the median one does",
               mean([float(np.median(each) <= _ATTACK) for each in stems]), "%", Goal(1.0),
               {"of all strokes there": mean([float(each <= _ATTACK) for strokes in stems for each in strokes])}),
    ]  # fmt: skip


def _attacks(piece: _Piece, rate: int) -> list[float]:
    """S in which kick and snare rise from a tenth of their peak to within 3 dB of it, each through its part's strip.

    They are played alone: over a drum that still rings a stroke cannot be measured. The softest, the middle and the
    hardest stroke of each are. The waves of a deep kick differ by less than 3 dB.
    """
    result = []
    score = piece.score
    first = score.frame(1.0, rate)
    for part in (each for each in score.parts if each.role == "drums"):
        for pitch in (35, 36, 38, 40):
            forces = sorted({note.velocity for note in part.notes if note.pitch == pitch and note.velocity >= 60})
            for force in {forces[0], forces[len(forces) // 2], forces[-1]} if forces else ():
                alone = replace(part, notes=(Note(1.0, 0.25, pitch, force),), expression=())
                sound = stem(alone, score, rate=rate, frames=first + round(0.03 * rate))
                level = np.abs(sound[:, first:]).max(axis=0)
                low, high = (int(np.argmax(level >= share * level.max())) for share in (0.1, 0.708))
                result.append((high - low) / rate)
    return result


def _stem_attacks(piece: _Piece, rate: int) -> list[list[float]]:
    """For each part of drums, S in which kick and snare rise in its stem, as `_attacks` has it.

    Strokes are left out that rise by less than 12 dB over what rings 5 ms before them.
    """
    result = []
    before, near = round(0.005 * rate), round(0.03 * rate)
    for part in (each for each in piece.score.parts if each.role == "drums"):
        level = np.abs(piece.performance.sound.stems[part.name]).max(axis=0)
        rises = []
        for note in (each for each in part.notes if each.pitch in (35, 36, 38, 40)):
            first = piece.score.frame(note.onset, rate)
            ringing, stroke = level[max(0, first - before) : first].max(initial=0.0), level[first : first + near]
            peak = float(stroke.max(initial=0.0))
            if peak > 4 * ringing:
                low = int(np.argmax(stroke >= ringing + 0.1 * (peak - ringing)))
                rises.append((int(np.argmax(stroke >= 0.708 * peak)) - low) / rate)
        result.append(rises)
    return result


def _recurrence(pieces: Sequence[_Piece]) -> Figure:
    """How alike the chroma of what lies 4 to 8 s apart is, at the best of these distances."""
    values = []
    for piece in pieces:
        samples = piece.audio.samples.mean(axis=1)
        size = 8192
        frames = np.lib.stride_tricks.sliding_window_view(samples, size)[:: size // 2]
        spectra = np.abs(np.fft.rfft(frames * np.hanning(size), axis=1))[:, 8:400]
        classes = np.round(69 + 12 * np.log2(np.arange(8, 400) * piece.audio.rate / size / 440)).astype(int) % 12
        chroma = np.stack([spectra[:, classes == each].sum(axis=1) for each in range(12)], axis=1)
        chroma = chroma - chroma.mean(axis=0)
        chroma /= np.maximum(np.linalg.norm(chroma, axis=1, keepdims=True), 1e-9)
        hop = size / 2 / piece.audio.rate
        lags = [lag for lag in range(round(4 / hop), round(8 / hop)) if lag < len(chroma) - 4]
        if lags:
            values.append(max(float((chroma[lag:] * chroma[:-lag]).sum(axis=1).mean()) for lag in lags))
    return Figure("recurrence", "likeness of what lies 4 to 8 s apart, chroma", mean(values))


# time


def _speed(seed: int) -> list[Figure]:
    wish = Wish(genre="pop", bars=16, roles=("drums", "bass", "chords", "pad", "lead"), seed=seed)
    performed(replace(wish, seed=seed + 1))  # warm
    began = perf_counter()
    performed(wish)
    whole = perf_counter() - began
    composer = Composer()
    settings = Settings(prompt="house with drums and bass, 120 BPM")
    began = perf_counter()
    session = composer.begin(Request(settings=settings, seed=seed), Context())
    session.advance(settings, Context())
    first = perf_counter() - began
    session.advance(settings, Context())
    changed = session.advance(replace(settings, prompt="metal, 150 BPM"), Context())
    late = session.takes[-1].origin / 48000 / (4 * 60 / 120) - 2  # bars of 120 BPM after the second
    del changed
    return [
        Figure("seconds", "16 bars of five parts, from words to sound", whole, "s", Goal(most=2.0)),
        Figure("first", "the first sound of a live take", first, "s", Goal(most=0.2)),
        Figure("turn", "bars after the next one at which a new wish is heard", late, "bars", Goal(most=0.0)),
    ]


# accompaniment


def _accompaniment(sizes: ComposerSizes, seed: int, context: Context) -> list[Figure]:
    """Of pieces of which everything but drums is given, as sound: the chords and beats of what is composed to them.

    Also the chords where the same is given as notes.
    """
    chords, beats, near, bars, by_notes = [], [], [], [], []
    names = _genres(sizes.accompanied)
    for number, genre in enumerate(names):
        context.progress(number / len(names), f"Accompanying {genre}")
        performance = performed(Wish(genre=genre, bars=_BARS, seed=seed + 100 + number), check=context.check)
        score, stems = performance.score, performance.sound.stems
        by_notes.append(_same_chords(_along_notes(score, seed), 0.0, score))
        tonal = [stems[part.name] for part in score.parts if not part.drums]
        audio = Audio(np.sum(tonal, axis=0).T.copy(), performance.sound.rate)
        try:
            setting = listen(audio, signature=score.signature)
        except EngineError:
            chords.append(0.0)
            near.append(0.0)
            bars.append(0.0)
            continue
        along = composed(wish_for(Wish(seed=seed), setting, score.seconds))
        chords.append(_same_chords(along, setting.origin, score))
        late = _lateness(setting.grid.start, setting.grid.beat, score, score.beat)
        beats.append(1000 * late)
        near.append(float(late <= 0.01))
        bars.append(float(_lateness(setting.grid.start, setting.grid.bar, score, score.bar) <= 0.02))
    return [
        Figure("along_chords", f"chords of what accompanies {len(names)} pieces, as theirs", mean(chords), "%",
               Goal(0.9), {"median": float(np.median(chords))}),
        Figure("along_notes", "the same where their notes are given", mean(by_notes), "%", Goal(0.9)),
        Figure("along_beats", "of which whose beats are theirs within 10 ms throughout", mean(near), "%", Goal(1.0)),
        Figure("along_late", "how far beats are from theirs, median", float(np.median(beats or [np.nan])), "ms",
               Goal(most=10.0)),
        Figure("along_bars", "of which whose bars begin with theirs", mean(bars), "%"),
    ]  # fmt: skip


def _along_notes(score: Score, seed: int) -> Score:
    """What is composed to a piece whose parts but drums are given as a MIDI file."""
    tonal = replace(score, parts=tuple(part for part in score.parts if not part.drums))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "given.mid"
        write_midi(tonal, path)
        wish, _ = wish_with_notes(Wish(seed=seed), read_midi(path))
    return composed(wish)


def _same_chords(along: Score, origin: float, score: Score) -> float:
    moments = np.arange(0, score.seconds, _GRID)
    ours, theirs = along.quarter_seconds, score.quarter_seconds
    names = _named([(c.start * ours + origin, c.root, c.quality) for c in along.chords], moments)
    truth = _named([(c.start * theirs, c.root, c.quality) for c in score.chords], moments)
    return float((names == truth).mean())


def _lateness(start: float, span: float, score: Score, unit: float) -> float:
    """The most that true beats (or bars, by `unit`) are away from those heard, s."""
    truth = np.arange(0, score.length - 1e-6, unit) * score.quarter_seconds
    away = (truth - start + span / 2) % span - span / 2
    return float(np.abs(away).max())
