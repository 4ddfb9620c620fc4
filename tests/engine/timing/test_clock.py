from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import EngineError
from engine.timing.clock import Clock
from engine.timing.signature import Signature, parse_signature
from engine.timing.stated_tempo import at_tempo, other_tempo, tempo_in, tempo_text, whole_tempos
from engine.timing.tempo_map import parse_tempo
from tests.places import place_at

few = settings(max_examples=100, deadline=None)
tempos = st.fractions(20, 400, max_denominator=1000)
rates = st.sampled_from([8000, 22_050, 44_100, 48_000, 96_000, 384_000])
signatures = st.builds(Signature, st.integers(1, 32), st.sampled_from([1, 2, 4, 8, 16, 32]))
clocks = st.builds(Clock.steady, rates, tempos, signatures)
CLOCK = Clock.steady(48_000, Fraction(120))


@given(clocks, st.fractions(-1000, 100_000, max_denominator=10_000))
@few
def test_frames_are_the_nearest_to_the_exact_time(clock: Clock, beats: Fraction) -> None:
    exact = beats * 60 / clock.tempo_map.tempos[0].bpm * clock.rate
    frame = clock.frames(place_at(beats))
    assert isinstance(frame, int)
    assert -Fraction(1, 2) < frame - exact <= Fraction(1, 2)


@given(clocks, st.integers(0, 10**10))
@few
def test_every_frame_comes_back_from_beats_seconds_and_text(clock: Clock, frame: int) -> None:
    beats = clock.beats(place_at(frame))
    assert clock.frames(place_at(beats)) == frame
    assert clock.parse(f"{frame}f") == place_at(frame)
    assert clock.parse(clock.text(place_at(frame))) == place_at(frame)
    assert clock.parse(clock.text(place_at(beats))) == place_at(beats)
    bar, beat, share = clock.bar_and_beat(place_at(beats))
    assert bar >= 1
    assert 1 <= beat <= clock.signature_at(place_at(beats)).numerator
    assert 0 <= share < 1
    assert clock.beats(clock.bar_start(bar)) + (beat - 1 + share) * clock.signature_at(place_at(beats)).beat == beats
    assert clock.seconds(place_at(beats)) == frame / clock.rate


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("bar:1", Fraction(0)),
        ("bar:5", Fraction(16)),
        (" bar:5.3 ", Fraction(18)),
        ("bar:2.4+1/3", Fraction(22, 3)),
        ("2.5s", 120_000),
        (".5s", 24_000),
        ("0s", 0),
        ("12345f", 12_345),
    ],
)
def test_positions_as_a_user_writes_them(text: str, position: int | Fraction) -> None:
    assert CLOCK.parse(text) == place_at(position)


def test_beats_of_a_bar_are_the_notes_of_the_signature() -> None:
    clock = Clock.steady(48_000, Fraction(120), Signature(6, 8))
    assert clock.parse("bar:2.4") == place_at(3 + Fraction(3, 2))
    assert clock.bar_and_beat(place_at(Fraction(9, 2))) == (2, 4, 0)
    assert clock.bar_and_beat(place_at(Fraction(14, 3))) == (2, 4, Fraction(1, 3))
    assert clock.text(place_at(Fraction(3))) == "bar:2"
    assert clock.text(place_at(Fraction(14, 3))) == "bar:2.4+1/3"


def test_a_time_in_seconds_goes_to_the_nearest_frame() -> None:
    clock = Clock.steady(44_100, Fraction(97))
    assert clock.parse("0.00001s") == place_at(0)
    assert clock.parse("0.00002s") == place_at(1)
    assert clock.parse("33.333333s") == place_at(1_470_000)


