import pytest

from engine.plain_text import one_line, shown


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
