"""Whether what is made follows a guide: melody, chords, accents and swell, each beside the same without a guide.

The guides are those of held-out pieces of the corpus, as their scores have them; the prompts name genre, mood, tempo
and key of the same pieces. What is heard is judged by plain spectra, which know nothing of the model: the strongest
pitch class in each 40 ms from 250 Hz on, the triad whose notes are strongest while a chord lasts, the strongest onsets,
and the level of each half second.

What following costs: how much further from the real pieces the guided ones are as a crowd than those without a guide
(the Fréchet distance of log-mel statistics, onsets among them, in the main axes of the real pieces), and how much less
they are like their prompts, as the model's own towers hear it.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from random import Random

import numpy as np
from numpy.typing import NDArray

from engine.compose.arrange import compose
from engine.compose.genres import GENRES
from engine.compose.render import render
from engine.compose.score import HELD_OUT_PERIOD, Score
from engine.compose.words import MOOD_WORDS
from engine.evaluate.classifier import features
from engine.evaluate.datasets import Wave
from engine.evaluate.figures import Figure, Goal
from engine.evaluate.frechet import distance, main_axes
from engine.evaluate.workshop import Workshop, mean, within
from engine.generate.interface import Request, Settings
from engine.jobs import Context
from engine.music.chords import parse_chord
from engine.music.guide import Accent, ChordSpan, Guide, GuidePart, MelodyNote, SwellPoint, line_of

_LOOK = 0.04  # s
_WINDOW = 4096  # samples at 24 kHz
_MELODY_HERTZ, _CHORD_HERTZ, _HIGHEST = 250.0, 55.0, 4000.0
_NEAR = 0.07  # s between an onset and the accent that it is
_DEPTH = 12.0  # dB of the swells
_FIRST = 300  # held-out pieces on which ways and weights were tried before, which are left out here
_FURTHER, _LIKE = 1.25, 0.95
"""What a guide may cost: times the Fréchet distance, and the share of the likeness to the prompt that is left."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A guide with all parts, the prompt of its piece, and where that has it: `start` seconds into that of a seed."""

    prompt: str
    guide: Guide
    seed: int = 0
    start: float = 0.0


def asked(count: int, seconds: float, first: int = _FIRST) -> list[Asked]:
    """Guides of held-out pieces in 4/4 in which a melody is played at the beginning of a section."""
    requests: list[Asked] = []
    seed = 1 + HELD_OUT_PERIOD * first
    while len(requests) < count:
        score, seed = compose(seed), seed + HELD_OUT_PERIOD
        lead = next((part for part in score.parts if part.role == "lead"), None)
        if lead is None or score.bar != 4.0:
            continue
        for section in score.sections:
            start = section.start * score.quarter_seconds
            notes = line_of(
                MelodyNote(note.onset * score.quarter_seconds, note.length * score.quarter_seconds, note.pitch)
                for note in lead.notes
            )
            if start + seconds > score.seconds:
                break
            guide = Guide(melody=notes, chords=_chords(score)).between(start, start + seconds)
            if sum(note.length for note in guide.melody) > 0.5 * seconds:
                requests.append(Asked(_prompt(score), _drawn(guide, score, seconds), score.seed, start))
                break
    return requests


def _chords(score: Score) -> tuple[ChordSpan, ...]:
    quarter = score.quarter_seconds
    return tuple(ChordSpan(each.start * quarter, each.length * quarter, each.symbol) for each in score.chords)


def _prompt(score: Score) -> str:
    genre = GENRES[score.genre].words[0].removeprefix("a ").removeprefix("an ")
    mood = MOOD_WORDS[score.mood][0]
    return f"{genre}, {mood}, {round(score.tempo)} BPM, {score.key}"


