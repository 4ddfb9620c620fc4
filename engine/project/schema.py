"""The project file, read: what its JSON looks like.

Values that equal the model's defaults are left out. Fractions are texts ("241/2"), a position is {"frames": 48000} or
{"beats": "33/2"}, and paths are relative to the project folder. The file is outside data: it is read strictly, and
what cannot be is refused with a sentence, never guessed or clamped. `engine.project.encoding` writes it.
"""

import gc
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from fractions import Fraction
from typing import Any

from engine.errors import EngineError, ProjectFileError
from engine.project import records
from engine.project.layout import AUDIO, GROWING, check_relative
from engine.project.model import (
    FORMAT_VERSION,
    MAX_GAIN_DB,
    MAX_PROJECT_RATE,
    MIN_GAIN_DB,
    MIN_PROJECT_RATE,
    TRACK_HUES,
    AutomationPoint,
    Clip,
    Fade,
    FadeShape,
    LoopRegion,
    Marker,
    Project,
    Source,
    Take,
    Track,
)
from engine.project.reading import MAX_FRAMES, Fields, damaged, parse_json
from engine.riff import MAX_CHANNELS, MAX_RATE, MIN_RATE
from engine.timing.position import Position
from engine.timing.signature import Signature, parse_signature
from engine.timing.tempo_map import MAX_TEMPO, MIN_TEMPO

FORMAT = "continuo-project"
MAX_TAKE_GAIN_DB = 96.0
MAX_HEIGHT = 4000  # px
MAX_BYTES = 160 << 20
"""No project file is longer; a longer one is not read."""

Migration = Callable[[dict[str, Any]], dict[str, Any]]
MIGRATIONS: dict[int, Migration] = {}
"""For each old version, the function that turns its JSON object into that of the next version."""


class Dropped:
    """What was left out of the records of takes, which no song is refused for."""

    def __init__(self) -> None:
        self.takes = 0
        self.names: set[str] = set()

    @property
    def sentence(self) -> str:
        """What to tell the user; empty where nothing was left out."""
        return records.sentence(self.takes, self.names)

    def record(self, reader: Fields) -> dict[str, Any] | None:
        """The record that `reader` has of a take, typed; None without one."""
        value = reader.take("provenance", None)
        if value is None:
            return None
        record, names = records.read_record(value) if isinstance(value, dict) else (None, ("provenance",))
        if names:
            self.takes += 1
            self.names.update(names)
        return record


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


def from_json(data: Any, dropped: Dropped | None = None) -> Project:
    """The project that a JSON object describes, every value checked; `dropped` takes in what was left out.

    Raises:
        ProjectFileError: not a project, written by a newer version, damaged, or with a path that leaves the folder.
    """
    reader = Fields(_migrated(data), "the song")
    dropped = dropped or Dropped()
    reader.take("format")
    reader.take("version")
    reader.integer("revision", 0, MAX_FRAMES, 0)
    rate = reader.integer("rate", MIN_PROJECT_RATE, MAX_PROJECT_RATE, 48000)
    sources = [_source(item, n, rate) for n, item in enumerate(reader.items("sources", []), 1)]
    project = Project(
        id=reader.id(),
        name=reader.text("name"),
        rate=rate,
        tempo=reader.fraction("tempo", int(MIN_TEMPO), int(MAX_TEMPO), Fraction(120)),
        signature=_signature(reader),
        tracks=tuple(read_track(item, f"track {n}", dropped) for n, item in enumerate(reader.items("tracks", []), 1)),
        sources={source.id: source for source in sources},
        markers=tuple(_marker(item, n) for n, item in enumerate(reader.items("markers", []), 1)),
        loop=_loop(reader),
        master_gain_db=_gain(reader, "master_gain_db"),
    )
    reader.done()
    if len(project.sources) != len(sources):
        raise damaged("two of its sources have the same identifier")
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


def _gain(reader: Fields, key: str = "gain_db") -> float:
    return reader.number(key, MIN_GAIN_DB, MAX_GAIN_DB, 0.0)


def _colour(reader: Fields) -> int | None:
    value = reader.take("colour", None)
    if value is not None and (type(value) is not int or not 0 <= value < TRACK_HUES):
        raise reader.wrong("colour", f"is not the number of a colour from 0 to {TRACK_HUES - 1}")
    return value


def _signature(reader: Fields) -> Signature:
    try:
        return parse_signature(reader.text("signature", "4/4"))
    except EngineError as error:
        raise damaged("its time signature is not one such as 4/4 or 6/8") from error


def _source(item: Any, number: int, project_rate: int) -> Source:
    reader = Fields(item, f"source {number}")
    growing = reader.flag("growing", False)
    source = Source(
        id=reader.id(),
        file=check_relative(reader.text("file")),
        name=reader.text("name"),
        rate=reader.integer("rate", MIN_RATE, MAX_RATE),
        channels=reader.integer("channels", 1, 2 if growing else MAX_CHANNELS),
        frames=reader.integer("frames", 0 if growing else 1, MAX_FRAMES),
        subtype=reader.text("subtype", ""),
        growing=growing,
    )
    reader.done()
    room = GROWING if growing else AUDIO
    if not source.file.startswith(f"{room}/"):
        raise damaged(f"the file of source {number} is not in the folder “{room}”")
    if growing and source.rate != project_rate:
        raise damaged(f"source {number} grows at {source.rate} Hz in a song at {project_rate} Hz")
    return source


