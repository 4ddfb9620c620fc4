import pytest

from engine.plain_text import counted, one_line, shown


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("plain", "plain"),
        (" two\n\tlines\r\n", "two lines"),
        ("a\x1b[31mred\x00b", "a[31mredb"),
        ("\u202egpj.exe\u2066", "gpj.exe"),
        ("half\ud800 a pair", "half a pair"),
        ("Café ♪ 日本", "Café ♪ 日本"),
        ("no\u00a0break\u2028here", "no break here"),
    ],
)
def test_what_steers_is_taken_out_and_letters_stay(text: str, line: str) -> None:
    assert one_line(text) == line
    one_line(text).encode("utf-8")


def test_long_texts_are_cut() -> None:
    assert shown("x" * 1_000_000) == "x" * 59 + "…"
    assert shown("x" * 60) == "x" * 60
    assert shown("abcdef", 4) == "abc…"


@pytest.mark.parametrize(
    ("count", "text"), [(0, "0 samples"), (1, "1 sample"), (999, "999 samples"), (972841, "972,841 samples")]
)
def test_numbers_are_grouped_and_agree_with_their_noun(count: int, text: str) -> None:
    assert counted(count, "sample") == text


def test_a_plural_of_its_own() -> None:
    assert counted(2, "analysis", "analyses") == "2 analyses"