def _drawn(guide: Guide, score: Score, seconds: float) -> Guide:
    """The guide with accents off the beat, three in each bar, and a rise and fall of the level."""
    rng, sixteenth = Random(f"accents {score.seed}"), score.quarter_seconds / 4
    accents = []
    for bar in range(int(seconds / (16 * sixteenth))):
        places = sorted(rng.sample([place for place in range(16) if place % 4], 3))
        accents += [Accent((16 * bar + place) * sixteenth) for place in places]
    swell = (SwellPoint(0.0, -_DEPTH), SwellPoint(seconds / 2, 0.0), SwellPoint(seconds, -_DEPTH))
    return Guide(guide.melody, guide.chords, tuple(accents), swell)


def figures(shop: Workshop) -> list[Figure]:
    """The shares, each beside that of the same prompt and seed without a guide."""
    sizes, followed = shop.sizes, shop.melody.capabilities.guides
    if not sizes.guides or GuidePart.MELODY not in followed:
        return []
    seconds, wanted = sizes.guide_seconds, asked(sizes.guides, sizes.guide_seconds)
    waves: dict[str, list[Wave]] = {}
    for place, (name, parts) in enumerate(_WAYS.items()):
        context = within(shop.context, place / len(_WAYS), (place + 1) / len(_WAYS))
        waves[name] = []
        for number, each in enumerate(wanted):
            context.progress(number / len(wanted), f"Generating {number + 1} of {len(wanted)}, {name}")
            waves[name].append(_made(shop, each, parts(each.guide, seconds), shop.seed + number, seconds))
    rate = shop.melody.capabilities.rate

    def judged(name: str, judge: Callable[[Wave, Guide, int], float], part: Callable[[Guide], Guide]) -> list[float]:
        return [judge(wave, part(each.guide), rate) for wave, each in zip(waves[name], wanted, strict=True)]

    def half(guide: Guide) -> Guide:
        return _half(guide, seconds)

    def whole(guide: Guide) -> Guide:
        return guide

    rows = []
    for key, measure, name, judge, part, goal in (
        ("melody", "the melody's notes", "melody", melody_share, whole, 0.80),
        ("melody_half", "the melody's notes where its first half is said", "half", melody_share, half, 0.75),
        ("chords", "the chords' triads", "chords", chord_share, whole, 0.88),
        ("both_melody", "the melody's notes, with chords", "both", melody_share, whole, 0.70),
        ("both_chords", "the chords' triads, with the melody", "both", chord_share, whole, 0.85),
    ):
        values, without = judged(name, judge, part), mean(judged("free", judge, part))
        beside = {"without a guide": without, "standard error": _error(values)}
        rows.append(Figure(key, measure, mean(values), "%", Goal(least=goal), beside))
    values, without = judged("swell", swell_likeness, whole), mean(judged("free", swell_likeness, whole))
    beside = {"without a guide": without, "least": min(values)}
    rows.append(Figure("swell", "likeness of the level to the swell, r", mean(values), "", Goal(least=0.9), beside))
    values, without = judged("accents", accent_share, whole), mean(judged("free", accent_share, whole))
    beside = {"without a guide": without, "standard error": _error(values)}
    measure = "accents among as many strongest onsets, F1"
    rows.append(Figure("accents", measure, mean(values), "%", Goal(least=2 * without), beside))
    return rows + _costs(shop, waves, wanted, seconds)


