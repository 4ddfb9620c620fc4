"""The project file, read: its text, its version, what its parts must have in common.

Values that equal the model's defaults are left out. Fractions are texts ("241/2"), a position is {"frames": 48000} or
{"beats": "33/2"}, and paths are relative to the project folder. `engine.project.codec.writer` writes it.
"""

import gc
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from engine.errors import ProjectFileError
from engine.project.codec.bounded_json import damaged, parse_json
from engine.project.codec.migrations import MIGRATIONS
from engine.project.codec.reader import read
from engine.project.codec.records import Dropped
from engine.project.model import FORMAT_VERSION, AutomationPoint, Clip, Marker, Project
from engine.project.model.ranges import MAX_FRAMES
from engine.project.routing import ordered_lanes, routing_fault

FORMAT = "continuo-project"
MAX_BYTES = 160 << 20
"""No project file is longer; a longer one is not read."""

_HEAD = ("format", "version", "revision")


def decode(data: bytes, dropped: Dropped | None = None) -> Project:
    """The project that the bytes of a project file hold.

    Raises:
        ProjectFileError: see `from_json`.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise damaged(f"it is not UTF-8 text (byte {error.start})") from error
    del data
    with _without_collecting():
        return from_json(parse_json(text), dropped)


@contextmanager
def _without_collecting() -> Iterator[None]:
    """Lets the garbage collector rest: it would look at a long song's hundred thousands of values again and again."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def from_json(data: Any, dropped: Dropped | None = None, *, whole: bool = True) -> Project:
    """The project that a JSON object describes, every value checked; `dropped` takes in what was left out.

    Without `whole`, what its parts say of each other is not looked at.

    Raises:
        ProjectFileError: not a project, written by a newer version, damaged, or with a path that leaves the folder.
    """
    data = _migrated(data)
    revision = data.get("revision", 0)
    if type(revision) is not int or not 0 <= revision <= MAX_FRAMES:
        raise damaged("its revision is not a whole number")
    project = read(Project, {key: value for key, value in data.items() if key not in _HEAD}, "the song", dropped)
    if whole:
        check_references(project)
    return _ordered(project)


def _migrated(data: Any) -> dict[str, Any]:
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise ProjectFileError("The file is not a Continuo project: it does not say so in its “format” entry.")
    version = data.get("version")
    if type(version) is not int or version < 0:
        raise damaged("its version is not a whole number")
    if version > FORMAT_VERSION:
        raise ProjectFileError(
            f"The song was saved by a newer Continuo (file version {version}; this one reads up to {FORMAT_VERSION}): "
            "update Continuo to open it."
        )
    while version < FORMAT_VERSION:
        if not (step := MIGRATIONS.get(version)):
            raise ProjectFileError(f"The song's file version {version} was never released and cannot be read.")
        try:
            data = step(data)
        except (KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
            raise damaged(f"it is not a whole file of version {version} ({error!r})") from error
        version += 1
    return data


def check_references(project: Project) -> None:
    """Refuses identifiers that occur twice, takes of unknown sources, and sources that grow at another rate.

    Raises:
        ProjectFileError: see `from_json`.
    """
    frozen = [track.frozen for track in project.tracks if track.frozen is not None]
    clips = [*(clip for _, clip in project.clips()), *(clip for each in frozen for clip in each.clips)]
    _check_unique("track", (track.id for track in project.tracks))
    _check_unique("clip", (clip.id for clip in clips))
    _check_unique("marker", (marker.id for marker in project.markers))
    for source in project.sources.values():
        if source.growing and source.rate != project.rate:
            raise damaged(f"the source “{source.id}” grows at {source.rate:,} Hz in a song at {project.rate:,} Hz")
    if fault := routing_fault(project):
        raise damaged(fault)
    for clip in clips:
        if len(clip.takes) > 1:
            _check_unique("take", (take.id for take in clip.takes))
        for take in clip.takes:
            if take.source and take.source not in project.sources:
                raise damaged(f"the clip “{clip.name[:60]}” plays a source that the song does not list")


def _ordered(project: Project) -> Project:
    """`project` with clips, automation, lanes and markers in the order of their positions.

    A loop from a beat to a frame, or the other way round, may end before it starts at the song's tempo: it is off then.
    """
    clock = project.clock
    loop = project.loop
    backwards = clock.frames(loop.start) >= clock.frames(loop.end)

    def start(placed: Clip | AutomationPoint | Marker) -> int:
        return clock.frames(placed.position)

    tracks = (
        replace(
            track,
            clips=tuple(sorted(track.clips, key=start)),
            automation=tuple(sorted(track.automation, key=start)),
            lanes=ordered_lanes(track.lanes, clock),
        )
        for track in project.tracks
    )
    return replace(
        project,
        tracks=tuple(tracks),
        markers=tuple(sorted(project.markers, key=start)),
        loop=replace(loop, on=False) if loop.on and backwards else loop,
        master_lanes=ordered_lanes(project.master_lanes, clock),
    )


def _check_unique(kind: str, ids: Iterable[str]) -> None:
    twice = [identifier for identifier, count in Counter(ids).items() if count > 1]
    if twice:
        raise damaged(f"two things of the kind “{kind}” have the identifier “{twice[0]}”")
