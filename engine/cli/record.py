"""`continuo record SONG --track NAME --seconds N`: sound from an input, onto a track, while the song plays."""

import argparse
import re
import sys
from datetime import datetime
from functools import partial
from time import sleep

from engine.cli.song import add_song, find_track, opened_for_editing
from engine.cli.terminal import add_json, between, job, print_json
from engine.errors import DeviceError, EditError
from engine.ids import new_id
from engine.jobs import Context
from engine.playback import recorded_audio
from engine.playback.input_settings import InputSettings, InputTrack, RecordedTrack, RecordingReport, RecordOrder
from engine.playback.recorded_audio import Recorded
from engine.playback.recorded_notes import Span
from engine.project import edits
from engine.project.files import ProjectFolder
from engine.project.growing import GrowingFile, read_sidecar, seal_file
from engine.project.layout import GROWING
from engine.project.model import Project, Source
from engine.project.recorded import recorded_from

_POLL_SECONDS = 0.02
_CHANNELS = re.compile(r"([1-9]\d?)(?:-([1-9]\d?))?", re.ASCII)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the command's arguments."""
    add_song(parser)
    parser.add_argument("--track", required=True, metavar="NAME", help="the track, added when missing")
    parser.add_argument(
        "--seconds",
        required=True,
        type=partial(between, 0.1, 86400.0),
        metavar="N",
        help="how long; Ctrl+C ends sooner",
    )
    parser.add_argument("--input", metavar="DEVICE", help="the input device (default: the system's)")
    parser.add_argument(
        "--channels", type=_channels, default=(0,), metavar="N", help="its channels: 2, or 1-2 for stereo (default: 1)"
    )
    parser.add_argument("--at", metavar="POS", default="bar:1", help="where it starts (default: bar:1)")
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Records, saves the song and prints the id of the clip."""
    from engine.playback.device import DeviceSettings
    from engine.playback.latencies import correction_for

    with opened_for_editing(arguments.song) as folder, job() as context:
        project = folder.project
        first = project.clock.frames(project.clock.parse(arguments.at))
        span = Span(first, first + max(round(arguments.seconds * project.rate), 1))
        track = find_track(project, arguments.track)
        if track is None:
            project = edits.add_track(project, arguments.track)
            track = project.tracks[-1]
        take = RecordedTrack(new_id(), arguments.channels, track.name)
        settings = InputSettings(arguments.input, correction_for(DeviceSettings(), arguments.input))
        recording = _Recording(folder, project, track.id, take, span, settings)
        report = recording.run(context)
        project, clip_id = recording.kept(report)
    if report.overruns:
        times = "once" if report.overruns == 1 else f"{report.overruns} times"
        print(f"Sound was lost on its way {times}; silence stands for it.", file=sys.stderr)
    _, clip = project.find_clip(clip_id) or (None, None)
    if arguments.json and clip is not None:
        source = project.sources[clip.chosen.source]
        print_json(
            {
                "clip": clip.id,
                "track": {"id": track.id, "name": track.name},
                "start": project.start_of(clip),
                "length": clip.length,
                "source": source.id,
                "file": source.file,
                "device": report.device,
                "overruns": report.overruns,
            }
        )
    else:
        print(clip_id)
    if report.error:
        raise DeviceError(report.error)
    return 0


class _Recording:
    """One recording by the shell. The song is saved when it begins, so that a crash keeps what came in."""

    def __init__(
        self, folder: ProjectFolder, project: Project, track_id: str, take: RecordedTrack, span: Span,
        settings: InputSettings,
    ) -> None:  # fmt: skip
        self._folder, self._project, self._track_id = folder, project, track_id
        self._take, self._span, self._settings = take, span, settings
        self._date = datetime.now().astimezone().isoformat(timespec="seconds")
        self._saved = False

    def run(self, context: Context) -> RecordingReport:
        """Plays and records until the span is over.

        Raises:
            DeviceError: nothing could be recorded.
        """
        from engine.playback.contents import prepare_clip, unprepared_clips
        from engine.playback.device import DeviceSettings
        from engine.playback.plan import compile_plan
        from engine.playback.player import Player

        folder, span = self._folder.folder, self._span
        backing = recorded_audio.silenced(self._project, [self._track_id], span)
        for clip in unprepared_clips(backing, folder):
            prepare_clip(clip, backing, folder, context)
        order = RecordOrder(new_id(), str(folder.resolve()), span, (self._take,), self._date)
        with Player(DeviceSettings()) as player:
            player.set_plan(compile_plan(backing, folder))
            player.set_input(self._settings, (InputTrack(self._track_id, self._take.channels),))
            player.start_recording(order)
            player.play(span.first)
            report = RecordingReport(order.key)
            stopping = False
            while not report.over:
                sleep(_POLL_SECONDS)
                for latest in player.recordings():
                    report = latest
                    self._begin(report)
                if context.cancelled and not stopping:  # what came in is kept
                    stopping = True
                    player.stop_recording()
                if died := next((each for each in player.messages() if each.kind == "died"), None):
                    raise DeviceError(died.text)
                if not context.cancelled:
                    share = report.frames / (span.last - span.first)
                    context.progress(min(share, 1.0), f"Recording {report.frames / self._project.rate:.1f} s")
        if not report.frames:
            raise DeviceError(report.error or "Nothing was recorded: the input gave no sound in time.")
        return report

    def kept(self, report: RecordingReport) -> tuple[Project, str]:
        """The song with what was recorded, saved, and the id of its clip."""
        folder = self._folder.folder
        info = read_sidecar(folder / GROWING / f"{self._take.growing_id}.json")
        project = self._placed(report)
        (clip_id, *_) = recorded_audio.clips_of(project, self._take.growing_id)
        sealed = seal_file(folder, info)
        project = edits.seal_source(project, self._take.growing_id, sealed)
        if info.provenance is not None:
            project = edits.describe_source(project, sealed.id, {**info.provenance, "frames": sealed.frames})
        self._folder.save(project)
        return project, clip_id

    def _begin(self, report: RecordingReport) -> None:
        """Saves the song with the clip that grows, as soon as there is something of it."""
        if report.frames and not self._saved:
            self._saved = True
            self._folder.save(self._placed(report))

    def _placed(self, report: RecordingReport) -> Project:
        take, rate = self._take, self._project.rate
        file = GrowingFile(take.growing_id, rate, len(take.channels), take.name).file
        source = Source(
            take.growing_id, file, take.name, rate, len(take.channels), report.frames, "FLOAT", growing=True
        )
        record = recorded_from(report.device, take.channels, self._date)
        recorded = Recorded(self._track_id, source, report.runs, record)
        project = recorded_audio.place(self._project, recorded, self._span, over=report.over)
        if project is self._project:
            raise EditError("The recording could not be put into the song: it was recorded before the song's start.")
        return project


def _channels(text: str) -> tuple[int, ...]:
    match = _CHANNELS.fullmatch(text)
    first, last = (int(match[1]), int(match[2] or match[1])) if match else (0, 0)
    if not match or last not in (first, first + 1):
        raise argparse.ArgumentTypeError(f"“{text}” is neither one input, such as 2, nor a pair, such as 1-2")
    return tuple(range(first - 1, last))
