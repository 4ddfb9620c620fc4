"""The rows of the timeline: one per track, with its take lanes below."""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from types import MappingProxyType

from engine.project.model import Project, Track
from engine.project.model.ranges import TRACK_HEIGHT

LANE_SHARE = 0.6
AUTOMATION_PX = 56
"""Height of a lane of automation, its separator included."""
MIN_HEIGHT, MAX_HEIGHT = TRACK_HEIGHT.low, TRACK_HEIGHT.high


@dataclass(frozen=True, slots=True)
class Row:
    """A track's place: `top` and heights in px from the first row's top; the last px of a row is its separator."""

    track: Track
    index: int
    top: int
    height: int  # of the track itself
    lanes: int  # take lanes below it
    lane_height: int
    automation: int = 0  # lanes of automation below its clips and takes

    @property
    def clips_bottom(self) -> int:
        """The y after the last px of its clips and their takes."""
        return self.top + self.height + self.lanes * self.lane_height

    @property
    def bottom(self) -> int:
        """The y after its last px."""
        return self.clips_bottom + self.automation * AUTOMATION_PX

    @property
    def full_height(self) -> int:
        """Height with all its lanes."""
        return self.bottom - self.top

    def lane_at(self, y: float) -> int | None:
        """The take lane at `y`; None on the track itself."""
        return None if y < self.top + self.height else min(int((y - self.top - self.height) // self.lane_height), 99)


class Rows:
    """All rows of a project. `folded` holds the ids of tracks whose take lanes are hidden."""

    def __init__(
        self,
        project: Project,
        folded: Set[str] = frozenset(),
        previous: "Rows | None" = None,
        automation: Mapping[str, int] = MappingProxyType({}),
    ) -> None:
        """`automation`: by track id, how many lanes of automation are shown below it."""
        earlier = previous._lanes if previous else {}
        rows = previous._rows if previous else []
        self._lanes: dict[str, tuple[Track, int]] = {}
        self._rows: list[Row] = []
        self._index: dict[str, int] = {}
        top = 0
        for index, track in enumerate(project.tracks):
            before = earlier.get(track.id)
            if before is None or before[0] is not track:
                before = track, most_takes(track)
            self._lanes[track.id] = before
            takes = before[1]
            lanes = takes if takes > 1 and track.id not in folded else 0
            curves = automation.get(track.id, 0)
            row = rows[index] if index < len(rows) else None
            if row is None or (row.track is not track) or (row.top, row.lanes, row.automation) != (top, lanes, curves):
                height = max(MIN_HEIGHT, min(track.height, MAX_HEIGHT))
                row = Row(track, index, top, height, lanes, round(height * LANE_SHARE), curves)
            self._rows.append(row)
            self._index[track.id] = index
            top = row.bottom
        self._tops = [row.top for row in self._rows]
        self.height = top

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[Row]:
        return iter(self._rows)

    def __getitem__(self, index: int) -> Row:
        return self._rows[index]

    def of(self, track_id: str) -> Row | None:
        """The row of a track."""
        index = self._index.get(track_id)
        return None if index is None else self._rows[index]

    def at(self, y: float) -> Row | None:
        """The row at `y`."""
        index = bisect_right(self._tops, y) - 1
        return self._rows[index] if 0 <= index < len(self._rows) and y < self._rows[index].bottom else None

    def between(self, top: float, bottom: float) -> list[Row]:
        """The rows that show between `top` and `bottom`."""
        first = max(bisect_right(self._tops, top) - 1, 0)
        return [row for row in self._rows[first : bisect_right(self._tops, bottom)] if row.bottom > top]

    def takes(self, track_id: str) -> int:
        """The most takes that a clip of the track has."""
        return self._lanes[track_id][1] if track_id in self._lanes else 0


def most_takes(track: Track) -> int:
    """The most takes that a clip of `track` has."""
    return max((len(clip.takes) for clip in track.clips), default=1)
