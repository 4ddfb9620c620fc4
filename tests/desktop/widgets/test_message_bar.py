import pytest

from desktop.icons import Icons
from desktop.theme import Theme
from desktop.widgets.message_bar import MessageBar


@pytest.mark.parametrize(("button", "error"), [("", False), ("Undo", False), ("", True), ("Save", True)])
def test_no_message_stays_for_ever(qtbot, theme: Theme, button: str, error: bool) -> None:
    bar = MessageBar(theme, Icons(theme))
    qtbot.addWidget(bar)
    bar.show_message("Something is to be known.", button, lambda: None, error=error)
    assert bar._going.isActive()
    bar._going.setInterval(0)
    qtbot.waitUntil(bar.isHidden)
