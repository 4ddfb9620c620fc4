"""The tools: what another program may ask for, each a command of the shell."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from pydantic import Field

from engine.tool_server.commands import MAX_TEXT, CommandError, Folders, Shell

Text = Annotated[str, Field(max_length=MAX_TEXT)]
Files = Annotated[list[Text], Field(min_length=1, max_length=64)]
Place = Annotated[str, Field(max_length=64, description="bar:5, bar:5.3, 2.5s or 12345f")]


class Tools:
    """The tools as functions; each answers with what its command prints as JSON, or its text."""

    def __init__(self, folders: Folders, shell: Shell) -> None:
        self._folders, self._shell = folders, shell

    async def new_song(self, song: Text, tempo: float = 120.0, time_signature: Text = "4/4", rate: int = 48000) -> Any:
        """Makes a new, empty song in the folder `song`."""
        options = _options({"tempo": tempo, "time-signature": time_signature, "rate": rate})
        return await self._shell.run("new", options, [self._path(song)])

    async def show_song(self, song: Text) -> Any:
        """What is in a song: tempo, tracks with their mixer values, clips, markers."""
        return await self._shell.run("show", ["--json"], [self._path(song)])

    async def import_files(self, song: Text, files: Files, track: Text = "", at: Place = "bar:1") -> Any:
        """Puts audio, MIDI or DAWproject files onto tracks of a song: on `track`, or each on a new one."""
        options = ["--json", *_options({"track": track, "at": at})]
        return await self._shell.run("import", options, [self._path(song), *map(self._path, files)])

    async def set_song(
        self, song: Text, name: Text = "", tempo: float | None = None, time_signature: Text = "",
        at_bar: int | None = None,
    ) -> Any:  # fmt: skip
        """Changes a song's name, tempo or time signature, the latter two from a bar on if `at_bar` is given."""
        values = {"name": name, "tempo": tempo, "time-signature": time_signature, "at": at_bar}
        return await self._shell.run("set", _options(values), [self._path(song)])

    async def set_track(
        self, song: Text, track: Text, gain_db: float | None = None, pan: float | None = None,
        mute: bool | None = None, solo: bool | None = None,
    ) -> Any:  # fmt: skip
        """Changes a track's mixer values: gain in dB, pan from −1 (left) to 1, mute, solo."""
        options = _options({"track": track, "gain-db": gain_db, "pan": pan})
        for word, on in (("mute", mute), ("solo", solo)):
            options += [] if on is None else [f"--{word}" if on else f"--no-{word}"]
        return await self._shell.run("set", options, [self._path(song)])

    async def compose(
        self, prompt: Text, out: Text, song: Text = "", at: Place = "bar:1", bars: int = 8, seed: int | None = None,
        roles: Text = "", chords: Text = "", sections: Text = "",
    ) -> Any:  # fmt: skip
        """Composes a piece from words into the folder `out`: mix, stems, MIDI, score; and into `song`, if one is named.

        roles: such as “bass,drums”. chords: such as “Am F C G”. sections: such as “intro 4, verse 8”.
        """
        values = {
            "out": self._path(out), "bars": None if sections else bars, "seed": seed, "roles": roles, "chords": chords,
            "sections": sections, "into": self._path(song) if song else "", "at": at if song else "",
        }  # fmt: skip
        return await self._shell.run("compose", ["--json", *_options(values)], [prompt])

    async def generate(
        self, prompt: Text, out: Text, bars: int | None = None, seconds: float | None = None,
        tempo: float | None = None, seed: int | None = None, model: Text = "",
    ) -> Any:  # fmt: skip
        """Makes sound from words with a neural model, into the WAV file `out`."""
        values = {
            "out": self._path(out),
            "bars": bars,
            "seconds": seconds,
            "tempo": tempo,
            "seed": seed,
            "model": model,
        }
        return await self._shell.run("generate", _options(values), [prompt])

    async def hear_chords(self, file: Text) -> Any:
        """The chords of a sound or MIDI file, with their times."""
        return await self._shell.run("chords", ["--json"], [self._path(file)])

    async def bounce(
        self, song: Text, mix: Text = "", stems: Text = "", container: Text = "wav", lufs: float | None = None,
        true_peak: float | None = None, overwrite: bool = False,
    ) -> Any:  # fmt: skip
        """Renders a song: `mix` is a file (.wav, .flac, .aiff, .mp3, .opus), `stems` a folder for each track's file."""
        if not mix and not stems:
            raise CommandError("Say what to write: mix, stems, or both.")
        values = {
            "mix": self._path(mix) if mix else "", "stems": self._path(stems) if stems else "", "container": container,
            "lufs": lufs, "true-peak": true_peak,
        }  # fmt: skip
        options = ["--json", *_options(values), *(["--overwrite"] if overwrite else [])]
        return await self._shell.run("bounce", options, [self._path(song)])

    async def export_song(self, song: Text, midi: Text = "", dawproject: Text = "", overwrite: bool = False) -> Any:
        """Writes a song for other programs: its notes as a MIDI file, all of it as a DAWproject file."""
        if not midi and not dawproject:
            raise CommandError("Say what to write: midi, dawproject, or both.")
        values = {
            "midi": self._path(midi) if midi else "", "dawproject": self._path(dawproject) if dawproject else "",
        }  # fmt: skip
        options = ["--json", *_options(values), *(["--overwrite"] if overwrite else [])]
        return await self._shell.run("export", options, [self._path(song)])

    async def origin(self, file: Text) -> Any:
        """All that an audio file says of where it comes from."""
        return await self._shell.run("origin", ["--json"], [self._path(file)])

    async def models(self) -> Any:
        """The models that can generate, with their licences."""
        return await self._shell.run("models", ["--json"])

    def _path(self, text: str) -> str:
        return str(self._folders.inside(text))


def _options(values: Mapping[str, object]) -> list[str]:
    """The options with a value, each as one word, so that no value is read as another option."""
    return [f"--{name}={value}" for name, value in values.items() if value not in (None, "")]


def functions(tools: Tools) -> Sequence[Any]:
    """The tools, in the order in which they are listed."""
    return (
        tools.new_song, tools.show_song, tools.import_files, tools.set_song, tools.set_track, tools.compose,
        tools.generate, tools.hear_chords, tools.bounce, tools.export_song, tools.origin, tools.models,
    )  # fmt: skip
