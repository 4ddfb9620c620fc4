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


def test_a_bar_covers_no_other_track_and_no_title(view, hand, theme):
    """Wherever it is placed at a clip of a usual row, wide or narrow, at either end of the view."""
    canvas = view.canvas
    bar = FloatingBar(theme, canvas)
    bar.row.addWidget(QLabel("Regenerate · Loop · Export"))
    row = canvas.rows.of("Bass")
    body = canvas.places.body_rect(row, hand.clip("c"))
    for left, width in ((body.left(), body.width()), (body.left() + 5, 12), (2, 30), (canvas.width() - 20, 18)):
        area = QRectF(left, body.top(), width, body.height())
        for at_left in (False, True):
            bar.place(area, QRectF(canvas.rect()), left=at_left)
            assert body.top() <= bar.y()
            assert bar.geometry().bottom() <= body.bottom() + 1
            assert bar.x() >= 0
            assert bar.geometry().right() < canvas.width()
    narrow = QRectF(body.left() + 100, body.top(), 12, body.height())
    bar.place(narrow, QRectF(canvas.rect()))
    assert not QRectF(bar.geometry()).intersects(narrow), "the grips of a short stretch stay free"
    area = QRectF(100, body.top(), 60, body.height())
    bar.place(area, QRectF(0, 0, bar.width() + 140, canvas.height()))  # there is room for it on no side
    assert bar.x() == 136, "it stands where less of the stretch is covered, at the right edge"
    bar.place(area.translated(20, 0), QRectF(0, 0, bar.width() + 80, canvas.height()))
    assert bar.x() == 4, "or at the left edge"


def test_the_card_of_an_empty_song_covers_no_track(view, opened):
    from engine.project import edits

    def edit(p):
        return edits.remove_clips(p, [clip.id for _, clip in p.clips()])

    opened.apply("empty", edit)
    card = view.invitation
    for _ in range(7):
        bottom = view.canvas.rows.height - view.viewport.top
        assert card.height() == 0 or card.y() >= bottom
        opened.apply("more", edits.add_track)
    assert card.height() == 0, "there is no room left for it"