def _costs(shop: Workshop, waves: dict[str, list[Wave]], wanted: list[Asked], seconds: float) -> list[Figure]:
    """Fréchet distance and likeness to the prompt of each way, over those without a guide."""
    melody, rate = shop.melody, shop.melody.capabilities.rate
    waves = {"real": [_real(shop, each, seconds) for each in wanted], **waves}
    crowds = {name: np.stack([features(wave, rate).numpy() for wave in waves[name]]) for name in waves}
    axes = main_axes(crowds["real"])
    apart = {name: distance(axes(crowds["real"]), axes(crowd)) for name, crowd in crowds.items()}
    texts = [melody.sampler.embed_text([melody.read(each.prompt)])[0] for each in wanted]
    like = {}
    for name, sounds in waves.items():
        embeddings = [melody.sampler.embed_music(np.ascontiguousarray(wave))[0] for wave in sounds]
        like[name] = [float(one @ other) for one, other in zip(embeddings, texts, strict=True)]
    rows = []
    for name, told in _COSTLY.items():
        ratio = apart[name] / apart["free"] if apart["free"] > 0 else float("nan")
        beside = {"distance": apart[name], "without a guide": apart["free"]}
        measure = f"Fréchet distance to the real pieces, {told}, over that without a guide"
        rows.append(Figure(f"frechet_{name}", measure, ratio, "×", Goal(most=_FURTHER), beside))
    for name, told in _COSTLY.items():
        share = mean(like[name]) / mean(like["free"])
        change = [one - other for one, other in zip(like[name], like["free"], strict=True)]
        beside = {"cosine": mean(like[name]), "without a guide": mean(like["free"]), "real pieces": mean(like["real"])}
        beside["standard error of the change"] = _error(change)
        measure = f"likeness to the prompt, {told}, of that without a guide"
        rows.append(Figure(f"words_{name}", measure, share, "%", Goal(least=_LIKE), beside))
    return rows


def _real(shop: Workshop, each: Asked, seconds: float) -> Wave:
    """The stretch of the piece that a guide is of, mono."""
    rate = shop.melody.capabilities.rate

    def make() -> Wave:
        first, frames = round(each.start * rate), round(seconds * rate)
        mix = render(compose(each.seed, own=shop.own), rate=rate, channels=1, first=first, frames=frames, stems=False)
        wave: Wave = mix.mix[0]
        return wave

    return shop.kept(f"piece {each.seed} {each.start} {seconds} {shop.own}", make)


def _half(guide: Guide, seconds: float) -> Guide:
    """The guide's first half."""
    return guide.between(0.0, seconds / 2)


_WAYS: dict[str, Callable[[Guide, float], Guide]] = {
    "free": lambda guide, seconds: Guide(),
    "melody": lambda guide, seconds: guide.only((GuidePart.MELODY,)),
    "half": lambda guide, seconds: _half(guide.only((GuidePart.MELODY,)), seconds),
    "chords": lambda guide, seconds: guide.only((GuidePart.CHORDS,)),
    "both": lambda guide, seconds: guide.only((GuidePart.MELODY, GuidePart.CHORDS)),
    "swell": lambda guide, seconds: guide.only((GuidePart.SWELL,)),
    "accents": lambda guide, seconds: guide.only((GuidePart.ACCENTS,)),
}

_COSTLY = {"melody": "with a melody", "chords": "with chords", "both": "with both", "accents": "with accents"}


def _made(shop: Workshop, each: Asked, guide: Guide, seed: int, seconds: float) -> Wave:
    def make() -> Wave:
        request = Request(settings=Settings(prompt=each.prompt), seconds=seconds, seed=seed, guide=guide)
        silent = Context(lambda share, sentence: shop.context.check())
        wave: Wave = shop.melody.generate(request, silent).takes[0].samples.mean(axis=1)
        return wave

    return shop.kept(f"guided with latents {each.prompt} {seed} {seconds} {guide.to_values()}", make)


# judges


