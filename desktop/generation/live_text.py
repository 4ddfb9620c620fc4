"""What is said about a live take: figures for the top bar, a word for its clip, a sentence for who asks."""

from dataclasses import dataclass
from enum import Enum

from engine.generate.live_stream import LiveState
from engine.inference.api import LiveNews
from engine.plain_text import counted


class Mood(Enum):
    """How urgent it is."""

    CALM = "calm"
    GOOD = "good"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class LiveLook:
    """`figures` in the top bar, `state` at the clip, `sentence` as a tooltip."""

    figures: str
    state: str
    sentence: str
    mood: Mood = Mood.CALM


def look_of(
    news: LiveNews | None,
    playhead: int,
    rate: int,
    underruns: int,
    *,
    holding: bool = False,
    preparing: str = "",
    ending: bool = False,
) -> LiveLook:
    """The words for a take of which frame `playhead` (at `rate`) is heard; `underruns` since it began."""
    if ending:
        return LiveLook("Live: keeping what was made…", "Keeping it…", "What was made is being kept.")
    if news is None or news.report.state is LiveState.STARTING:
        text = preparing or "Starting"
        return LiveLook(f"Live: {text}…", f"{text}…", "The model is being prepared; the song may play meanwhile.")
    report = news.report
    speed = f"{report.speed:.1f}×"
    ahead = max(news.source.frames + news.reserved - playhead, 0) / rate
    count = counted(underruns, "underrun")
    if holding:
        return LiveLook(
            f"{speed} · waiting for sound",
            "Waiting for sound",
            f"The engine makes {report.speed:.1f} seconds of sound a second, which is too slow just now: playback "
            "waits at the end of what there is, and goes on by itself.",
            Mood.WARNING,
        )
    figures = f"{speed} · {ahead:.1f} s ahead · {count}"
    if report.state is LiveState.BEHIND:
        sentence = f"The engine is behind: it makes {report.speed:.1f} seconds of sound a second."
        return LiveLook(figures, _steps(report.steps, report.wanted_steps) or "Behind", sentence, Mood.WARNING)
    if lowered := _steps(report.steps, report.wanted_steps):
        sentence = (
            f"To keep up, a chunk is made in {report.steps} steps of the {report.wanted_steps} that were asked for."
        )
        return LiveLook(figures, lowered, sentence, Mood.WARNING)
    sentence = (
        f"Made at {report.speed:.1f} times the speed at which it sounds; {ahead:.1f} s are ready to be heard; {count}."
    )
    return LiveLook(figures, "Live", sentence, Mood.WARNING if underruns else Mood.GOOD)


def _steps(steps: int, wanted: int) -> str:
    return f"Reduced to {steps} step{'' if steps == 1 else 's'}" if 0 < steps < wanted else ""
