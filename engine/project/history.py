"""Undo and redo: the song's earlier and later values, with the names of the edits between them."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from engine.project.model import Project

LIMIT = 1000
"""Undo steps that are kept; the oldest goes first."""


@dataclass(frozen=True, slots=True)
class _Step:
    name: str
    project: Project
    merge: str | None = None


class History:
    """The values of a song in the order in which they came about, and which of them is current.

    Keeping a value costs only what differs from the one before it. One thread may use a history at a time.
    """

    def __init__(self, project: Project, name: str = "Open", *, limit: int = LIMIT) -> None:
        self._steps = [_Step(name, project)]
        self._at = 0
        self._limit = limit
        self._open = False

    @property
    def current(self) -> Project:
        """The song as it is now."""
        return self._steps[self._at].project

    @property
    def can_undo(self) -> bool:
        """Whether there is an edit to undo."""
        return self._at > 0

    @property
    def can_redo(self) -> bool:
        """Whether there is an edit to redo."""
        return self._at + 1 < len(self._steps)

    @property
    def undo_name(self) -> str | None:
        """The name of the edit that `undo` takes back; None if there is none."""
        return self._steps[self._at].name if self.can_undo else None

    @property
    def redo_name(self) -> str | None:
        """The name of the edit that `redo` makes again; None if there is none."""
        return self._steps[self._at + 1].name if self.can_redo else None

    @property
    def entries(self) -> list[tuple[str, bool]]:
        """(name, whether it is current) of every value, oldest first; the first is what the history began with."""
        return [(step.name, at == self._at) for at, step in enumerate(self._steps)]

    def done(self, name: str, project: Project, merge: str | None = None) -> None:
        """Takes in the value after an edit; what could be redone is dropped.

        Steps that follow each other with the same `merge` key become one (a drag, a turn of a knob), until `close_step`
        or another edit. If `project` is the current value nothing happens.
        """
        if project is self.current:
            return
        del self._steps[self._at + 1 :]
        last = self._steps[-1]
        if merge is not None and self._open and merge == last.merge and self._at > 0:
            self._steps[-1] = _Step(name, project, merge)
            return
        self._steps.append(_Step(name, project, merge))
        if len(self._steps) > self._limit + 1:
            del self._steps[0]
        self._at = len(self._steps) - 1
        self._open = True

    def gathered(self, name: str, project: Project, since: Project) -> None:
        """Takes in the value after an edit as one step with all that came after the value `since`.

        Where that value is not in the history it is a step of its own. What could be redone is dropped.
        """
        del self._steps[self._at + 1 :]
        at = next((at for at in range(self._at, -1, -1) if self._steps[at].project is since), self._at)
        del self._steps[at + 1 :]
        self._steps.append(_Step(name, project))
        self._at = len(self._steps) - 1
        self._open = False

    def base(self, merge: str | None) -> Project:
        """What an edit with this merge key would be one step away from: the value before the open step of that key.

        Where no such step is open it is the current value.
        """
        goes_on = merge is not None and self._open and self._at > 0 and self._steps[self._at].merge == merge
        return self._steps[self._at - 1].project if goes_on else self.current

    def first_with(self, source_id: str) -> Project:
        """The oldest value that has that source; the current one where none has."""
        return next((step.project for step in self._steps if source_id in step.project.sources), self.current)

    def close_step(self) -> None:
        """Ends a gesture: the next edit is a step of its own even with the same merge key."""
        self._open = False

    def amend(self, project: Project) -> None:
        """Puts `project` in the place of the current value, as when a sound has grown; no step, redo stays."""
        self._steps[self._at] = replace(self._steps[self._at], project=project)

    def amend_all(self, change: Callable[[Project], Project], *, since: str | None = None) -> None:
        """Makes `change` to every value, or to that of the step with the merge key `since` and those after it.

        Values that it returns as they are keep their identity.
        """
        first = 0 if since is None else self._index(since)
        self._steps[first:] = [replace(step, project=change(step.project)) for step in self._steps[first:]]

    def holds(self, key: str) -> bool:
        """Whether the step with the merge key `key` is current or lies before the current one."""
        return self._index(key) <= self._at

    def forget(self, key: str) -> None:
        """Takes the step with the merge key `key` out of the history, value and all, if it is there.

        Where it was current, the value before it is. Values after it stay as they are; see `amend_all`.
        """
        at = self._index(key)
        if at < len(self._steps):
            del self._steps[at]
            self._at -= self._at >= at
            self._open = False

    def _index(self, key: str) -> int:
        """The place of the step with that merge key; after the last if there is none."""
        return next((at for at, step in enumerate(self._steps) if at and step.merge == key), len(self._steps))

    def undo(self) -> Project:
        """Goes one edit back, if there is one; returns the current value."""
        return self.jump(self._at - 1)

    def redo(self) -> Project:
        """Goes one edit forward, if there is one; returns the current value."""
        return self.jump(self._at + 1)

    def jump(self, index: int) -> Project:
        """Makes entry `index` (brought into range) current; returns its value."""
        self._at = min(max(index, 0), len(self._steps) - 1)
        self._open = False
        return self.current
