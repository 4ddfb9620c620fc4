"""Whether generated pieces have the tempo, the key and the instruments that their prompts ask for."""

import numpy as np

from engine.evaluate import audio_measures
from engine.evaluate.classifier import FamilyClassifier, Heard, balanced_accuracy
from engine.evaluate.datasets import Wave
from engine.evaluate.figures import Figure, Goal
from engine.evaluate.prompts import Prompt
from engine.evaluate.tempo_key_judges import Ears
from engine.evaluate.workshop import Workshop, mean, within

_TEMPO_GOAL, _KEY_GOAL, _FAMILY_GOAL = 0.8, 0.6, 0.8


def figures(shop: Workshop) -> list[Figure]:
    """Shares of prompts, each beside what the same instruments say of the real pieces that the prompts describe."""
    pairs = shop.prompted
    made, real = _Heard(shop.ears), _Heard(shop.ears)
    context = within(shop.context, 0.9, 1.0)
    for number, pair in enumerate(pairs):
        context.progress(number / len(pairs), f"Listening to {number + 1} of {len(pairs)}")
        made.listen(pair.made, pair.prompt)
        real.listen(pair.real.wave, pair.prompt)
    prompts = [pair.prompt for pair in pairs]
    ours, theirs = shop.heard
    accuracy = balanced_accuracy(theirs.scores, [pair.real for pair in pairs])
    return [
        *_tempo_figures(made, real),
        *_key_figures(made, real),
        *_family_figures(ours, theirs, prompts),
        Figure(
            "classifier",
            "the classifier on held-out pieces, balanced accuracy",
            accuracy,
            "%",
            None,
            {"by chance": 0.5},
        ),
    ]


def _tempo_figures(ours: "_Heard", real: "_Heard") -> list[Figure]:
    # a listener who could not hear it in the real piece says nothing about the model
    audible = mean([float(hit) for hit, audible_tempo in zip(ours.tempo, real.tempo, strict=True) if audible_tempo])
    return [
        Figure(
            "tempo",
            f"tempo within 4 %, {len(ours.tempo)} prompts",
            mean(ours.tempo),
            "%",
            Goal(_TEMPO_GOAL),
            {"real pieces": mean(real.tempo), "where heard in the real piece": audible},
        ),
        Figure(
            "tempo_octave",
            "tempo within 4 %, half and double counted as right",
            mean(ours.octave),
            "%",
            None,
            {"real pieces": mean(real.octave)},
        ),
    ]


def _key_figures(ours: "_Heard", real: "_Heard") -> list[Figure]:
    tonal = mean([float(hit) for hit, clear_key in zip(ours.key, real.key, strict=True) if clear_key])
    return [
        Figure(
            "key",
            "key",
            mean(ours.key),
            "%",
            Goal(_KEY_GOAL),
            {"real pieces": mean(real.key), "where heard in the real piece": tonal, "by chance": 1 / 24},
        ),
        Figure(
            "key_relative",
            "key, or its relative",
            mean(ours.relative),
            "%",
            None,
            {"real pieces": mean(real.relative), "by chance": 2 / 24},
        ),
        Figure(
            "key_related",
            "key, or its relative, parallel or a fifth away",
            mean(ours.related),
            "%",
            None,
            {"real pieces": mean(real.related)},
        ),
    ]


def _family_figures(ours: Heard, theirs: Heard, prompts: list[Prompt]) -> list[Figure]:
    ours_named, theirs_named = named(ours, prompts), named(theirs, prompts)
    share = ours_named / theirs_named if theirs_named else float("nan")
    return [
        Figure(
            "family_share",
            "named instrument families heard, of the classifier's own share",
            share,
            "%",
            Goal(_FAMILY_GOAL),
            {"of all named": ours_named, "real pieces": theirs_named},
        ),
        Figure(
            "family_false",
            "families heard that the real piece lacks",
            falsely(ours, prompts),
            "%",
            None,
            {"real pieces": falsely(theirs, prompts)},
        ),
        Figure(
            "family_order",
            "a family scores higher where it is named than where it is absent",
            order(ours, prompts),
            "%",
            None,
            {"real pieces": order(theirs, prompts), "by chance": 0.5},
        ),
    ]


class _Heard:
    """What the ears say of one crowd: 1 for right, 0 for wrong."""

    def __init__(self, ears: Ears) -> None:
        self._ears = ears
        self.tempo: list[float] = []
        self.octave: list[float] = []
        self.key: list[float] = []
        self.relative: list[float] = []
        self.related: list[float] = []

    def listen(self, wave: Wave, wanted: Prompt) -> None:
        tempo, key = self._ears.tempo(wave), self._ears.key(wave)
        self.tempo.append(float(audio_measures.same_tempo(tempo, wanted.tempo)))
        self.octave.append(float(audio_measures.same_tempo(tempo, wanted.tempo, octaves=True)))
        right = key == wanted.key
        self.key.append(float(right))
        self.relative.append(float(right or (key is not None and audio_measures.relative_key(key, wanted.key))))
        self.related.append(float(right or (key is not None and audio_measures.related_key(key, wanted.key))))


def named(listening: Heard, prompts: list[Prompt]) -> float:
    """The share of the families named that are heard."""
    column = {family: number for number, family in enumerate(FamilyClassifier.families)}
    return mean(
        [
            float(listening.scores[row, column[f]] > 0)
            for row, prompt in enumerate(prompts)
            for f in sorted(prompt.families)
        ]
    )


def falsely(listening: Heard, prompts: list[Prompt]) -> float:
    """The share of the families absent from the described piece that are heard all the same."""
    column = {family: number for number, family in enumerate(FamilyClassifier.families)}
    return mean(
        [
            float(listening.scores[row, column[f]] > 0)
            for row, prompt in enumerate(prompts)
            for f in sorted(prompt.absent)
        ]
    )


def order(listening: Heard, prompts: list[Prompt]) -> float:
    """The share of pairs of prompts, one that names a family and one whose piece lacks it, in the right order."""
    shares = []
    for column, family in enumerate(FamilyClassifier.families):
        yes = np.array(
            [listening.scores[row, column] for row, prompt in enumerate(prompts) if family in prompt.families]
        )
        no = np.array([listening.scores[row, column] for row, prompt in enumerate(prompts) if family in prompt.absent])
        if len(yes) and len(no):
            shares.append(float((yes[:, None] > no[None]).mean() + 0.5 * (yes[:, None] == no[None]).mean()))
    return mean(shares)
