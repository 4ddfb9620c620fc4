"""The keys of the menus' entries: as they come, or as the user has chosen them."""

import json
from collections.abc import Iterable

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QKeySequence

from desktop.actions import ACTIONS, ActionSpec, tooltip
from desktop.settings import Settings

SETTING = "shortcuts"
"""Where the settings keep what differs from the defaults: JSON, lists of keys by the entries' ids."""

TIMELINE_KEYS = frozenset(
    QKeySequence(key).toString()
    for key in (
        *(f"{modifier}{arrow}" for modifier in ("", "Shift+", "Ctrl+") for arrow in ("Left", "Right", "Up", "Down")),
        *map(str, range(1, 10)),
        *("Return", "Enter", "Escape", "Tab", "Shift+Tab", "F2", "Menu"),
    )
)
"""Keys that the timeline and the fields of the window need themselves; no entry of a menu may have them."""

_TYPING = frozenset(
    f"{held}{key}"
    for held in ("Ctrl+", "Ctrl+Shift+", "Shift+")
    for key in ("A", "C", "X", "V", "Z", "Y", "Ins", "Del", "Backspace", "Home", "End", "Left", "Right", "Up", "Down")
) - {"Ctrl+Shift+A", "Ctrl+Shift+C", "Ctrl+Shift+X", "Ctrl+Shift+V", "Ctrl+Shift+Y"}
"""Keys that mean something in a line of text, whatever else they are chosen for."""


class Keymap(QObject):
    """Which keys run which entry of the menus; belongs to the UI thread.

    What the settings hold of entries and keys that there are not, or of keys given twice, is left out.
    """

    changed = Signal()
    """Some entry has other keys."""

    def __init__(self, settings: Settings | None = None, parent: QObject | None = None) -> None:
        """Reads the chosen keys; without settings the keys are as they come, and changes are not remembered."""
        super().__init__(parent)
        self._settings = settings
        self._chosen: dict[str, tuple[str, ...]] = {}
        for action_id, keys in _read(settings.text(SETTING) if settings else "").items():
            used_keys = {key for spec in ACTIONS if spec.id != action_id for key in self._chosen.get(spec.id, ())}
            self._chosen[action_id] = tuple(key for key in keys if key not in TIMELINE_KEYS | used_keys)
        self._work_out()

    def keys(self, action_id: str) -> tuple[str, ...]:
        """The keys of an entry, in Qt's portable notation; the first is the one that is shown."""
        return self._keys[action_id]

    def default_keys(self, action_id: str) -> tuple[str, ...]:
        """The keys that it comes with."""
        return tuple(QKeySequence(key).toString() for key in _SPECS[action_id].keys)

    def is_changed(self, action_id: str) -> bool:
        """Whether the user has chosen its keys."""
        return self.keys(action_id) != self.default_keys(action_id)

    def holder(self, keys: str) -> ActionSpec | None:
        """The entry that has these keys."""
        return next((spec for spec in ACTIONS if keys in self._keys[spec.id]), None)

    def shown(self, action_id: str) -> str:
        """Its first keys as this system writes them; empty where it has none."""
        keys = self._keys[action_id]
        return native(keys[0]) if keys else ""

    def tip(self, action_id: str) -> str:
        """The tooltip of an entry: what it does, and its keys."""
        return tooltip(_SPECS[action_id], self.shown(action_id))

    def set_keys(self, action_id: str, keys: str) -> None:
        """Gives an entry other keys, or none; whoever had them loses them.

        Raises ValueError with a sentence for keys that the window itself needs.
        """
        if keys in TIMELINE_KEYS:
            raise ValueError(f"{native(keys)} belongs to the timeline and the fields. Choose other keys.")
        holder = self.holder(keys) if keys else None
        if holder is not None and holder.id != action_id:
            self._chosen[holder.id] = tuple(key for key in self._keys[holder.id] if key != keys)
        self._chosen[action_id] = (keys,) if keys else ()
        self._keep()

    def reset(self, action_id: str) -> None:
        """Gives an entry the keys that it comes with; whoever has them now loses them."""
        self._chosen.pop(action_id, None)
        for keys in self.default_keys(action_id):
            for spec in ACTIONS:
                if spec.id != action_id and keys in self._keys[spec.id]:
                    self._chosen[spec.id] = tuple(key for key in self._keys[spec.id] if key != keys)
        self._keep()

    def reset_all(self) -> None:
        """Gives all entries the keys that they come with."""
        self._chosen.clear()
        self._keep()

    @property
    def any_changed(self) -> bool:
        """Whether the user has chosen any keys."""
        return any(self.is_changed(spec.id) for spec in ACTIONS)

    @property
    def passing(self) -> frozenset[str]:
        """Keys of entries that may run while an editor has the focus: they change neither the clips nor the playback.

        Tracks and markers are among them, since one adds several in a row and each opens for its name.
        """
        return self._passing

    @property
    def history(self) -> frozenset[str]:
        """Undo and redo: they are the song's while no text is being typed that they could mean."""
        return self._history

    # inside

    def _keep(self) -> None:
        self._work_out()
        self._chosen = {each: keys for each, keys in self._chosen.items() if self.is_changed(each)}
        if self._settings is not None:
            self._settings.put(SETTING, json.dumps(self._chosen) if self._chosen else "")
        self.changed.emit()

    def _work_out(self) -> None:
        used_keys = {key for keys in self._chosen.values() for key in keys}
        self._keys = {
            spec.id: self._chosen[spec.id]
            if spec.id in self._chosen
            else tuple(key for key in self.default_keys(spec.id) if key not in used_keys)
            for spec in ACTIONS
        }
        self._history = self._keys_of(spec for spec in ACTIONS if spec.id in ("undo", "redo"))
        beside = (s for s in ACTIONS if s.menu in ("File", "View", "Help") or s.id in ("add_track", "marker"))
        self._passing = frozenset(key for key in self._keys_of(beside) if _leaves_typing(key))

    def _keys_of(self, specs: Iterable[ActionSpec]) -> frozenset[str]:
        return frozenset(key for spec in specs for key in self._keys[spec.id])


_SPECS = {spec.id: spec for spec in ACTIONS}


def native(keys: str) -> str:
    """Keys as this system writes them."""
    return QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)


def _leaves_typing(keys: str) -> bool:
    """Whether keys mean nothing in a line of text: with Ctrl held, or a function key."""
    function = keys.rpartition("+")[2].startswith("F") and keys.rpartition("+")[2][1:].isdigit()
    return (function or "Ctrl+" in keys) and keys not in _TYPING


def _read(text: str) -> dict[str, tuple[str, ...]]:
    """The chosen keys from the settings, without what is none."""
    try:
        chosen = json.loads(text) if text else {}
    except (ValueError, RecursionError):
        return {}
    if not isinstance(chosen, dict):
        return {}
    return {
        each: tuple(filter(None, (QKeySequence(key).toString() for key in keys if isinstance(key, str))))
        for each, keys in chosen.items()
        if each in _SPECS and isinstance(keys, list)
    }
