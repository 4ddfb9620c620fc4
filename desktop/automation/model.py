"""What one lane shows: the points of a parameter, or what a drag makes of them, and where they lie on the screen."""

import numpy as np
from numpy.typing import NDArray

from desktop.document import Document
from desktop.view.viewport import Viewport
from engine.parameters import ParameterSpec
from engine.project import edits
from engine.project.curves import CurveValues, frame_points
from engine.project.lane_points import Chosen, Points
from engine.project.model import FADER, Curve, CurveShape, Project, Target
from engine.project.routing import parameter_of, value_of
from engine.timing.clock import Clock

PAD = 7.0
"""Px above the highest and below the lowest value."""
LAW_STEPS = 257
"""Places of a parameter's law that the screen interpolates between."""


class LaneModel:
    """The automation of one parameter. `draft` is what a drag has made of the points; None without one."""

    def __init__(self, document: Document, viewport: Viewport, height: int) -> None:
        self.document, self.viewport, self.height = document, viewport, height
        self.channel, self.target = "", Target(FADER.id)
        self.draft: Points | None = None
        self.chosen: Chosen = frozenset()
        self._law: tuple[ParameterSpec, NDArray[np.float64], NDArray[np.float64]] | None = None
        self._song: tuple[Project, Target, tuple[ParameterSpec | None, Points, float]] | None = None
        self._point_ys: tuple[Points, NDArray[np.float64]] | None = None
        self._placed: tuple[Points, Clock, NDArray[np.int64], CurveValues | None, bool] | None = None

    def show(self, channel: str, target: Target) -> bool:
        """Shows another parameter; says whether it is another one."""
        if (channel, target) == (self.channel, self.target):
            return False
        self.channel, self.target = channel, target
        self.draft, self.chosen, self._song, self._point_ys = None, frozenset(), None, None
        return True

    @property
    def clock(self) -> Clock:
        """The song's clock."""
        return self.document.project.clock

    @property
    def spec(self) -> ParameterSpec | None:
        """What the parameter is; None when it has gone."""
        return self._in_song()[0]

    @property
    def points(self) -> Points:
        """The points, with what a drag has made of them."""
        return self._in_song()[1] if self.draft is None else self.draft

    @property
    def is_straight(self) -> bool:
        """Whether the curve is drawn straight from point to point, and the control's travel is linear in the value."""
        return self._place()[4]

    @property
    def own_value(self) -> float:
        """The value without automation."""
        return self._in_song()[2]

    @property
    def frames(self) -> NDArray[np.int64]:
        """The frames of the points."""
        return self._place()[2]

    @property
    def point_ys(self) -> NDArray[np.float64]:
        """Where the values of the points lie."""
        points = self.points
        if self._point_ys is None or self._point_ys[0] is not points:
            self._point_ys = points, self.ys(np.array([point.value for point in points]))
        return self._point_ys[1]

    def values(self, frames: NDArray[np.float64]) -> NDArray[np.float64]:
        """The curve's values at frames; the parameter's own where nothing is automated."""
        curve = self._place()[3]
        return curve.values(frames) if curve else np.full(len(frames), self.own_value)

    def value_at(self, frame: float) -> float:
        """The curve's value at a frame."""
        return float(self.values(np.array([frame], np.float64))[0])

    def travels(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """The travel of the parameter's control at values."""
        spec = self.spec
        if spec is None:
            return np.zeros(len(values))
        if self._law is None or self._law[0] is not spec:
            steps = np.linspace(0.0, 1.0, LAW_STEPS)
            if spec.whole:
                steps = np.linspace(0.0, 1.0, round(spec.maximum - spec.minimum) + 1)
            self._law = spec, np.array([spec.value_at(step) for step in steps]), steps
        return np.interp(values, self._law[1], self._law[2])

    def ys(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Where values lie."""
        return self.height - PAD - self.travels(values) * (self.height - 2 * PAD)

    def y(self, value: float) -> float:
        """Where a value lies."""
        return float(self.ys(np.array([value]))[0])

    def travel_of(self, y: float) -> float:
        """The travel, 0 to 1, at a y."""
        return min(max((self.height - PAD - y) / (self.height - 2 * PAD), 0.0), 1.0)

    def x(self, index: int) -> float:
        """Where a point lies."""
        return self.viewport.x(int(self.frames[index]))

    def choose_at(self, frames: set[int]) -> None:
        """Chooses the points at these frames."""
        self.chosen = frozenset(index for index, frame in enumerate(self.frames.tolist()) if frame in frames)

    def apply(self, name: str, points: Points, *, merge: str | None = None) -> bool:
        """Makes these the points of the lane, as one undo step; keeps the choice where the points still are."""
        self.draft = None
        channel, target = self.channel, self.target
        return self.document.apply(name, lambda p: edits.set_lane(p, channel, target, points), merge=merge)

    def _in_song(self) -> tuple[ParameterSpec | None, Points, float]:
        """The parameter, its points and its own value, looked up once in each song that there is."""
        project, channel, target = self.document.project, self.channel, self.target
        if self._song is None or self._song[0] is not project or self._song[1] is not target:
            spec = None if channel and project.track(channel) is None else parameter_of(project, channel, target)
            lane = edits.lane_of(project, channel, target) if spec else None
            value = value_of(project, channel, target) if spec else None
            self._song = project, target, (spec, lane.curve.points if lane else (), 0.0 if value is None else value)
        return self._song[2]

    def _place(self) -> tuple[Points, Clock, NDArray[np.int64], CurveValues | None, bool]:
        points, clock = self.points, self.clock
        if self._placed is None or self._placed[0] is not points or self._placed[1] is not clock:
            places = frame_points(Curve(points), clock)
            frames = np.array([place[0] for place in places], np.int64)
            spec = self.spec
            curve = CurveValues(places, steps=spec is not None and spec.whole) if places else None
            straight = spec is not None and spec.law == "linear"
            straight = straight and all(point.shape is CurveShape.LINEAR for point in points)
            self._placed = points, clock, frames, curve, straight
        return self._placed
