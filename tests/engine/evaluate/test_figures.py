"""Goals are judged as they are written, and what has no value is said to have none."""

import json
import math

import pytest

from engine.evaluate.figures import Figure, Goal, Part, markdown, table


@pytest.mark.parametrize(
    ("goal", "value", "reached"),
    [
        (Goal(0.8), 0.8, True),
        (Goal(0.8), 0.79999, False),
        (Goal(most=3.0), 3.01, False),
        (Goal(-1.5, 1.5), -1.5, True),
        (Goal(-1.5, 1.5), -1.6, False),
        (Goal(0.8), math.nan, False),
    ],
)
def test_a_goal_is_reached_or_missed(goal: Goal, value: float, reached: bool) -> None:
    figure = Figure("x", "it", value, "", goal)
    assert figure.verdict == ("reached" if reached else "missed")
    assert figure.to_dict()["reached"] is reached


def test_the_table_has_goal_beside_measured() -> None:
    part = Part(
        "vae",
        "sound",
        (
            Figure("share", "a share", 0.797, "%", Goal(0.8), {"real pieces": 0.9}),
            Figure("level", "a level", -1.0, "dB", Goal(-1.5, 1.5)),
            Figure("nothing", "no value", math.nan),
        ),
    )
    text = table([part])
    assert "79.7 %" in text
    assert "≥ 80.0 %" in text
    assert "missed" in text
    assert "real pieces 90.0 %" in text
    assert "-1.5 dB to 1.5 dB" in text
    assert "–" in text
    assert markdown([part]).count("\n|") == 5


def test_json_has_null_for_no_value() -> None:
    part = Part("vae", "sound", (Figure("x", "it", math.nan, "", None, {"real": math.inf}),))
    written = json.loads(json.dumps(part.to_dict(), allow_nan=False))
    assert written["figures"][0]["value"] is None
    assert written["figures"][0]["beside"] == {"real": None}
