"""`continuo find FOLDER`: sounds of a folder, by words, by likeness to a file, by key and tempo."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.cli.terminal import add_json, job, print_json
from engine.errors import EngineError
from engine.timing.tempo_map import MAX_TEMPO, MIN_TEMPO

if TYPE_CHECKING:
    from engine.analysis.library.search import Catalogue, Match, TempoRange


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the command's arguments."""
    parser.add_argument("folder", metavar="FOLDER", type=Path, help="a folder; what is below it is listened to once")
    parser.add_argument("words", metavar="WORDS", nargs="?", default="", help='such as "dark techno, 130 BPM, A minor"')
    parser.add_argument("--like", type=Path, metavar="FILE", help="a sound that the others are to be like")
    parser.add_argument("--key", default="", metavar="KEY", help="only sounds in this key, such as “A minor” or “F#m”")
    parser.add_argument(
        "--tempo", type=_tempo, metavar="BPM", help="only sounds near this tempo, its half or double; or from 80-100"
    )
    parser.add_argument("--count", type=_count, default=10, metavar="N", help="how many at most (default: 10)")
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Listens to what is new in the folder, and prints what fits, the best first."""
    from engine.music.keys import parse_key

    folder: Path = arguments.folder
    if not folder.is_dir():
        raise EngineError(f"The folder “{folder}” does not exist: name a folder with sounds in it.")
    if arguments.like is not None and arguments.words:
        raise EngineError("Words and --like are two questions: ask one of them.")
    if arguments.key:
        parse_key(arguments.key)
    catalogue, problems = _catalogue(folder.resolve())
    matches = _matches(catalogue, arguments)
    if arguments.json:
        print_json({"results": [_json(match) for match in matches], "problems": problems})
        return 0
    for problem in problems:
        print(f"continuo: {problem}", file=sys.stderr)
    for match in matches:
        portrait = match.entry.portrait
        assert portrait is not None  # only what was listened to is searched
        tempo = f"{portrait.tempo:5.1f} BPM" if portrait.tempo else "        –"
        key, words = portrait.key or "–", ", ".join(portrait.words)
        print(f"{tempo}  {key:<9} {portrait.seconds:7.1f} s  {match.entry.file.path}  {words}")
    return 0


def _catalogue(folder: Path) -> tuple["Catalogue", list[str]]:
    """The sounds below a folder, after what is new was listened to, and why some cannot be read."""
    from engine.analysis.library.database import Library, is_below, library_path
    from engine.analysis.library.indexing import IndexProgress, index
    from engine.analysis.library.search import Catalogue

    with job() as context, Library(library_path()) as library:

        def report(progress: IndexProgress) -> None:
            context.progress(progress.done / progress.total, f"Listening to {Path(progress.path).name}")

        index(library, [str(folder)], report=report)
        below = [entry for entry in library.entries() if is_below(entry.file.path, [str(folder)])]
    return Catalogue.of(below), [entry.problem for entry in below if entry.problem]


def _matches(catalogue: "Catalogue", arguments: argparse.Namespace) -> list["Match"]:
    tempo: TempoRange | None = arguments.tempo
    if arguments.like is None:
        return catalogue.by_words(arguments.words, arguments.key, tempo, arguments.count)
    from engine.analysis.library.portrait import portrait_of

    like: Path = arguments.like.resolve()
    return catalogue.by_likeness(portrait_of(like), arguments.key, tempo, arguments.count, but=str(like))


def _json(match: "Match") -> dict[str, Any]:
    portrait = match.entry.portrait
    assert portrait is not None  # only what was listened to is searched
    loud = portrait.loudness > float("-inf")
    return {
        "file": match.entry.file.path,
        "title": match.entry.file.title,
        "score": round(match.score, 3),
        "seconds": round(portrait.seconds, 3),
        "tempo": round(portrait.tempo, 2) or None,
        "key": portrait.key,
        "loudness": round(portrait.loudness, 2) if loud else None,
        "words": list(portrait.words),
    }


def _tempo(text: str) -> "TempoRange":
    from engine.analysis.library.search import TempoRange

    low, dash, high = text.partition("-")
    try:
        bounds = (float(low), float(high if dash else low))
    except ValueError:
        bounds = (0.0, 0.0)
    if not MIN_TEMPO <= bounds[0] <= bounds[1] <= MAX_TEMPO:
        raise argparse.ArgumentTypeError(f"“{text}” is neither a tempo, such as 120, nor two, such as 80-100")
    return TempoRange(*bounds) if dash else TempoRange.near(bounds[0])


def _count(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 10_000:
        raise argparse.ArgumentTypeError(f"“{text}” is not a whole number from 1 to 10000")
    return int(text)
