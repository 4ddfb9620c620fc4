"""`continuo accompany FILE`: parts that are played along with a sound or with the notes of a MIDI file."""

import argparse
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from engine.cli.compose import print_piece
from engine.cli.sampling import NO_CREDENTIALS
from engine.cli.terminal import add_json, between, job
from engine.errors import EngineError
from engine.music.general_midi import MIDI_SUFFIXES

if TYPE_CHECKING:
    from engine.compose.piece import Performance
    from engine.compose.wish import Wish
    from engine.jobs import Context


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the command's arguments."""
    parser.add_argument("file", metavar="FILE", type=Path, help="audio or MIDI to play along with")
    parser.add_argument(
        "--roles", metavar="R", help="drums, percussion, bass, chords, pad, arp, lead, counter (default: drums,bass)"
    )
    parser.add_argument("--prompt", default="", metavar="P", help="how, in words: a genre, a mood, instruments")
    parser.add_argument("--bars", type=int, metavar="N", help="bars from the first one on (default: the whole file)")
    parser.add_argument("--tempo", type=partial(between, 20, 400), metavar="BPM", help="beats a minute, where known")
    parser.add_argument(
        "--time-signature", metavar="N/D", help="4/4, 3/4 or 6/8 (default: a MIDI file's, or what is heard)"
    )
    parser.add_argument("--key", metavar="K", help="such as “A minor”, where known")
    parser.add_argument("--seed", type=int, default=0, metavar="S", help="same file and seed, same parts (default: 0)")
    parser.add_argument(
        "--out", type=Path, required=True, metavar="DIR", help="folder for mix.wav, stems, song.mid and score.json"
    )
    parser.add_argument("--no-credentials", action="store_true", help=NO_CREDENTIALS)
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Listens, composes, plays and writes; the file is the first of the stems."""
    from engine.compose.files import write_performance

    with job() as context:
        wish, notices = _wish(arguments)
        context.progress(0.0, "Listening")
        if arguments.file.suffix.lower() in MIDI_SUFFIXES:
            performance, more = _to_notes(arguments, wish, context)
        else:
            performance, more = _to_sound(arguments, wish, context)
        notices += write_performance(
            arguments.out, performance, context.check, credentials=not arguments.no_credentials
        )
    print_piece(arguments, performance, [*notices, *more])
    return 0


def _wish(arguments: argparse.Namespace) -> tuple["Wish", list[str]]:
    from engine.compose.understanding import understood
    from engine.compose.wish import parse_roles
    from engine.music.glossary import bundled
    from engine.music.keys import parse_key
    from engine.timing.signature import parse_signature

    if arguments.bars is not None and arguments.bars < 1:
        raise EngineError(f"{arguments.bars} bars cannot be accompanied: ask for 1 or more.")
    wish, notices = understood(arguments.prompt, bundled, arguments.seed)
    return replace(
        wish,
        roles=parse_roles(arguments.roles) if arguments.roles is not None else (),
        tempo=arguments.tempo or wish.tempo,
        key=parse_key(arguments.key) if arguments.key is not None else wish.key,
        signature=parse_signature(arguments.time_signature) if arguments.time_signature else wish.signature,
    ), notices


def _to_notes(arguments: argparse.Namespace, wish: "Wish", context: "Context") -> tuple["Performance", list[str]]:
    from engine.compose.midi_file import read_midi
    from engine.compose.performance import performed
    from engine.generate.composer.accompaniment import wish_with_notes

    wish, notices = wish_with_notes(wish, read_midi(arguments.file), arguments.bars)
    return performed(wish, check=context.check), notices


def _to_sound(arguments: argparse.Namespace, wish: "Wish", context: "Context") -> tuple["Performance", list[str]]:
    from engine.audio import read_finite
    from engine.generate.composer.accompaniment import along_sound

    return along_sound(wish, read_finite(arguments.file), arguments.bars, context.check)
