"""Audio of a song in a DAWproject file: the pool's files as they are, or what a clip plays rendered into a new one."""

from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Self

from engine.dawproject.contents import form_of
from engine.errors import ExportError
from engine.jobs import Context, Part
from engine.playback.bounce import BounceRequest, bounce
from engine.playback.filenames import safe_name
from engine.playback.wavfile import SampleFormat
from engine.project.excerpt import bare
from engine.project.model import NO_FADE, Clip, Project, Source, Track
from engine.timing.position import Position


@dataclass(frozen=True, slots=True)
class AudioPart:
    """A file in the container and what of it a clip plays; times in seconds of the file.

    loop: (start, end) of what is repeated.
    """

    path: str
    rate: int  # Hz
    channels: int
    seconds: float
    start: float = 0.0
    loop: tuple[float, float] | None = None
    rendered: bool = False


@dataclass(slots=True)
class AudioFiles:
    """The audio of the container, by the paths in it. Use it with `with`: it renders into a temporary folder."""

    project: Project
    folder: Path
    files: dict[str, Path] = field(default_factory=dict)
    rendered: list[str] = field(default_factory=list)  # names of clips, each with why it was rendered
    _names: dict[str, str] = field(default_factory=dict)  # path in the container by the source's id
    _temporary: TemporaryDirectory[str] | None = None

    def __enter__(self) -> Self:
        self._temporary = TemporaryDirectory(prefix="continuo-")
        return self

    def __exit__(self, *_: object) -> None:
        if self._temporary:
            self._temporary.cleanup()

    def of(self, track: Track, clip: Clip, context: Context) -> AudioPart | None:
        """What `clip` of `track` plays; None where its file is not in the song.

        Raises:
            ExportError: it is still being made.
            AudioFileError: a file of the song is missing or damaged.
        """
        source = self.project.sources.get(clip.chosen.source)
        if source is None and clip.chosen.source:
            return None
        if source and source.growing:
            raise ExportError(
                f"“{clip.name or source.name}” is still being generated: wait for it or stop it, then export."
            )
        gain = "it has a gain of its own" if clip.gain_db or clip.chosen.gain_db else ""
        gain = gain or (
            "it has a gain envelope" if clip.envelope else "it plays parts of several takes" * bool(clip.comp)
        )
        reason = form_of(clip.content).why_rendered(self.project, clip) or gain
        return self._file(clip, source) if source and not reason else self._rendered(track, clip, reason, context)

    def _file(self, clip: Clip, source: Source) -> AudioPart:
        rate, part = self.project.rate, clip.stretch
        path = self._names.get(source.id)
        if path is None:
            path = self._names[source.id] = self._free(source.name, Path(source.file).suffix)
            self.files[path] = self.folder / source.file
        loop = (part.first / rate, (part.first + part.loop_length) / rate) if part.loop_length else None
        return AudioPart(
            path, source.rate, source.channels, source.frames / source.rate, (part.first + part.loop_phase) / rate, loop
        )

    def _rendered(self, track: Track, clip: Clip, reason: str, context: Context) -> AudioPart:
        """The clip as it sounds without its track's fader and its own fades, which the format has."""
        assert self._temporary is not None
        project = self.project
        source = project.sources.get(clip.chosen.source)
        name = clip.name or (source.name if source else "unnamed")
        alone = replace(clip, fade_in=NO_FADE, fade_out=NO_FADE, mute=False)
        level = bare(replace(track, clips=(alone,)))
        path = self._free(name, ".wav")
        file = Path(self._temporary.name) / f"{len(self.files)}.wav"
        start = project.start_of(clip)
        request = BounceRequest(
            mix=file,
            format=SampleFormat.FLOAT,
            start=Position.at_frame(start),
            end=Position.at_frame(start + clip.length),
            credentials=False,
        )
        alone_in_song = replace(project, tracks=(level,), master_gain_db=0.0, master_devices=(), master_lanes=())
        bounce(alone_in_song, self.folder, request, Part(context, 0.0, 0.0))
        self.files[path] = file
        self.rendered.append(f"“{name}”, since {reason}")
        return AudioPart(path, project.rate, 2, clip.length / project.rate, rendered=True)

    def _free(self, name: str, suffix: str) -> str:
        """A path in the container that no file has yet."""
        stem = safe_name(Path(name).stem if name.lower().endswith(suffix.lower()) else name) or "audio"
        path, number = f"audio/{stem}{suffix}", 1
        while path.casefold() in {each.casefold() for each in self.files}:
            number += 1
            path = f"audio/{stem} {number}{suffix}"
        return path
