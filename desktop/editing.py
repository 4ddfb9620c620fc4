"""What the menus and keys do to the song."""

import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from desktop.bridge import PlayerBridge
from desktop.document import Copied, Document
from engine.ids import new_id
from engine.project import edits
from engine.project.excerpt import parts_between
from engine.project.model import Clip, Project, Track
from engine.timing.duration import Duration
from engine.timing.position import Position


class Editing(QObject):
    """Edits on the selection. UI thread only."""

    track_added = Signal(str, str)
    """The id of a new track, whose name may be typed as a part of the undo step (the second text)."""
    marker_added = Signal(str, str)
    """The id of a new marker, likewise."""

    def __init__(self, document: Document, bridge: PlayerBridge) -> None:
        super().__init__()
        self._document = document
        self._bridge = bridge

    def handlers(self) -> dict[str, Callable[[], object]]:
        """The handlers by the ids of their actions."""
        return {
            "undo": self._document.undo,
            "redo": self._document.redo,
            "cut": self.cut,
            "copy": self.copy,
            "paste": self.paste,
            "duplicate": self.duplicate,
            "delete": self.delete,
            "ripple_delete": lambda: self.delete(ripple=True),
            "select_all": self.select_all,
            "select_none": lambda: self._document.select([]),
            "add_track": self.add_track,
            "duplicate_track": self.duplicate_track,
            "remove_track": self.remove_track,
            "track_up": lambda: self.shift_track(-1),
            "track_down": lambda: self.shift_track(1),
            "mute_track": self.mute_track,
            "solo_track": self.solo_track,
            "split": self.split,
            "join": lambda: self._on_clips("Join clips", edits.join),
            "crossfade": self.crossfade,
            "group_clips": lambda: self._on_clips("Group clips", edits.group_clips),
            "ungroup_clips": lambda: self._on_clips("Ungroup clips", edits.ungroup_clips),
            "trim_overlaps": self.trim_overlaps,
            "reverse": lambda: self._on_clips("Reverse clip", edits.reverse),
            "loop_clip": self.loop_clip,
            "mute_clip": self.mute_clip,
            "no_fades": self.remove_fades,
            "fit_chords": self.fit_chords,
            "insert_time": self.insert_time,
            "loop_selection": self.loop_selection,
            "marker": self.add_marker,
            "previous_marker": lambda: self.to_marker(-1),
            "next_marker": lambda: self.to_marker(1),
        }

    # clips

    def cut(self) -> None:
        """Copies the selected clips, or their parts in the selected time, and removes them."""
        if self.copy():
            self._remove("Cut selected time" if self._document.selection.region else "Cut clips", ripple=False)

    def copy(self) -> bool:
        """Puts the selected clips, or their parts in the selected time, on the clipboard; says whether there were any.

        The song stays as it is.
        """
        region = self._document.selection.region
        if region is None:
            return self._document.copy()
        project, ids = self._cut_at(self._document.project, region)
        rows = [(row, clip) for row, track in enumerate(project.tracks) for clip in track.clips if clip.id in ids]
        if rows:
            self._document.clipboard = tuple(Copied(row - rows[0][0], clip) for row, clip in rows)
            self._document.copied.emit()
        return bool(rows)

    def paste(self) -> None:
        """Pastes at the playhead, on the selected track or the first."""
        copied = self._document.clipboard
        if not copied:
            return
        project = self._document.project
        track_id = self._document.selection.track or (project.tracks[0].id if project.tracks else "")
        new_track = new_id() if not track_id else ""
        position = self._playhead()
        clips = [(each.track_offset, each.clip) for each in copied]

        def edit(project: Project) -> Project:
            if new_track:
                project = edits.add_track(project, track_id=new_track)
            return edits.paste(project, clips, track_id or new_track, position)

        self._apply_and_select_new("Paste", edit)

    def paste_files(self, files: Sequence[Path]) -> None:
        """Brings files in at the playhead, on the selected track."""
        self._document.import_files(files, self._document.selection.track, self._playhead())

    def duplicate(self) -> None:
        """Repeats the selected clips right behind themselves and selects the copies."""
        ids = self._ids()
        self._apply_and_select_new("Duplicate", lambda p: edits.duplicate(p, ids))

    def delete(self, *, ripple: bool = False) -> None:
        """Deletes the selected clips, or their parts in the selected time; with `ripple` later ones move up."""
        what = "selected time" if self._document.selection.region else "clips"
        self._remove("Ripple delete" if ripple else f"Delete {what}", ripple=ripple)

    def select_all(self) -> None:
        """Selects every clip."""
        self._document.select([clip.id for _, clip in self._document.project.clips()])

    def split(self) -> None:
        """Splits the selected clips at the ends of the selected time, else at the playhead.

        With no clip selected all that lie under the playhead are split.
        """
        document = self._document
        project, region, chosen = document.project, document.selection.region, document.selection.clips
        if region and chosen:
            parts: list[str] = []

            def edit(before: Project) -> Project:
                after, parts[:] = self._cut_at(before, region)
                return after

            if document.apply("Split at selected time", edit) and parts:
                document.select(parts)
            return
        frame = self._bridge.position
        under = [c.id for _, c in project.clips() if project.start_of(c) < frame < project.end_of(c)]
        ids = [clip_id for clip_id in under if clip_id in chosen] or (under if not chosen else [])
        if not ids:
            document.failed.emit(
                "The playhead is not in a selected clip: move it there, or press Esc to split what is under it."
                if under
                else "There is no clip under the playhead to split: move the playhead into one first."
            )
            return
        position = self._playhead()
        document.apply("Split clip", lambda p: edits.split(p, ids, position))

    def crossfade(self) -> None:
        """Crossfades each pair of neighbours among the selected clips."""
        chosen = self._document.selection.clips
        project = self._document.project
        pairs: list[tuple[str, str]] = []
        for track in project.tracks:
            clips = sorted((clip for clip in track.clips if clip.id in chosen), key=project.start_of)
            pairs += [(left.id, right.id) for left, right in pairwise(clips)]
        length = project.rate // 50
        folder = self._document.folder

        def edit(project: Project) -> Project:
            from engine.playback.crossfades import matched

            for left, right in pairs:
                first, follows = project.find_clip(left), project.find_clip(right)
                touch = first and follows and project.end_of(first[1]) <= project.start_of(follows[1])
                project = edits.crossfade(project, left, right, length=length if touch else None)
                project = matched(project, folder, left, right) if folder else project
            return project

        self._document.apply("Crossfade", edit)

    def trim_overlaps(self) -> None:
        """Cuts away what lies under other clips, of the overlaps of the selected clips."""
        if edits.overlapping(self._document.project, self._ids()):
            self._on_clips("Trim overlaps", edits.trim_overlaps)
        else:
            self._document.failed.emit("The selected clips overlap with no other clip, so there is nothing to trim.")

    def fit_chords(self) -> None:
        """Moves the notes of the selected clips to the song's chords."""
        from engine.inference.chord_fitting import fit_to_song

        self._on_clips("Fit to chords", lambda p, ids: fit_to_song(p, clips=ids))

    def loop_clip(self) -> None:
        """Makes the selected clips loop over their whole length, or stops them looping."""
        clips = self._clips()
        on = not all(clip.loop_length for _, clip in clips)

        def edit(project: Project) -> Project:
            for _, clip in clips:
                project = edits.set_loop(project, clip.id, clip.length if on else 0)
            return project

        self._document.apply("Loop clip" if on else "Unloop clip", edit)

    def mute_clip(self) -> None:
        """Mutes the selected clips, or all of them sound again."""
        on = not all(clip.mute for _, clip in self._clips())
        self._on_clips("Mute clip" if on else "Unmute clip", lambda p, ids: edits.set_clip(p, ids, mute=on))

    def remove_fades(self) -> None:
        """Takes the fades off the selected clips."""

        def edit(project: Project, ids: list[str]) -> Project:
            for clip_id in ids:
                project = edits.set_fade_out(edits.set_fade_in(project, clip_id, 0), clip_id, 0)
            return project

        self._on_clips("Remove fades", edit)

    def flatten(self) -> None:
        """Keeps only the chosen take of the selected clips."""

        def edit(project: Project, ids: list[str]) -> Project:
            for clip_id in ids:
                project = edits.flatten_takes(project, clip_id)
            return project

        self._on_clips("Keep chosen take", edit)

    def loop_selection(self) -> None:
        """Puts the loop region round the selected region or clips, and switches it on."""
        project = self._document.project
        region = self._document.selection.region
        clips = [clip for _, clip in self._clips()]
        if region is None and not clips:
            return
        if region is not None:
            start, end = (Position.at_frame(frame) for frame in region)
        else:
            start = min(clips, key=project.start_of).position
            last = max(project.end_of(clip) for clip in clips)
            end = Position.at_frame(last) if start.in_frames else Position.at_beat(project.clock.beat_at(last))
        self._document.apply("Loop selection", lambda p: edits.set_loop_region(p, start=start, end=end, on=True))

    def insert_time(self) -> None:
        """Opens as much empty time as is selected, on all tracks; with nothing selected, a bar at the playhead."""
        clock, region = self._document.project.clock, self._document.selection.region
        if region is not None:
            first, last = (clock.beat_at(frame) for frame in region)
        else:
            first = clock.beats(self._playhead())
            last = clock.beats(clock.after_bars(Position.at_beat(first), 1))
        position, length = Position.at_beat(first), Duration.of_beats(last - first)
        self._document.apply("Insert time", lambda p: edits.ripple_insert(p, position, length))

    # tracks

    def add_track(self) -> None:
        """Adds an empty track below the selected one, and opens its name."""
        project = self._document.project
        selected = self._document.selection.track
        ids = [track.id for track in project.tracks]
        index = ids.index(selected) + 1 if selected in ids else len(ids)
        track_id = new_id()
        step = f"add track {track_id}"
        if self._document.apply("Add track", lambda p: edits.add_track(p, index=index, track_id=track_id), step):
            self._document.select(track=track_id)
            self.track_added.emit(track_id, step)

    def duplicate_track(self) -> None:
        """Repeats the selected track below itself."""
        if track := self._track():
            self._document.apply("Duplicate track", lambda p: edits.duplicate_track(p, track.id))

    def remove_track(self) -> None:
        """Removes the selected track and its clips."""
        if track := self._track():
            index = self._document.project.tracks.index(track)
            self._document.apply("Remove track", lambda p: edits.remove_tracks(p, [track.id]))
            tracks = self._document.project.tracks
            if tracks:
                self._document.select(track=tracks[min(index, len(tracks) - 1)].id)

    def shift_track(self, step: int) -> None:
        """Moves the selected track up or down."""
        if track := self._track():
            index = self._document.project.tracks.index(track) + step
            if 0 <= index < len(self._document.project.tracks):
                self._document.apply("Move track", lambda p: edits.move_track(p, track.id, index))

    def mute_track(self) -> None:
        """Mutes the selected track, or lets it sound."""
        if track := self._track():
            on = not track.mute
            self._document.apply("Mute" if on else "Unmute", lambda p: edits.set_track(p, track.id, mute=on))

    def solo_track(self) -> None:
        """Solos the selected track, or ends that."""
        if track := self._track():
            on = not track.solo
            self._document.apply("Solo" if on else "Unsolo", lambda p: edits.set_track(p, track.id, solo=on))

    # markers

    def add_marker(self) -> None:
        """Marks the playhead's place."""
        self.add_marker_at(self._playhead())

    def add_marker_at(self, position: Position) -> None:
        """Puts a marker at `position`, and opens its name."""
        before = {marker.id for marker in self._document.project.markers}
        step = f"add marker {new_id()}"
        self._document.apply("Add marker", lambda p: edits.add_marker(p, position), step)
        for marker in self._document.project.markers:
            if marker.id not in before:
                self.marker_added.emit(marker.id, step)

    def to_marker(self, direction: int) -> None:
        """Moves the playhead to the marker before (−1) or after (1) it."""
        project, here = self._document.project, self._bridge.position
        places = [project.clock.frames(marker.position) for marker in project.markers]
        ahead = [place for place in places if (place - here) * direction > 0]
        if ahead:
            self._bridge.locate(min(ahead, key=lambda place: abs(place - here)))

    def selected_parts(self) -> tuple[Project, list[str]]:
        """The song with the selected clips split at the ends of the selected time, and the ids of what is selected."""
        project, region = self._document.project, self._document.selection.region
        return (project, self._ids()) if region is None else self._cut_at(project, region)

    # inside

    def _ids(self) -> list[str]:
        return [clip.id for _, clip in self._clips()]

    def _clips(self) -> list[tuple[Track, Clip]]:
        chosen = self._document.selection.clips
        return [(track, clip) for track, clip in self._document.project.clips() if clip.id in chosen]

    def _track(self) -> Track | None:
        track_id = self._document.selection.track
        return self._document.project.track(track_id) if track_id else None

    def _remove(self, name: str, *, ripple: bool) -> None:
        region = self._document.selection.region
        if region is None:
            self._on_clips(name, lambda p, ids: edits.remove_clips(p, ids, ripple=ripple))
        elif self._ids():
            self._document.apply(name, lambda p: edits.remove_clips(*self._cut_at(p, region), ripple=ripple))
            self._document.select(())

    def _cut_at(self, project: Project, region: tuple[int, int]) -> tuple[Project, list[str]]:
        """`project` with the selected clips split at both ends of `region`, and the ids of the parts inside."""
        return parts_between(project, self._ids(), *region, self.place)

    def _on_clips(self, name: str, edit: Callable[[Project, list[str]], Project]) -> None:
        ids = self._ids()
        if ids:
            self._document.apply(name, lambda project: edit(project, ids))

    def _apply_and_select_new(self, name: str, edit: Callable[[Project], Project]) -> None:
        before = {clip.id for _, clip in self._document.project.clips()}
        if self._document.apply(name, edit):
            self._document.select([c.id for _, c in self._document.project.clips() if c.id not in before])

    def _playhead(self) -> Position:
        return self.place(self._bridge.position)

    def place(self, frame: int) -> Position:
        """`frame` in beats where it stands exactly on a 32nd or a triplet of one, else itself."""
        clock = self._document.project.clock
        ticks = clock.beat_at(frame) * 24
        near = Position.at_beat(Fraction(math.floor(ticks + Fraction(1, 2)), 24))
        return near if clock.frames(near) == frame else Position.at_frame(frame)
