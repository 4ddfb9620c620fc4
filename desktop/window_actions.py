"""The actions that the window's menus, buttons and keys run, made from the table of `actions`."""

from collections.abc import Callable, Iterable

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QKeySequence

from desktop.actions import ACTIONS, Needs
from desktop.icons import Icons
from desktop.keymap import Keymap
from desktop.widgets.plain import entry_text, set_tooltip


class Actions:
    """The actions by id. `handlers` has one for each entry of the table."""

    def __init__(
        self, parent: QObject, icons: Icons, keymap: Keymap, handlers: dict[str, Callable[[], object]]
    ) -> None:
        missing = {spec.id for spec in ACTIONS} ^ set(handlers)
        if missing:
            raise KeyError(f"actions without a handler, or handlers without an action: {sorted(missing)}")
        self.keymap = keymap
        self._by_id: dict[str, QAction] = {}
        for spec in ACTIONS:
            action = QAction(spec.text, parent)
            action.setObjectName(spec.id)
            action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
            action.setCheckable(spec.checkable)
            action.setAutoRepeat(spec.id in ("undo", "redo", "zoom_in", "zoom_out"))
            if spec.icon:
                action.setIcon(icons.icon(spec.icon))
                action.setIconVisibleInMenu(False)
            if spec.id in ("quit", "about"):
                roles = {"quit": QAction.MenuRole.QuitRole, "about": QAction.MenuRole.AboutRole}
                action.setMenuRole(roles[spec.id])
            action.triggered.connect(_calling(handlers[spec.id]))
            self._by_id[spec.id] = action
        self._take_keys()
        keymap.changed.connect(self._take_keys)

    def _take_keys(self) -> None:
        """Gives each action its keys, and says them in its tooltip."""
        for action_id, action in self._by_id.items():
            action.setShortcuts([QKeySequence(key) for key in self.keymap.keys(action_id)])
            set_tooltip(action, self.keymap.tip(action_id))

    def __getitem__(self, action_id: str) -> QAction:
        return self._by_id[action_id]

    def enable(self, present: Iterable[Needs]) -> None:
        """Enables the actions whose needs are among `present`."""
        available = {Needs.NOTHING, *present}
        for spec in ACTIONS:
            self._by_id[spec.id].setEnabled(spec.needs in available)

    def set_undo_names(self, undo: str | None, redo: str | None) -> None:
        """Says in the menu what undo and redo would do."""
        for action_id, word, name in (("undo", "Undo", undo), ("redo", "Redo", redo)):
            self._by_id[action_id].setText(entry_text(f"{word} {name}") if name else word)


def _calling(handler: Callable[[], object]) -> Callable[[], None]:
    def call(*_: object) -> None:
        handler()

    return call