def _fade(reader: Fields, key: str) -> Fade:
    value = reader.take(key, None)
    if value is None:
        return Fade()
    inner = Fields(value, f"a “{key}”")
    length = inner.integer("length", 0, MAX_FRAMES, 0)
    shape = inner.text("shape", FadeShape.LINEAR)
    first, whole = (inner.integer(name, 0, MAX_FRAMES, 0) for name in ("first", "whole"))
    correlation = inner.number("correlation", 0.0, 1.0, 0.0)
    inner.done()
    if shape not in list(FadeShape):
        raise damaged(f"{shape[:40]!a} is no shape of a fade")
    fade = Fade(length, FadeShape(shape), first, whole, correlation)
    if fade.end > fade.total:
        raise damaged(f"a “{key}” is a part of a shorter fade")
    return fade


def _take(item: Any, where: str, dropped: Dropped) -> Take:
    reader = Fields(item, f"a take of {where}")
    take = Take(
        id=reader.id(),
        source=reader.id("source"),
        name=reader.text("name", ""),
        shift=reader.integer("shift", -MAX_FRAMES, MAX_FRAMES, 0),
        gain_db=reader.number("gain_db", -MAX_TAKE_GAIN_DB, MAX_TAKE_GAIN_DB, 0.0),
        provenance=dropped.record(reader),
    )
    reader.done()
    return take


def _clip(item: Any, where: str, dropped: Dropped) -> Clip:
    reader = Fields(item, where)
    clip = Clip(
        id=reader.id(),
        position=reader.position("position"),
        length=reader.integer("length", 1, MAX_FRAMES),
        takes=tuple(_take(take, where, dropped) for take in reader.items("takes")),
        take=reader.integer("take", 0, MAX_FRAMES, 0),
        name=reader.text("name", ""),
        offset=reader.integer("offset", -MAX_FRAMES, MAX_FRAMES, 0),
        gain_db=_gain(reader),
        fade_in=_fade(reader, "fade_in"),
        fade_out=_fade(reader, "fade_out"),
        loop_length=reader.integer("loop_length", 0, MAX_FRAMES, 0),
        loop_phase=reader.integer("loop_phase", 0, MAX_FRAMES, 0),
        reverse=reader.flag("reverse", False),
        mute=reader.flag("mute", False),
        colour=_colour(reader),
    )
    reader.done()
    if clip.take >= len(clip.takes):
        raise damaged(f"{where} chooses a take that it does not have")
    if clip.fade_in.length + clip.fade_out.length > clip.length:
        raise damaged(f"the fades of {where} are longer than it is")
    if clip.loop_phase >= max(clip.loop_length, 1):
        raise damaged(f"{where} starts outside its loop")
    return clip


def _point(item: Any, where: str) -> AutomationPoint:
    reader = Fields(item, f"the automation of {where}")
    point = AutomationPoint(reader.position("position"), _gain(reader))
    reader.done()
    return point


def read_track(item: Any, where: str, dropped: Dropped | None = None) -> Track:
    """The track that a JSON object describes; `where` names it in complaints, `dropped` takes in what was left out.

    Raises:
        ProjectFileError: see `from_json`.
    """
    reader = Fields(item, where)
    clips = reader.items("clips", [])
    dropped = dropped or Dropped()
    track = Track(
        id=reader.id(),
        name=reader.text("name"),
        colour=_colour(reader) or 0,
        gain_db=_gain(reader),
        pan=reader.number("pan", -1.0, 1.0, 0.0),
        mute=reader.flag("mute", False),
        solo=reader.flag("solo", False),
        clips=tuple(_clip(clip, f"clip {n} of {where}", dropped) for n, clip in enumerate(clips, 1)),
        automation=tuple(_point(point, where) for point in reader.items("automation", [])),
        height=reader.integer("height", 1, MAX_HEIGHT, 72),
    )
    reader.done()
    return track


def _marker(item: Any, number: int) -> Marker:
    reader = Fields(item, f"marker {number}")
    marker = Marker(reader.id(), reader.position("position"), reader.text("name"), _colour(reader))
    reader.done()
    return marker


def _loop(song: Fields) -> LoopRegion:
    value = song.take("loop", None)
    if value is None:
        return LoopRegion()
    reader = Fields(value, "the loop region")
    start: Position = reader.position("start", LoopRegion().start)
    end: Position = reader.position("end", LoopRegion().end)
    loop = LoopRegion(start, end, reader.flag("on", False))
    reader.done()
    if type(start) is type(end) and start >= end:
        raise damaged("the loop region ends before it starts")
    return loop


def check_references(project: Project) -> None:
    """Refuses identifiers that occur twice and takes of unknown sources.

    Raises:
        ProjectFileError: see `from_json`.
    """
    clips = [clip for _, clip in project.clips()]
    _check_unique("track", (track.id for track in project.tracks))
    _check_unique("clip", (clip.id for clip in clips))
    _check_unique("marker", (marker.id for marker in project.markers))
    for clip in clips:
        if len(clip.takes) > 1:
            _check_unique("take", (take.id for take in clip.takes))
        for take in clip.takes:
            if take.source not in project.sources:
                raise damaged(f"the clip “{clip.name[:60]}” plays a source that the song does not list")


def _ordered(project: Project) -> Project:
    """`project` with clips, automation and markers in the order of their positions."""
    clock = project.clock

    def start(placed: Clip | AutomationPoint | Marker) -> int:
        return clock.frames(placed.position)

    tracks = (
        replace(
            track,
            clips=tuple(sorted(track.clips, key=start)),
            automation=tuple(sorted(track.automation, key=start)),
        )
        for track in project.tracks
    )
    return replace(project, tracks=tuple(tracks), markers=tuple(sorted(project.markers, key=start)))


def _check_unique(kind: str, ids: Iterable[str]) -> None:
    twice = [found for found, count in Counter(ids).items() if count > 1]
    if twice:
        raise damaged(f"two things of the kind “{kind}” have the identifier “{twice[0]}”")
