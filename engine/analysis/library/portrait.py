"""What the library keeps of one sound file, read block by block whatever its length."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.analysis.library.features import Features, features_of
from engine.analysis.library.model import LibraryModel, bundled, pitches_of
from engine.analysis.sound import mono
from engine.audio import Audio, AudioReader, open_reader
from engine.loudness import LoudnessMeter
from engine.music.keys import key_name

Values = NDArray[np.float64]

VERSION = 1
"""Of portraits: a file that an older version looked at is looked at again."""
PEAKS = 200
"""Columns of a waveform."""

_LISTENED = 20.0  # s that are listened to, from a third of the way on
_WHOLE = 5.0  # s from which on a sound says all it can of genre and mood
_SURE, _LIKELY = 0.5, 0.4  # chance from which an instrument, and a genre or mood, is named
_CLEAR_KEY = 0.35
_MOST_WORDS = 6


@dataclass(frozen=True, slots=True, eq=False)
class Portrait:
    """What a sound is like.

    seconds: its length. loudness: LUFS, −inf where it is silent. tempo: felt beats a minute, 0 where none is heard.
    key: such as “A minor”; empty where none is clear. words: genre, mood and instrument families.
    evidence (N,), keys (24,), embedding (E,), pitches (24,): see `LibraryModel`. peaks: the lowest and highest sample
    of each column, −127 to 127, int8 (PEAKS, 2).
    """

    seconds: float
    loudness: float
    tempo: float
    key: str
    words: tuple[str, ...]
    evidence: Values
    keys: Values
    embedding: Values
    pitches: Values
    peaks: NDArray[np.int8]


def portrait_of(path: Path, check: Callable[[], None] = lambda: None) -> Portrait:
    """The portrait of a file.

    Args:
        path: the file.
        check: is called between blocks; may raise where the user cancelled.

    Raises:
        AudioFileError: it cannot be read.
    """
    with open_reader(path) as reader:
        return _read(reader, check)


def portrait_of_sound(audio: Audio) -> Portrait:
    """The portrait of a sound in memory."""
    scan = _Scan(audio.rate, audio.samples.shape[1], len(audio.samples))
    scan.push(np.asarray(audio.samples, np.float32))
    return scan.portrait()


def _read(reader: AudioReader, check: Callable[[], None]) -> Portrait:
    info = reader.info
    scan = _Scan(info.rate, info.channels, info.frames)
    for block in reader.blocks():
        check()
        scan.push(block)
    return scan.portrait()


class _Scan:
    """Blocks of a sound go in, in order; a portrait comes out."""

    def __init__(self, rate: int, channels: int, frames: int) -> None:
        """frames: as many as are foreseen; there may be more or fewer."""
        self._rate, self._frames = rate, 0
        self._meter = LoudnessMeter(rate, min(channels, 2), peaks=False)
        self._per_column = max(1, -(-frames // PEAKS))
        self._columns: list[NDArray[np.float32]] = []  # (n, 2)
        self._rest = np.zeros(0, np.float32)
        length = round(_LISTENED * rate)
        self._first = max(0, min(frames // 3, frames - length))
        self._last = self._first + length
        self._listened: list[NDArray[np.float32]] = []

    def push(self, block: NDArray[np.float32]) -> None:
        """Takes the next frames (n, channels)."""
        block = np.nan_to_num(block, posinf=0.0, neginf=0.0)
        self._meter.push(block[:, :2])
        first, last = max(self._first - self._frames, 0), self._last - self._frames
        if last > 0 and first < len(block):
            self._listened.append(block[first:last].copy())
        self._frames += len(block)
        line = np.concatenate([self._rest, block.mean(axis=1)])
        whole = len(line) // self._per_column * self._per_column
        columns = line[:whole].reshape(-1, self._per_column)
        self._columns.append(np.stack([columns.min(axis=1), columns.max(axis=1)], axis=1))
        self._rest = line[whole:]
        if len(self._columns) > 4 * PEAKS:
            self._columns = [np.concatenate(self._columns)]

    def portrait(self) -> Portrait:
        """What was heard."""
        samples = np.concatenate(self._listened) if self._listened else np.zeros((0, 1), np.float32)
        seconds = self._frames / self._rate
        sound = mono(Audio(samples, self._rate))
        model = bundled()
        peaks = self._peaks()
        if not sound.any():
            empty = np.zeros(24)
            evidence, embedding = np.zeros(len(model.terms)), np.zeros(len(model.between))
            return Portrait(seconds, -np.inf, 0.0, "", (), evidence, empty, embedding, empty, peaks)
        features = features_of(sound)
        evidence = model.term_evidence(features.values) * min(1.0, seconds / _WHOLE)
        keys = model.key_evidence(features.high, features.low)
        return Portrait(
            seconds,
            self._meter.integrated,
            features.tempo,
            _key(model, keys, features),
            words_of(model, evidence),
            evidence,
            keys,
            model.embedding(features.values),
            pitches_of(features),
            peaks,
        )

    def _peaks(self) -> NDArray[np.int8]:
        if len(self._rest):
            self._columns.append(np.array([[self._rest.min(), self._rest.max()]], np.float32))
        columns = np.concatenate(self._columns) if self._columns else np.zeros((0, 2), np.float32)
        places = np.linspace(0, len(columns), PEAKS + 1).astype(int)
        peaks = np.zeros((PEAKS, 2))
        for number, (first, last) in enumerate(pairwise(places)):
            part = columns[first : max(last, first + 1)]
            if len(part):
                peaks[number] = part[:, 0].min(), part[:, 1].max()
        return np.clip(np.rint(peaks * 127), -127, 127).astype(np.int8)


def _key(model: LibraryModel, keys: Values, features: Features) -> str:
    """The name of the likeliest key; empty where none is much likelier than the others."""
    if not features.high.any():
        return ""
    chances = np.exp(keys.reshape(2, 12)) * model.key_chances[:, None] / 12
    best = int(chances.argmax())
    clear = float(chances.ravel()[best]) >= _CLEAR_KEY
    return key_name((best % 12, best >= 12)) if clear else ""


def words_of(model: LibraryModel, evidence: Values) -> tuple[str, ...]:
    """Genre, mood and instrument families that are likely, in this order."""
    kinds, terms = np.array(model.kinds), np.array(model.terms)
    chances = model.chances * np.exp(evidence)
    words: list[str] = []
    for kind in ("genre", "mood"):
        inside = np.flatnonzero(kinds == kind)
        best = inside[int(chances[inside].argmax())]
        if chances[best] >= _LIKELY:
            words.append(str(terms[best]))
    families = np.flatnonzero(kinds == "family")
    surest = families[np.argsort(-chances[families])]
    words += [str(terms[family]) for family in surest if chances[family] >= _SURE]
    return tuple(words[:_MOST_WORDS])


def caption_of(portrait: Portrait) -> str:
    """A few words for a sound, such as “dark techno, drums, bass, 130 BPM, A minor”; empty where nothing is clear."""
    model = bundled()
    kinds = dict(zip(model.terms, model.kinds, strict=True))
    genre = [word for word in portrait.words if kinds.get(word) == "genre"]
    mood = [word for word in portrait.words if kinds.get(word) == "mood"]
    others = [word for word in portrait.words if word not in (*genre, *mood)]
    first = " ".join([*mood, *genre])
    tempo = [f"{portrait.tempo:.0f} BPM"] if portrait.tempo else []
    key = [portrait.key] if portrait.key else []
    parts = [*([first] if first else []), *others[:3]]
    return ", ".join([*parts, *tempo, *key]) if parts else ""
