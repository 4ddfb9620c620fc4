"""The composer's figures, on pieces whose answers are known, and the command that prints them."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from engine.analysis.chords import SoundingChord
from engine.cli import main
from engine.compose.arrange import composed
from engine.compose.wish import Wish, parse_progression
from engine.evaluate import composer
from engine.evaluate.composer import ComposerSizes, agreement
from engine.evaluate.figures import Figure, Goal, Part
from engine.jobs import Context

TINY = ComposerSizes(genres=1, seeds=1, midi=3, families=4, themes=2, accompanied=1)


def test_what_is_written_is_measured() -> None:
    figures = [
        composer._midi(TINY, 0, Context()),
        *composer._themes(TINY, 0),
        *composer._families(TINY, 0),
        composer._phrases(TINY, 0),
    ]
    values = {figure.key: figure.value for figure in figures}
    assert values == {"midi": 1.0, "theme": 1.0, "theme_absent": 0.0, "named": 1.0, "unnamed": 0.0, "phrases": 0.0}


def test_chords_agree_for_as_long_as_they_are_the_same() -> None:
    score = composed(Wish(genre="pop", bars=4, tempo=120.0, chords=parse_progression("Am F C G", 4.0)))
    heard = tuple(
        SoundingChord(chord.start / 2, chord.end / 2, chord, chord.symbol, 1.0) for chord in score.chords
    )  # at 120 BPM a quarter note lasts half a second
    assert agreement(heard, score) == 1.0
    wrong = replace(heard[1], chord=replace(heard[1].chord, root=1))
    assert agreement((heard[0], wrong, *heard[2:]), score) == pytest.approx(0.75, abs=0.01)
    sevenths = tuple(replace(each, chord=replace(each.chord, quality={"maj": "maj7", "min": "m7"}[each.chord.quality]))
                     for each in heard)  # fmt: skip
    assert agreement(sevenths, score) == 1.0


@pytest.mark.parametrize(("genre", "seed"), [("disco", 113), ("funk", 112)])
def test_what_is_composed_to_notes_has_their_chords(genre: str, seed: int) -> None:
    """Also where a seventh chord is struck shortly over a bass that alone has its root."""
    score = composed(Wish(genre=genre, bars=8, seed=seed))
    along = composer._along_notes(score, 1)
    assert composer._same_chords(along, 0.0, score) == 1.0
    assert along.tempo == score.tempo


def test_the_command_writes_figures_and_measures_the_composer_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[tuple[ComposerSizes, int, Path | None]] = []

    def figures(sizes: ComposerSizes, seed: int, *, recordings: Path | None, context: Context) -> Part:
        asked.append((sizes, seed, recordings))
        return Part("composer", "…", (Figure("midi", "MIDI", 1.0, "%", Goal(1.0)),))

    monkeypatch.setattr(composer, "figures", figures)
    out = tmp_path / "out"
    assert main(["evaluate", "--part", "composer", "--seed", "4", "--out", str(out)]) == 0
    assert "reached" in capsys.readouterr().out
    assert json.loads((out / "composer.json").read_text("utf-8"))["goals"] == {"reached": 1, "of": 1}
    assert (
        main(["evaluate", "--parts", "composer", "--full", "--recordings", str(tmp_path), "--json", "--out", str(out)])
        == 0
    )
    assert json.loads(capsys.readouterr().out)["parts"][0]["part"] == "composer"
    assert asked == [(composer.SMALL, 4, None), (composer.WHOLE, 0, tmp_path)]
    assert main(["evaluate", "--parts", "composer,vae"]) == 2
    assert "measure it by itself" in capsys.readouterr().err
