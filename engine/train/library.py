"""Fits what `engine.analysis.library.model` knows to composed music.

`python -m engine.train.library OUT --clips FOLDER --count 400` renders clips of the training split into a folder, where
they are kept, and writes the model.
"""

import argparse
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import eigh
from scipy.optimize import minimize

from engine.analysis.library.features import Features, features_at
from engine.analysis.library.model import (
    KINDS,
    ONE_OF,
    LibraryModel,
    key_features,
    pitch_values,
    pitches_of,
)
from engine.analysis.sound import RATE
from engine.analysis.stretch import stretched, warped
from engine.atomic_file import replacing
from engine.compose.genres import GENRES
from engine.compose.instruments import FAMILIES, INSTRUMENTS, KITS, PERCUSSION
from engine.compose.moods import MOODS
from engine.compose.words import ENERGY_WORDS, FAMILY_WORDS, MOOD_WORDS
from engine.music.scales import has_minor_third
from engine.train.corpus.crops import Truth
from engine.train.library_clips import FindClip, stored_clip

Values = NDArray[np.float64]

_ENERGIES = ("low energy", "medium energy", "high energy")
_SIGNATURES = ("3/4", "4/4", "6/8")
_SEMITONES = (-4, -3, -2, -1, 1, 2, 3, 4)
_TEMPOS = (0.85, 0.9, 0.94, 1.06, 1.1, 1.15)
_RIDGE = 60.0
_PITCH_RIDGE = 1.0
_AXES, _PITCH_AXES = 48, 20
_SHRINK = 0.1  # of the spread within pieces, towards its diagonal
_RAREST = 12  # sounds of which a term is true, from which it is learnt


@dataclass(frozen=True)
class Example:
    """A sound of a piece. piece: its number. key: tonic and whether minor; None where its truth no longer holds."""

    features: Features
    truth: Truth
    piece: int
    key: tuple[int, bool]


def variants(clip: FindClip, piece: int) -> Iterator[tuple[str, np.ndarray, float, int]]:
    """A clip, its sequel and remix, and itself transposed and at another tempo: name, sound, its tempo, semitones."""
    rng = Random(f"variants {piece}")
    tempo = float(clip.truth["tempo"])
    for name in ("sound", "sequel", "remix"):
        yield name, getattr(clip, name), tempo, 0
    steps = rng.choice(_SEMITONES)
    ends = [(0, 0), (len(clip.sound), len(clip.sound))]
    yield "pitch", warped(clip.sound[:, None], RATE, ends, steps)[:, 0], tempo, steps
    ratio = rng.choice(_TEMPOS)
    yield "tempo", stretched(clip.sound[:, None], RATE, ratio)[:, 0], tempo / ratio, 0


def examples(clip: FindClip, piece: int) -> list[Example]:
    """What is learnt from a clip."""
    tonic, minor = int(clip.truth["tonic"]), has_minor_third(clip.truth["mode"])
    return [
        Example(features_at(full_scale(sound), tempo, 1.0), clip.truth, piece, ((tonic + steps) % 12, minor))
        for _, sound, tempo, steps in variants(clip, piece)
    ]


def full_scale(sound: np.ndarray) -> np.ndarray:
    """A sound as loud as full scale, as it is listened to."""
    return np.asarray(sound / max(float(np.abs(sound).max()), 1e-6), np.float32)


def fitted(sounds: Sequence[Example]) -> LibraryModel:
    """The model of sounds of at least two pieces."""
    values = np.array([each.features.values for each in sounds])  # (M, D)
    centre, scale = values.mean(axis=0), np.maximum(values.std(axis=0), 1e-3)
    scaled = np.clip((values - centre) / scale, -4, 4)
    pieces = np.array([each.piece for each in sounds])
    terms, kinds, true = _truths(sounds)
    pitches = pitch_values(np.array([pitches_of(each.features) for each in sounds]))
    steady = np.array([each.key[0] == int(each.truth["tonic"]) for each in sounds])
    axes, between = _discriminant(scaled, pieces, _AXES)
    middle = pitches.mean(axis=0)
    pitch_axes, pitch_between = _discriminant((pitches - middle)[steady], pieces[steady], _PITCH_AXES)
    key_weights, key_chances = _keys(sounds)
    return LibraryModel(
        centre=centre,
        scale=scale,
        terms=terms,
        kinds=kinds,
        weights=_term_weights(scaled, true, kinds),
        chances=np.clip(true.mean(axis=0), 1e-3, 1 - 1e-3),
        key_weights=key_weights,
        key_chances=key_chances,
        axes=axes,
        between=between,
        pitch_centre=middle,
        pitch_axes=pitch_axes,
        pitch_between=pitch_between,
        phrases=_phrases(terms, kinds),
    )


