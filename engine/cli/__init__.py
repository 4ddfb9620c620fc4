"""The shell: `continuo COMMAND …`. Exit status 0, 1 with one line on stderr, 2 for wrong usage, 130 after Ctrl+C.

Each command is a module of this package with `add_arguments(parser)` and `run(arguments) -> int`; `COMMANDS` is the one
list of them. Only the module of the command that is called is imported.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any, NoReturn

from engine import __version__, runtime
from engine.errors import Cancelled, EngineError

COMMANDS = {
    "open": ("engine.cli.open_window", "open the window, with a song if one is named"),
    "new": ("engine.cli.new", "make a new song"),
    "import": ("engine.cli.import_files", "put audio or MIDI files onto tracks of a song"),
    "show": ("engine.cli.show", "show what is in a song"),
    "set": ("engine.cli.set_track", "change a song's tempo, time signature or name, or a channel of its mixer"),
    "automate": ("engine.cli.automate", "write the automation of a parameter of a track or the master"),
    "devices": ("engine.cli.devices", "list the effects and their parameters"),
    "record": ("engine.cli.record", "record sound from an input onto a track while the song plays"),
    "bounce": ("engine.cli.bounce", "render a song's mix and stems to audio files"),
    "export": ("engine.cli.export", "write a song for other programs: MIDI or DAWproject"),
    "origin": ("engine.cli.origin", "say where a sound file comes from, as far as it tells"),
    "compose": ("engine.cli.compose", "compose a piece from words: parts, stems, MIDI"),
    "accompany": ("engine.cli.accompany", "compose parts that are played along with a sound or a MIDI file"),
    "chords": ("engine.cli.chords", "hear the chords of a sound or a MIDI file"),
    "hear": ("engine.cli.hear", "hear tempo, beats, key, chords, sections and words of a sound"),
    "separate": ("engine.cli.separate", "part the drums of a sound from the rest"),
    "find": ("engine.cli.find", "find sounds of a folder by words, likeness, key and tempo"),
    "transfer": ("engine.cli.transfer", "play a single line on another instrument, as loud and at its pitch"),
    "repair": ("engine.cli.repair", "mend a recording: hum, hiss, clicks, clipping, offset"),
    "notes": ("engine.cli.notes", "hear the notes of a sound and write them as MIDI"),
    "generate": ("engine.cli.generate", "make music from words"),
    "continue": ("engine.cli.continue_file", "carry on a sound where it ends"),
    "inpaint": ("engine.cli.inpaint", "regenerate a part of a sound"),
    "models": ("engine.cli.models", "list the models"),
    "bench": ("engine.cli.bench", "measure how fast a model is on this machine"),
    "demo": ("engine.cli.demo", "make a demo song and bounce it"),
    "corpus": ("engine.cli.corpus", "write pieces of the music that models are trained on"),
    "evaluate": ("engine.cli.evaluate", "measure what a model can do on held-out music, goal beside measured"),
    "train": ("engine.cli.train", "train a model's parts, on music made here or on your recordings"),
    "midi": ("engine.cli.midi", "list the MIDI devices"),
    "mcp": ("engine.cli.mcp", "let other programs use these commands (Model Context Protocol)"),
    "runtime": ("engine.cli.neural_runtime", "show, install or remove what neural models run in"),
    "doctor": ("engine.cli.doctor", "check this machine: sound, graphics processor, libraries, disk"),
}
"""Name of each command: its module and what it does."""

EXAMPLES = """examples:
  continuo new Song --tempo 96 --time-signature 3/4
  continuo import Song drums.wav --track Drums --at bar:5
  continuo set Song --tempo 92.5 --time-signature 6/8 --name "Second try"
  continuo set Song --track Drums --gain-db -3 --pan 0.2
  continuo bounce Song --mix Song.wav --stems stems --lufs -14 --true-peak -1

Positions are written as bar:5, bar:5.3 (beat 3 of bar 5; bars and beats count from 1), 2.5s, or 12345f (frames at the
song's rate). SONG is the song's folder. Without a command the window opens.
"""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """Usage errors: one line, status 2."""
        self.exit(2, f"{self.prog}: {message} (see {self.prog} --help)\n")


class _CommandParser(_Parser):
    """A parser that is made when it is first used: help lists all commands and uses the parser of none."""

    def __init__(self, **settings: Any) -> None:
        self._settings = settings

    def __getattr__(self, name: str) -> Any:
        settings = self.__dict__.pop("_settings", None)  # Python asks here for what an instance does not have
        if settings is None:
            raise AttributeError(name)
        super().__init__(**settings)
        return getattr(self, name)


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command that `arguments` (by default the process's own) name; returns the exit status."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    for stream in (sys.stdout, sys.stderr):
        if reconfigure := getattr(stream, "reconfigure", None):
            reconfigure(errors="replace")
    try:
        return _run(words or ["open"])
    except SystemExit as left:
        return left.code if isinstance(left.code, int) else 0
    except (Cancelled, KeyboardInterrupt):
        print("continuo: cancelled; nothing half-made is left behind.", file=sys.stderr)
        return 130
    except EngineError as error:
        return _fail(str(error))
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # nobody reads on; say nothing more
        return 1
    except UnicodeEncodeError as error:
        return _fail(
            f"This system is set to names in {error.encoding} only, which do not hold “{error.object}”: "
            "set the locale to UTF-8, as with LC_ALL=C.UTF-8."
        )
    except OSError as error:
        where = f"“{error.filename}”: " if error.filename else ""
        return _fail(f"{where}{error.strerror or error}.")
    except Exception as error:  # the top: the user gets a sentence, never a traceback
        if os.environ.get("CONTINUO_DEBUG"):
            raise
        return _fail(_unexpected(error))


def _run(words: list[str]) -> int:
    parser = _Parser(
        prog="continuo",
        description="Arrange, play and export songs; a DAW whose tracks can keep playing.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("-V", "--version", action="version", version=f"continuo {__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True, dest="command", parser_class=_CommandParser)
    called = next((word for word in words if word in COMMANDS), None)
    if called in runtime.COMMANDS and runtime.is_packed() and runtime.is_ready():
        return runtime.run_shell(words)
    names = words[:1] if words[0] in COMMANDS else list(COMMANDS)  # only help and wrong words need all of them
    for name in names:
        module, help_line = COMMANDS[name]
        command = commands.add_parser(name, help=help_line, description=help_line[0].upper() + help_line[1:] + ".")
        if name == called:
            import_module(module).add_arguments(command)
    arguments = parser.parse_args(words)
    status: int = import_module(COMMANDS[arguments.command][0]).run(arguments)
    if sys.stdout:  # there is none where it was closed before the start
        sys.stdout.flush()
    return status


def _unexpected(error: Exception) -> str:
    if isinstance(error, ModuleNotFoundError) and error.name in runtime.NEURAL and runtime.is_packed():
        return runtime.MISSING
    return f"This failed unexpectedly ({type(error).__name__}: {error}). Report it, with what CONTINUO_DEBUG=1 shows."


def _fail(sentence: str) -> int:
    from engine.plain_text import one_line

    print(f"continuo: {one_line(sentence)}", file=sys.stderr)
    return 1
