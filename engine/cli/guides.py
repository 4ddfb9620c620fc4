"""What the commands that run a model are told to follow in time: melody, chords, accents, swell and prompts."""

import argparse
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from engine.music.guide import Accent, Guide, MelodyNote, parse_chords, parse_prompts, parse_swell
from engine.timing.clock import Clock
from engine.timing.signature import COMMON_TIME, Signature


def add_guide(parser: argparse.ArgumentParser) -> None:
    """Adds --melody, --chords, --accents, --swell and --prompt-at; seconds count from where the new sound begins."""
    parser.add_argument(
        "--melody", type=Path, metavar="FILE", help="the melody to play: MIDI, or a sound that is heard"
    )
    parser.add_argument(
        "--chords",
        metavar="C",
        help="such as “Am F C G”, one a bar (or sharing the length), or “0:Am 2.5:F” in seconds",
    )
    parser.add_argument(
        "--accents", type=Path, metavar="FILE", help="where strokes fall: MIDI, a sound, or a text of times in seconds"
    )
    parser.add_argument("--swell", metavar="S", help="loudness in seconds and decibels, such as “0:-12, 8:0”")
    parser.add_argument(
        "--prompt-at", action="append", default=[], metavar="S:P", help="another prompt from a second on; repeatable"
    )


def bars_seconds(bars: int, tempo: Fraction, signature: Signature) -> float:
    """How long so many bars last, in seconds. tempo: quarter notes a minute."""
    clock = Clock.steady(48000, tempo, signature)
    return clock.seconds(clock.bar_start(bars + 1))


@dataclass(frozen=True, slots=True)
class AskedGuide:
    """What the arguments say. tempo: that of the melody's file, in quarter notes a minute, where none was given."""

    guide: Guide
    tempo: float | None


def asked_guide(
    arguments: argparse.Namespace, seconds: float, tempo: float | None = None, signature: Signature = COMMON_TIME
) -> AskedGuide:
    """The guide that the arguments spell out, for so many seconds of new sound.

    Args:
        arguments: of a parser with `add_guide`.
        seconds: the length of the new sound; what the guide says after it is left out.
        tempo: quarter notes a minute, where one is known.
        signature: of the bars.

    Raises:
        EngineError: a file cannot be read, or a text is not understood.
    """
    melody: tuple[MelodyNote, ...] = ()
    file_tempo = None
    if arguments.melody is not None:
        from engine.generate.guide_files import read_melody

        line = read_melody(arguments.melody, tempo)
        melody, file_tempo = line.notes, line.tempo
    pace = tempo or file_tempo
    bar = bars_seconds(1, Fraction(pace), signature) if pace else None
    accents: tuple[Accent, ...] = ()
    if arguments.accents is not None:
        from engine.generate.guide_files import read_accents

        accents = read_accents(arguments.accents, pace)
    guide = Guide(
        melody,
        parse_chords(arguments.chords, seconds, bar) if arguments.chords is not None else (),
        accents,
        parse_swell(arguments.swell) if arguments.swell is not None else (),
        parse_prompts(arguments.prompt_at),
    )
    return AskedGuide(guide.between(0.0, seconds), None if tempo else file_tempo)