def _truths(sounds: Sequence[Example]) -> tuple[tuple[str, ...], tuple[str, ...], NDArray[np.bool_]]:
    """Terms, their kinds, and which are true of each sound, (M, N)."""
    names = {
        "genre": tuple(GENRES),
        "mood": tuple(MOODS),
        "energy": _ENERGIES,
        "signature": _SIGNATURES,
        "mode": ("major", "minor"),
        "family": FAMILIES,
        "instrument": (*INSTRUMENTS, *KITS, *PERCUSSION),
    }
    columns = [(term, kind) for kind in KINDS for term in names[kind]]
    facts = [_facts(each.truth) for each in sounds]
    true = np.array([[column in fact for column in columns] for fact in facts])
    columns_kept = [n for n, (_, kind) in enumerate(columns) if kind in ONE_OF or true[:, n].sum() >= _RAREST]
    return tuple(columns[n][0] for n in columns_kept), tuple(columns[n][1] for n in columns_kept), true[:, columns_kept]


def _facts(truth: Truth) -> set[tuple[str, str]]:
    energy = next(n for n, (limit, _) in enumerate(ENERGY_WORDS) if truth["energy"] < limit)
    facts = {(truth["genre"], "genre"), (truth["mood"], "mood"), (_ENERGIES[energy], "energy")}
    facts |= {(truth["signature"], "signature")} if "signature" in truth else set()
    if "mode" in truth:
        facts.add(("minor" if has_minor_third(truth["mode"]) else "major", "mode"))
    facts |= {(family, "family") for family in truth["families"]}
    return facts | {(instrument, "instrument") for instrument in truth["instruments"]}


def _term_weights(scaled: Values, true: NDArray[np.bool_], kinds: Sequence[str]) -> Values:
    """Weights (D + 1, N) of logistic regressions."""
    design = np.concatenate([scaled, np.ones((len(scaled), 1))], axis=1)
    weights = np.zeros((design.shape[1], true.shape[1]))
    columns = np.array(kinds)
    for kind in ONE_OF:
        inside = np.flatnonzero(columns == kind)
        weights[:, inside] = _softmax(design, true[:, inside].argmax(axis=1), len(inside))
    for column in np.flatnonzero(~np.isin(columns, ONE_OF)):
        weights[:, column] = _binary(design, true[:, column])
    return weights


def _softmax(design: Values, classes: NDArray[np.int_], count: int) -> Values:
    goals = np.eye(count)[classes]

    def loss(flat: Values) -> tuple[float, Values]:
        weights = flat.reshape(-1, count)
        scores = design @ weights
        logs = scores - np.logaddexp.reduce(scores, axis=1, keepdims=True)
        penalty = _RIDGE * weights[:-1]
        gradient = design.T @ (np.exp(logs) - goals)
        gradient[:-1] += penalty
        return float(-(goals * logs).sum() + 0.5 * (penalty * weights[:-1]).sum()), gradient.ravel()

    return _minimised(loss, design.shape[1] * count).reshape(-1, count)


def _binary(design: Values, true: NDArray[np.bool_]) -> Values:
    goals = true.astype(np.float64)

    def loss(weights: Values) -> tuple[float, Values]:
        scores = design @ weights
        penalty = _RIDGE * weights[:-1]
        gradient = design.T @ (1 / (1 + np.exp(-scores)) - goals)
        gradient[:-1] += penalty
        likelihood = (goals * scores - np.logaddexp(0, scores)).sum()
        return float(-likelihood + 0.5 * (penalty * weights[:-1]).sum()), gradient

    return _minimised(loss, design.shape[1])


def _keys(sounds: Sequence[Example]) -> tuple[Values, Values]:
    """Weights (2, 25) of the turned pitch classes for major and minor, and how common both are."""
    features = np.array([key_features(each.features.high, each.features.low) for each in sounds])  # (M, 25, 12)
    classes = np.array([each.key[0] + 12 * each.key[1] for each in sounds])
    minor = np.clip(np.mean([each.key[1] for each in sounds]), 0.05, 0.95)
    goals = np.eye(24)[classes]

    def loss(flat: Values) -> tuple[float, Values]:
        weights = flat.reshape(2, 25)
        scores = np.einsum("kf,mft->mkt", weights, features).reshape(len(sounds), 24)
        logs = scores - np.logaddexp.reduce(scores, axis=1, keepdims=True)
        error = (np.exp(logs) - goals).reshape(-1, 2, 12)
        gradient = np.einsum("mkt,mft->kf", error, features) + _PITCH_RIDGE * weights
        return float(-(goals * logs).sum() + 0.5 * _PITCH_RIDGE * (weights**2).sum()), gradient.ravel()

    return _minimised(loss, 50).reshape(2, 25), np.array([1 - minor, minor])


