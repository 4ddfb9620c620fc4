"""What a model's licence allows with the sound that it makes, as far as its name says."""

import re

NON_COMMERCIAL = "not for commercial use"
_UNKNOWN = ("", "unknown", "not stated")


def non_commercial(licence: str) -> bool:
    """Whether a licence forbids commercial use; one that is not known does, to be on the safe side."""
    words = re.findall(r"[a-z]+", licence.lower())
    return (
        " ".join(words) in _UNKNOWN or "nc" in words or "noncommercial" in words or "non commercial" in " ".join(words)
    )


def licence_text(licence: str) -> str:
    """The licence for reading, marked where it forbids commercial use."""
    if not licence:
        return f"licence unknown, {NON_COMMERCIAL}"
    return f"{licence}, {NON_COMMERCIAL}" if non_commercial(licence) else licence