def _chroma(wave: Wave, rate: int, lowest: float) -> NDArray[np.float64]:
    """Power of each pitch class, C first, around the middle of each 40 ms: (n, 12)."""
    window = round(_WINDOW * rate / 24000)
    hop = round(_LOOK * rate)
    padded = np.pad(np.asarray(wave, np.float64), window // 2)
    frames = np.lib.stride_tricks.sliding_window_view(padded, window)[hop // 2 :: hop]
    power = np.abs(np.fft.rfft(frames * np.hanning(window), axis=1)) ** 2
    hertz = np.fft.rfftfreq(window, 1 / rate)
    inside = (hertz >= lowest) & (hertz <= _HIGHEST)
    classes = np.round(69 + 12 * np.log2(hertz[inside] / 440)).astype(int) % 12
    chroma = np.zeros((len(power), 12))
    for tone in range(12):
        chroma[:, tone] = power[:, inside][:, classes == tone].sum(axis=1)
    return chroma


def melody_share(wave: Wave, guide: Guide, rate: int) -> float:
    """The share of looks within the melody's notes whose strongest pitch class is the note's."""
    chroma = _chroma(wave, rate, _MELODY_HERTZ).argmax(axis=1)
    right = [chroma[look] == note.pitch % 12 for look, note in _looks(guide.melody, len(chroma))]
    return float(np.mean(right)) if right else float("nan")


def _looks(notes: Sequence[MelodyNote], count: int) -> Iterator[tuple[int, MelodyNote]]:
    for look in range(count):
        time = (look + 0.5) * _LOOK
        note = next((each for each in notes if each.start <= time < each.end), None)
        if note is not None:
            yield look, note


def chord_share(wave: Wave, guide: Guide, rate: int) -> float:
    """The share of the chords' time in which the strongest major or minor triad is the chord's."""
    chroma = np.sqrt(_chroma(wave, rate, _CHORD_HERTZ))
    right = length = 0.0
    for span in guide.chords:
        chord = parse_chord(span.symbol)
        wanted = {tone % 12 for tone in chord.pitch_classes[:3]}
        minor = (chord.root + 3) % 12 in wanted
        if (chord.root + (3 if minor else 4)) % 12 not in wanted or span.length < 0.4:
            continue  # no triad, or too short to be heard
        sums = chroma[int(span.start / _LOOK) : int(span.end / _LOOK)].sum(axis=0)
        triads = {(root, third): sums[root] + sums[(root + third) % 12] + sums[(root + 7) % 12]
                  for root in range(12) for third in (3, 4)}  # fmt: skip
        length += span.length
        right += span.length * (max(triads, key=lambda key: triads[key]) == (chord.root, 3 if minor else 4))
    return right / length if length else float("nan")


def swell_likeness(wave: Wave, guide: Guide, rate: int) -> float:
    """Pearson's r of the level of each half second, in decibels, and the swell."""
    size = rate // 2
    blocks = np.asarray(wave[: len(wave) // size * size], np.float64).reshape(-1, size)
    levels = 10 * np.log10(np.mean(blocks**2, axis=1) + 1e-9)
    wanted = guide.swell_db((np.arange(len(levels)) + 0.5) / 2)
    return float(np.corrcoef(levels, wanted)[0, 1])


def accent_share(wave: Wave, guide: Guide, rate: int) -> float:
    """F1 of the accents and as many of the strongest onsets, 70 ms apart at most."""
    times = onset_times(wave, rate, len(guide.accents))
    free = [accent.time for accent in guide.accents]
    hits = 0
    for time in times:
        near = min(free, key=lambda each: abs(each - time), default=None)
        if near is not None and abs(near - time) <= _NEAR:
            free.remove(near)
            hits += 1
    return 2 * hits / max(len(times) + len(guide.accents), 1)


def onset_times(wave: Wave, rate: int, most: int) -> list[float]:
    """When the strongest onsets are, in seconds: peaks of what the logarithm of the spectrum gains in 10 ms."""
    hop, window = rate // 100, 1024
    frames = np.lib.stride_tricks.sliding_window_view(np.pad(np.asarray(wave, np.float64), window // 2), window)[::hop]
    level = np.log1p(1000 * np.abs(np.fft.rfft(frames * np.hanning(window), axis=1)) / window)
    gain = np.maximum(np.diff(level, axis=0, prepend=level[:1]), 0).mean(axis=1)
    onsets: list[int] = []
    for look in np.argsort(-gain, kind="stable"):
        if len(onsets) == most or gain[look] <= 0:
            break
        if all(abs(int(look) - other) > 6 for other in onsets):
            onsets.append(int(look))
    return sorted(look / 100 for look in onsets)


def _error(values: Sequence[float]) -> float:
    numbers = [value for value in values if value == value]
    return float(np.std(numbers) / max(len(numbers) - 1, 1) ** 0.5) if numbers else float("nan")