@pytest.mark.parametrize(
    "text",
    [
        *("", "5", "bar", "bar:", "bar:0", "bar:-1", "bar:1.0", "bar:1.5", "bar:1.2+1/0", "bar:1.2+3/3", "bar:1.2+1"),
        *("-1s", "1.s", "1e3s", "nanf", "-5f", "1.5f", "12:30", "٣s", "bar:٣"),
        *("bar:" + "9" * 5000, "9" * 5000 + "f", "9" * 5000 + "s"),
    ],
)
def test_what_is_no_position_is_said_so(text: str) -> None:
    with pytest.raises(EngineError, match=r"not a position in a 4/4 song: write bar:5"):
        CLOCK.parse(text)


@pytest.mark.parametrize(
    ("text", "tempo"), [("120", 120), (" 97.1255 ", Fraction(48_563, 500)), ("361/3", Fraction(120_333, 1000))]
)
def test_tempos(text: str, tempo: Fraction) -> None:
    assert parse_tempo(text) == tempo


@pytest.mark.parametrize(
    "text", ["", "fast", "19.99", "400.1", "1/0", "-120", "1e2", "1e999999999", "nan", "9" * 5000, "120 BPM"]
)
def test_what_is_no_tempo_is_said_so(text: str) -> None:
    with pytest.raises(EngineError, match="20 to 400 BPM"):
        parse_tempo(text)


@pytest.mark.parametrize("text", ["", "4", "4/3", "0/4", "33/4", "4/64", "4/0", "-3/4", "999/4", "three/four"])
def test_what_is_no_signature_is_said_so(text: str) -> None:
    with pytest.raises(EngineError, match="time signature"):
        parse_signature(text)


@given(signatures)
@few
def test_signatures_come_back_from_text(signature: Signature) -> None:
    assert parse_signature(str(signature)) == signature
    assert signature.bar == Fraction(4 * signature.numerator, signature.denominator)


@pytest.mark.parametrize(
    ("text", "tempo"),
    [("house, 124 BPM, A minor", 124.0), ("at 96.5 beats per minute", 96.5), ("Tempo 70", 70.0), ("90bpm", 90.0)],
)
def test_a_tempo_is_read_from_a_text(text: str, tempo: float) -> None:
    assert tempo_in(text) == tempo


@pytest.mark.parametrize("text", ["", "808 beat", "5 BPM", "900 BPM", "up tempo", "tempo 1990s"])
def test_other_numbers_are_no_tempo(text: str) -> None:
    assert tempo_in(text) is None


@pytest.mark.parametrize(
    ("text", "sent", "other"),
    [
        ("house, 128 BPM", "house, 90 BPM", ("128 BPM",)),
        ("house at 128bpm, dark", "house at 90 BPM, dark", ("128bpm",)),
        ("128.5 beats per minute", "90 BPM", ("128.5 beats per minute",)),
        ("tempo 128, then 140 BPM", "90 BPM, then 90 BPM", ("tempo 128", "140 BPM")),
        ("120-128 BPM", "90 BPM", ("120-128 BPM",)),
        ("90 BPM house", "90 BPM house", ()),
        ("90.0 bpm", "90.0 bpm", ()),
        ("TR-808, 64 bars, 1990s", "TR-808, 64 bars, 1990s", ()),
        ("", "", ()),
    ],
)
def test_the_tempo_asked_for_takes_the_place_of_others(text: str, sent: str, other: tuple[str, ...]) -> None:
    assert at_tempo(text, 90.0) == (sent, other)
    assert bool(other_tempo(other, 90.0)) == bool(other)


def test_decimals_of_a_tempo_stay_and_a_reader_of_whole_ones_gets_those() -> None:
    assert tempo_text(61.5) == "61.5 BPM"
    assert tempo_text(float(Fraction("123.456"))) == "123.456 BPM"
    assert tempo_in("slow, 61.5 BPM") == 61.5
    assert tempo_in("slow, 61,5 BPM") == 61.5
    assert at_tempo("62 BPM", 61.5) == ("61.5 BPM", ("62 BPM",))
    assert whole_tempos("slow, 61.6 BPM, A minor") == "slow, 62 BPM, A minor"
    assert whole_tempos("tempo 96") == "tempo 96"
