"""The project: immutable values, from the song down to a fade.

An edit is a function `Project -> Project` (see `engine.project.edits`). Unchanged parts keep their identity, so a view
or the player finds what changed with `is`. Times are positions (`engine.timing.position`) or frames at the project
rate; gains are in decibels, pans from −1 (left) to 1 (right). Mappings inside these values are never mutated. What a
field may hold stands in its type (`engine.project.model.ranges`); what several fields must have in common, in the
method `fault` of their class.
"""

from engine.project.model.channel import (
    FADER,
    MASTER,
    PANNING,
    SEND_LEVEL,
    ChannelKind,
    Curve,
    CurvePoint,
    CurveShape,
    Device,
    Lane,
    Send,
    Target,
)
from engine.project.model.clip import Clip, CompPart, GainPoint, Take, TakePart, audio_clip, audio_take
from engine.project.model.content import AudioContent, Content, Retiming, Stretch
from engine.project.model.fade import NO_FADE, Fade, FadeShape
from engine.project.model.form import NamedSpan
from engine.project.model.instrument import DEFAULT_INSTRUMENT, Instrument
from engine.project.model.notes import BendPoint, ControlPoint, NoteContent, NoteEvent
from engine.project.model.ranges import GAIN_DB, PROJECT_RATE, TRACK_HUES
from engine.project.model.song import LoopRegion, Marker, Project, new_project
from engine.project.model.source import Source
from engine.project.model.track import ROLES, AutomationPoint, Frozen, Track
from engine.project.model.warp import FINE_TUNE, TRANSPOSE, WarpMarker

__all__ = [
    "FADER",
    "MASTER",
    "PANNING",
    "SEND_LEVEL",
    "ChannelKind",
    "Curve",
    "CurvePoint",
    "CurveShape",
    "Device",
    "Lane",
    "Send",
    "Target",
    "DEFAULT_INSTRUMENT",
    "FINE_TUNE",
    "TRANSPOSE",
    "WarpMarker",
    "FORMAT_VERSION",
    "Frozen",
    "MAX_GAIN_DB",
    "MAX_PROJECT_RATE",
    "MIN_GAIN_DB",
    "MIN_PROJECT_RATE",
    "NO_FADE",
    "RATES",
    "ROLES",
    "TRACK_HUES",
    "AudioContent",
    "AutomationPoint",
    "BendPoint",
    "Clip",
    "CompPart",
    "Content",
    "ControlPoint",
    "Fade",
    "FadeShape",
    "GainPoint",
    "Instrument",
    "LoopRegion",
    "Marker",
    "NamedSpan",
    "NoteContent",
    "NoteEvent",
    "Project",
    "Retiming",
    "Source",
    "Stretch",
    "Take",
    "TakePart",
    "Track",
    "audio_clip",
    "audio_take",
    "new_project",
]

FORMAT_VERSION = 7
"""Version of the project file that this program writes."""

MIN_GAIN_DB, MAX_GAIN_DB = GAIN_DB.low, GAIN_DB.high
"""Gains at or below the minimum are silence."""

RATES = (22050, 24000, 32000, 44100, 48000, 88200, 96000, 176400, 192000)
"""Project rates on offer, in hertz; any from `MIN_PROJECT_RATE` to `MAX_PROJECT_RATE` is accepted."""

MIN_PROJECT_RATE, MAX_PROJECT_RATE = PROJECT_RATE.low, PROJECT_RATE.high