def _minimised(loss: Callable[[Values], tuple[float, Values]], size: int) -> Values:
    result: Any = minimize(loss, np.zeros(size), jac=True, method="L-BFGS-B", options={"maxiter": 300})
    return np.asarray(result.x, np.float64)


def _discriminant(values: Values, pieces: NDArray[np.int_], count: int) -> tuple[Values, Values]:
    """Axes (D, count) along which the sounds of a piece vary by 1, and by how much pieces do along each."""
    classes = [values[pieces == piece] for piece in np.unique(pieces)]
    classes = [each for each in classes if len(each) > 1]
    means = np.array([each.mean(axis=0) for each in classes])
    deviations = np.concatenate([each - each.mean(axis=0) for each in classes])
    freedom = len(deviations) - len(classes)
    within = deviations.T @ deviations / freedom
    within = (1 - _SHRINK) * within + _SHRINK * np.diag(np.diag(within) + 1e-6)
    per_class = len(deviations) / len(classes)
    between = np.cov(means.T) - within / per_class  # a mean of few sounds varies by itself
    sizes, axes = eigh(between, within)
    order = np.argsort(-sizes)[:count]
    return axes[:, order], np.maximum(sizes[order], 1e-3)


def _phrases(terms: Sequence[str], kinds: Sequence[str]) -> dict[str, tuple[int, ...]]:
    """What captions call the terms, in lower case."""
    numbers = {column: number for number, column in enumerate(zip(terms, kinds, strict=True))}
    words: list[tuple[str, tuple[str, str]]] = []
    for genre in GENRES.values():
        plain = [word.removeprefix("a ").removeprefix("an ") for word in genre.words]
        words += [(word, (genre.name, "genre")) for word in (genre.name, *plain)]
    for mood, names in MOOD_WORDS.items():
        words += [(word, (mood, "mood")) for word in (mood, *names)]
    for energy, (_, names) in zip(_ENERGIES, ENERGY_WORDS, strict=True):
        words += [(word, (energy, "energy")) for word in names]
    for family, names in FAMILY_WORDS.items():
        words += [(word.removeprefix("a "), (family, "family")) for word in (family, *names)]
    for name, player in (INSTRUMENTS | KITS | PERCUSSION).items():
        words += [(word, (name, "instrument")) for word in (name, *player.words)]
    words += [(word, ("3/4", "signature")) for word in ("3/4", "waltz", "waltz time")]
    words += [(word, (word, "signature")) for word in ("4/4", "6/8")]
    words += [(word, (word, "mode")) for word in ("major", "minor")]
    phrases: dict[str, list[int]] = {}
    for word, column in words:
        if column in numbers and numbers[column] not in phrases.setdefault(word.lower(), []):
            phrases[word.lower()].append(numbers[column])
    return {phrase: tuple(meaning) for phrase, meaning in sorted(phrases.items()) if meaning}


def write(path: Path, model: LibraryModel) -> None:
    """Writes a model as `engine.analysis.library.model` reads it."""
    arrays: dict[str, Any] = {
        name: np.asarray(getattr(model, name), np.float32)
        for name in ("centre", "scale", "chances", "key_weights", "key_chances", "between", "pitch_centre")
    }
    arrays |= {name: getattr(model, name).astype(np.float16) for name in ("weights", "axes", "pitch_axes")}
    arrays["pitch_between"] = model.pitch_between.astype(np.float32)
    with replacing(path) as part, part.open("wb") as file:
        np.savez_compressed(
            file,
            terms=np.array(model.terms),
            kinds=np.array(model.kinds),
            phrases=np.array(list(model.phrases)),
            meanings=np.array([" ".join(map(str, meaning)) for meaning in model.phrases.values()]),
            **arrays,
        )


def main() -> None:
    """Makes the clips, fits and writes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--clips", type=Path, required=True)
    parser.add_argument("--count", type=int, default=400)
    arguments = parser.parse_args()
    sounds: list[Example] = []
    for step in range(arguments.count):
        sounds += examples(stored_clip(arguments.clips, step, "train"), step)
    write(arguments.out, fitted(sounds))


if __name__ == "__main__":
    main()
