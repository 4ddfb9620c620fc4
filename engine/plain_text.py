"""A stranger's text for a sentence of ours: one line, without characters that steer what is shown around them."""

import unicodedata


def one_line(text: str) -> str:
    """The text without control, direction and unpaired characters; all white space becomes single spaces."""
    letters = (
        letter if unicodedata.category(letter)[0] not in "CZ" else " " if letter.isspace() else "" for letter in text
    )
    return " ".join("".join(letters).split())


def shown(text: str, limit: int = 60) -> str:
    """The same of the beginning, at most `limit` letters."""
    line = one_line(text[: 8 * limit])
    return line if len(line) <= limit else f"{line[: limit - 1]}…"
