"""What can be done with a clip beyond editing it: offered by the timeline, supplied by whoever builds it."""

from typing import Protocol

from desktop.timeline.menu_actions import ActionTable
from desktop.widgets.choices import Menu
from engine.project.model import Clip


class ClipTools(Protocol):
    """UI thread only."""

    @property
    def extends(self) -> bool:
        """Whether `extend` does something, so that the ends of clips can be dragged for it."""

    def extend(self, clip_id: str, frames: int, left: bool) -> object:
        """Makes so many frames more of a clip: before its start, or after its end."""

    def fill_menu(self, menu: Menu, clip: Clip, actions: ActionTable | None) -> None:
        """Adds entries to the menu of `clip`; `actions` are the program's, where there are any."""

    def choose_candidate(self, number: int) -> bool:
        """Chooses among candidates that are compared, by a digit from 1 to 9; False where none are."""

    def stop_live(self) -> bool:
        """Ends what is being made live, as Escape does; False where nothing is."""


class NoTools:
    """Clips are edited and nothing else."""

    extends = False

    def extend(self, clip_id: str, frames: int, left: bool) -> None:
        """Makes nothing."""

    def fill_menu(self, menu: Menu, clip: Clip, actions: ActionTable | None) -> None:
        """Adds nothing."""

    def choose_candidate(self, number: int) -> bool:
        """There is nothing to choose from."""
        return False

    def stop_live(self) -> bool:
        """There is nothing to end."""
        return False
