"""The small bars over the canvas: what lies under them is not clicked."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from desktop.timeline.floating_bar import FloatingBar


def test_a_click_on_a_bar_beside_its_buttons_is_not_the_canvas_s(view, opened, hand, theme):
    canvas = view.canvas
    hand.click(hand.at("a", 30, 40))
    assert opened.selection.clips == {"a"}
    bar = FloatingBar(theme, canvas)
    word = QLabel("2 of 8 steps")
    bar.row.addWidget(word)
    bar.place(QRectF(canvas.rect()), QRectF(canvas.rect()))
    bar.move(hand.at("b", 4, 20))
    under = bar.mapToParent(word.geometry().center())
    QTest.mouseMove(word, word.rect().center())
    QTest.mouseClick(word, Qt.MouseButton.LeftButton)
    QTest.mouseDClick(word, Qt.MouseButton.LeftButton)
    assert opened.selection.clips == {"a"}
    bar.hide()
    hand.click(under)
    assert opened.selection.clips != {"a"}, "without the bar it is"
