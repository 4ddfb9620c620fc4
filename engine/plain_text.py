"""Texts for sentences: a stranger's, on one line without characters that steer what is around them; and numbers."""

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


def counted(count: int, noun: str, plural: str = "") -> str:
    """A number with its noun, thousands grouped: "1 sample", "972,841 samples"; plural: where an s is not enough."""
    return f"{count:,} {noun if count == 1 else plural or f'{noun}s'}"


def duration(seconds: float) -> str:
    """`seconds` as minutes:seconds, or hours:minutes:seconds."""
    total = round(seconds * 10)
    minutes, tenths = divmod(total, 600)
    hours, minutes = divmod(minutes, 60)
    text = f"{minutes:02}:{tenths / 10:04.1f}" if hours else f"{minutes}:{tenths / 10:04.1f}"
    return f"{hours}:{text}" if hours else text


def plain_lines(text: str) -> str:
    """The text without control, direction, invisible and unpaired characters; lines stay lines, spaces stay spaces."""
    if text.isascii() and text.replace("\n", "").isprintable():
        return text
    return "".join(
        letter if letter == "\n" or unicodedata.category(letter)[0] not in "C" else " " if letter.isspace() else ""
        for letter in text.replace("\u2028", "\n").replace("\u2029", "\n")
    )


def escaped(json: str) -> str:
    """JSON that stands for the same values, with escapes in place of the characters that `plain_lines` takes out."""
    if json.isascii() and "\x7f" not in json:
        return json
    return "".join(_escape(letter) if unicodedata.category(letter) in _STEERING else letter for letter in json)


_STEERING = ("Cc", "Cf", "Cs", "Zl", "Zp")


def _escape(letter: str) -> str:
    if letter == "\n":  # between the values
        return letter
    units = letter.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))
