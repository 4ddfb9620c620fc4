"""Parameters: ranges, laws, and the texts of values."""

import math

import pytest

from engine.parameters import ParameterError, ParameterSpec, choice, switch

CUTOFF = ParameterSpec("cutoff_hz", "Cutoff", "Hz", 20.0, 20_000.0, 1000.0, "log")
GAIN = ParameterSpec("gain_db", "Gain", "dB", -96.0, 12.0, 0.0, "fader")
VOICES = ParameterSpec("voices", "Voices", "", 1, 8, 2, "whole")
SLOPE = choice("slope", "Slope", ("12 dB", "24 dB", "48 dB"), 1)


def test_the_travel_of_each_law() -> None:
    assert CUTOFF.normalised(math.sqrt(20.0 * 20_000.0)) == pytest.approx(0.5)
    assert CUTOFF.value_at(1 / 3) == pytest.approx(200.0)
    assert (GAIN.normalised(-96.0), GAIN.normalised(-6.0), GAIN.normalised(12.0)) == (0.0, 0.5, 1.0)
    assert GAIN.value_at(0.75) == 3.0
    assert VOICES.value_at(0.5) in (4.0, 5.0)
    assert [SLOPE.value_at(travel) for travel in (0.0, 0.4, 1.0)] == [0.0, 1.0, 2.0]


@pytest.mark.parametrize("spec", [CUTOFF, GAIN, VOICES, SLOPE, switch("on", "On")])
def test_value_and_travel_are_inverse(spec: ParameterSpec) -> None:
    for step in range(21):
        value = spec.value_at(step / 20)
        assert spec.admits(value)
        assert spec.value_at(spec.normalised(value)) == pytest.approx(value, rel=1e-12)


def test_texts_of_values() -> None:
    assert [GAIN.format(value) for value in (-1.5, 0.0, -0.001, 12.0)] == ["−1.5 dB", "0 dB", "0 dB", "12 dB"]
    assert [CUTOFF.format(value) for value in (20.0, 123.4, 12_345.0)] == ["20 Hz", "123 Hz", "12345 Hz"]
    assert SLOPE.format(1.0) == "24 dB"
    for spec, text, value in [
        (GAIN, "-6", -6.0),
        (GAIN, "−6 dB", -6.0),
        (CUTOFF, " 440Hz ", 440.0),
        (SLOPE, "48 DB", 2.0),
        (VOICES, "3", 3.0),
    ]:
        assert spec.parse(text) == value


@pytest.mark.parametrize(
    ("spec", "text", "sentence"),
    [
        (GAIN, "13", "“13” is no value of “gain_db”: give a number from -96 to 12 dB."),
        (GAIN, "nan", "“nan” is no value of “gain_db”"),
        (VOICES, "2.5", "give a whole number from 1 to 8."),
        (SLOPE, "36 dB", "choose 12 dB, 24 dB, 48 dB."),
    ],
)
def test_a_wrong_text_is_a_sentence(spec: ParameterSpec, text: str, sentence: str) -> None:
    with pytest.raises(ParameterError) as raised:
        spec.parse(text)
    assert sentence in str(raised.value)


def test_values_are_brought_into_the_range() -> None:
    assert (GAIN.clamp(99.0), GAIN.clamp(math.nan), VOICES.clamp(2.6)) == (12.0, 0.0, 3.0)
    with pytest.raises(ValueError, match="cannot follow the law log"):
        ParameterSpec("x", "X", "", 0.0, 1.0, 0.5, "log")
