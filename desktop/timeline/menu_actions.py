"""The program's actions as menus see them."""

from typing import Protocol

from PySide6.QtGui import QAction


class ActionTable(Protocol):
    """The program's actions by id, with their shortcuts."""

    def __getitem__(self, action_id: str) -> QAction: ...
