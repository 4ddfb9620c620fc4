"""What of the user's words a text encoder does not read, and what speech needs, said in whole sentences."""

from typing import Any

from engine.errors import ModelError
from engine.generate.interface import Settings

_SHOWN = 80
_UNLIMITED = 1 << 20  # tokenizers without a limit state a huge one


def left_out(tokenizer: Any, text: str, limit: int | None = None) -> str:
    """The end of `text` beyond the tokens that are read; empty where all of it is read."""
    longest = min(tokenizer.model_max_length, limit or tokenizer.model_max_length)
    if longest > _UNLIMITED or not text:
        return ""
    whole = tokenizer(text, verbose=False)["input_ids"]
    if len(whole) <= longest:
        return ""
    if tokenizer.is_fast:
        read = tokenizer(text, truncation=True, max_length=longest, return_offsets_mapping=True)["offset_mapping"]
        return text[max(end for _, end in read) :].strip()
    start = tokenizer.decode(
        tokenizer(text, truncation=True, max_length=longest)["input_ids"], skip_special_tokens=True
    )
    return text[len(start.strip()) :].strip()


def notice(name: str, tokenizer: Any, text: str, limit: int | None = None, reader: str = "the model") -> list[str]:
    """A sentence that says what of the text `name` was cut, if anything."""
    rest = left_out(tokenizer, text, limit)
    longest = min(tokenizer.model_max_length, limit or tokenizer.model_max_length)
    return [sentence(name, rest, longest, reader)] if rest else []


def of_prompts(tokenizer: Any, settings: Settings) -> list[str]:
    """Sentences that say what of the prompt and the negative prompt was cut."""
    return [*notice("prompt", tokenizer, settings.prompt), *notice("negative prompt", tokenizer, settings.negative)]


def sentence(name: str, rest: str, limit: int, reader: str = "the model") -> str:
    """That `rest` of the text `name` is beyond the tokens that `reader` reads."""
    shown = rest if len(rest) <= _SHOWN else f"{rest[:_SHOWN]}…"
    return f"The {name} is longer than the {limit} tokens that {reader} reads: “{shown}” was left out."


def check_phonemes(tokenizer: Any) -> None:
    """Raises `ModelError` where the tokenizer writes words as phonemes and what it needs for that is not installed."""
    try:
        if getattr(tokenizer, "phonemize", False):
            tokenizer("a")
    except (ImportError, RuntimeError) as error:  # no phonemizer; no eSpeak NG for it
        raise ModelError(
            "This voice reads phonemes, and what writes them is not installed: install eSpeak NG and the Python "
            "package “phonemizer”."
        ) from error
