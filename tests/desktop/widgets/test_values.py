import pytest

from desktop.widgets.scale import decibels_at, share_of
from desktop.widgets.values import (
    clock_text,
    decibels,
    exact_tempo,
    number,
    pan_text,
    parse_clock,
    parse_decibels,
    parse_pan,
    tempo_text,
)


@pytest.mark.parametrize(
    ("text", "value"), [("−3.2 dB", -3.2), ("-3,2", -3.2), (" 120 BPM", 120), ("+6", 6), (".5", 0.5), ("–1", -1)]
)
def test_numbers_are_read_as_people_write_them(text: str, value: float) -> None:
    assert number(text) == value


def test_what_is_no_number_is_refused() -> None:
    with pytest.raises(ValueError, match="no number"):
        number("loud")


def test_values_carry_their_unit_and_a_true_minus() -> None:
    assert decibels(-3.2) == "−3.2 dB"
    assert decibels(-0.04) == "0.0 dB"
    assert decibels(-96.0) == "−∞ dB"
    assert parse_decibels("−∞ dB") == -96.0
    assert [pan_text(value) for value in (-0.3, 0.0, 1.0)] == ["L 30", "C", "R 100"]
    assert [parse_pan(text) for text in ("L 30", "c", "R100", "-20")] == [-0.3, 0.0, 1.0, -0.2]
    assert [tempo_text(value) for value in (120.0, 98.5, 101.125)] == ["120.0", "98.5", "101.125"]
    assert exact_tempo(101.1249999).limit_denominator(1000) == exact_tempo(101.125)


def test_times() -> None:
    assert clock_text(34.25) == "0:34.250"
    assert clock_text(59.9996) == "1:00.000"
    assert parse_clock("1:02.5") == 62.5
    assert parse_clock("62.5 s") == 62.5


def test_the_fader_scale_is_monotonic_and_inverse() -> None:
    assert (share_of(-96), share_of(12)) == (0.0, 1.0)
    for gain in (-80.0, -30.5, -6.0, 0.0, 11.9):
        assert decibels_at(share_of(gain)) == pytest.approx(gain)
    shares = [share_of(gain / 2) for gain in range(-192, 25)]
    assert shares == sorted(shares)
