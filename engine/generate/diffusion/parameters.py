"""The settings that a panel shows for a model, each described once."""

from engine.generate.api import Parameter


def prompt() -> Parameter:
    """What to play."""
    return Parameter("prompt", "Prompt", "text", "")


def negative() -> Parameter:
    """What to stay away from."""
    return Parameter("negative", "Negative prompt", "text", "")


def audio_prompt(label: str = "Audio prompt") -> Parameter:
    """A sound to play like, or whose melody is played."""
    return Parameter("audio_prompt", label, "audio", None)


def words(label: str) -> Parameter:
    """What is spoken or sung."""
    return Parameter("words", label, "text", "")


def steps(default: int, most: int = 500) -> Parameter:
    """Denoising steps."""
    return Parameter("steps", "Steps", "int", default, 1, most)


def guidance(default: float, most: float = 20.0) -> Parameter:
    """How strictly to follow the prompt."""
    return Parameter("guidance", "Guidance", "float", default, 0.0, most)


def schedule(choices: tuple[str, ...]) -> Parameter:
    """How steps are taken; the first is the model's own."""
    return Parameter("schedule", "Schedule", "choice", choices[0], choices=choices)


def candidates() -> Parameter:
    """Best of several."""
    return Parameter("candidates", "Best of", "int", 1, 1, 32)
