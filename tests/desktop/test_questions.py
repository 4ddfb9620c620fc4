"""Questions by the keyboard."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop.dialogs.frame import Question
from desktop.theme import Theme

BUTTONS = ("Save", "Don’t Save", "Cancel")


@pytest.mark.parametrize("dangerous", [False, True])
@pytest.mark.parametrize("focused", [*BUTTONS, None])
def test_enter_presses_the_button_that_has_the_focus(
    theme: Theme, qtbot: QtBot, focused: str | None, dangerous: bool
) -> None:
    answers: list[str] = []
    question = Question("Save?", "It is lost otherwise.", BUTTONS, answers.append, theme, dangerous=dangerous)
    with qtbot.waitExposed(question):
        question.show()
    if focused:
        question.buttons[focused].setFocus()
    QTest.keyClick(question.focusWidget(), Qt.Key.Key_Return)
    assert answers == [focused or ("Cancel" if dangerous else "Save")]
