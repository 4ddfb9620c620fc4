"""The ruler, the headers, the menus and files dropped from outside."""

import threading
from fractions import Fraction

import pytest
import soundfile
from PySide6.QtCore import QEvent, QMimeData, QObject, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

from desktop.timeline.ruler import HEIGHT
from engine.project import edits
from tests.places import place_at, places_at

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
BEAT = 4000


def drag(widget, start: QPoint, by: QPoint, modifiers=NONE, *, release: bool = True) -> None:
    QTest.mousePress(widget, LEFT, modifiers, start)
    for share in (0.5, 1.0):
        place = QPointF(start + by * share)
        event = QMouseEvent(QMouseEvent.Type.MouseMove, place, widget.mapToGlobal(place), LEFT, LEFT, modifiers)
        QApplication.sendEvent(widget, event)
    if release:
        QTest.mouseRelease(widget, LEFT, modifiers, start + by)


def test_click_in_the_ruler_seeks_on_the_grid(hand):
    QTest.mouseClick(hand.view.ruler, LEFT, NONE, QPoint(hand.x(3) + 2, 20))
    assert hand.view._bridge.position == 3 * BEAT
    assert hand.view.playhead.x() == hand.x(3)


def test_alt_drag_in_the_ruler_selects_time(hand):
    drag(hand.view.ruler, QPoint(hand.x(2), 14), QPoint(hand.beats(4), 0), Qt.KeyboardModifier.AltModifier)
    assert hand.canvas.document.selection.region == (2 * BEAT, 6 * BEAT)


def test_marker_is_dragged_clicked_and_renamed(hand):
    ruler = hand.view.ruler
    flag = ruler.flag_rect(hand.project.markers[0]).center().toPoint()
    QTest.mouseClick(ruler, LEFT, NONE, flag)
    assert hand.view._bridge.position == 16 * BEAT
    drag(ruler, flag, QPoint(hand.beats(2), 0))
    assert hand.project.markers[0].position == place_at(Fraction(18))
    ruler.rename(hand.project.markers[0])
    editor = QApplication.focusWidget()
    QTest.keyClicks(editor, "Chorus")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    assert hand.project.markers[0].name == "Chorus"


def test_loop_brace(hand):
    ruler = hand.view.ruler
    assert not hand.project.loop.on
    QTest.mouseClick(ruler, LEFT, NONE, QPoint(hand.x(8), 2))
    assert hand.project.loop.on
    drag(ruler, QPoint(hand.x(16), 2), QPoint(hand.beats(-4), 0))
    assert (hand.project.loop.start, hand.project.loop.end) == (place_at(Fraction(0)), place_at(Fraction(12)))
    drag(ruler, QPoint(hand.x(6), 2), QPoint(hand.beats(4), 0))
    assert (hand.project.loop.start, hand.project.loop.end) == (place_at(Fraction(4)), place_at(Fraction(16)))
    before = hand.project
    drag(ruler, QPoint(hand.x(6), 2), QPoint(hand.beats(4), 0), release=False)
    QTest.keyClick(ruler, Qt.Key.Key_Escape)
    QTest.mouseRelease(ruler, LEFT, NONE, QPoint(hand.x(10), 2))
    assert hand.project is before
    drag(ruler, QPoint(hand.x(18), 2), QPoint(hand.beats(3), 0))
    assert (hand.project.loop.start, hand.project.loop.end) == (place_at(Fraction(18)), place_at(Fraction(21)))


def test_header_switches_and_values(hand):
    header = hand.view.headers.header("Bass")
    assert header.gain.accessibleName() == "Bass gain"
    QTest.mouseClick(header.mute, LEFT)
    QTest.mouseClick(header.solo, LEFT)
    track = hand.project.track("Bass")
    assert (track.mute, track.solo) == (True, True)
    QTest.keyClick(header.gain, Qt.Key.Key_Up)
    assert hand.project.track("Bass").gain_db == 0.5
    QTest.keyClick(header.pan, Qt.Key.Key_Down)
    assert hand.project.track("Bass").pan == pytest.approx(-0.05)


def test_header_is_renamed_resized_and_reordered(hand):
    header = hand.view.headers.header("Drums")
    QTest.mouseDClick(header, LEFT, NONE, QPoint(40, 14))
    editor = QApplication.focusWidget()
    QTest.keyClicks(editor, "Kit")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    assert hand.project.track("Drums").name == "Kit"
    drag(header, QPoint(60, 71), QPoint(0, 300))
    assert hand.project.track("Drums").height == 200
    drag(header, QPoint(60, 199), QPoint(0, -400))
    assert hand.project.track("Drums").height == 36
    drag(header, QPoint(60, 14), QPoint(0, 90))
    assert [track.id for track in hand.project.tracks] == ["Bass", "Drums", "Keys"]
    QTest.mouseClick(header, LEFT, NONE, QPoint(60, 14))
    assert hand.canvas.document.selection.track == header.track_id


def test_headers_follow_the_scroll(hand):
    for name in ("Drums", "Bass", "Keys"):
        hand.canvas.document.apply("tall", lambda p, name=name: edits.set_track(p, name, height=200))
    hand.view.viewport.scroll_to(top=150)
    assert hand.view.headers.header("Bass").y() == 50
    hand.view.viewport.scroll_to(top=210)
    assert hand.view.headers.header("Drums") is None


def test_a_header_that_scrolls_away_shows_the_track_that_comes_unless_it_is_in_use(hand):
    document, headers, viewport = hand.canvas.document, hand.view.headers, hand.view.viewport
    for name in ("d", "e", "f", "g"):
        document.apply("add", lambda p, name=name: edits.add_track(p, name, track_id=name))
    for track in hand.project.tracks:
        document.apply("tall", lambda p, track=track: edits.set_track(p, track.id, height=200))
    document.apply("mute", lambda p: edits.set_track(p, "Drums", mute=True))
    first, second = headers.header("Drums"), headers.header("Bass")
    viewport.scroll_to(top=200)
    assert headers.header("Drums") is None
    assert first.track_id not in ("Drums", "Bass")
    assert headers.header(first.track_id) is first
    assert not first.isHidden()
    assert not first.mute.isChecked()
    assert first.y() == hand.canvas.rows.of(first.track_id).top - 200
    second.setAttribute(Qt.WidgetAttribute.WA_UnderMouse)
    viewport.scroll_to(top=400)
    assert second.isHidden()
    assert second.track_id == "Bass"


def entries(menu: QMenu) -> dict[str, object]:
    return {action.text(): action for action in menu.actions() if action.text()}


def test_menus_act_on_what_was_clicked(hand):
    menus, canvas = hand.view.menus, hand.canvas
    hand.view.marker_requested.connect(
        lambda place: canvas.document.apply("Add marker", lambda p: edits.add_marker(p, place))
    )
    menu = menus.for_hit(canvas.pointer.hit(QPointF(hand.at("a", 60, 8))))
    assert {"Split Here", "Rename Clip…\tF2", "Colour", "Fade-In Shape"} <= entries(menu).keys()
    menus.for_hit(canvas.pointer.hit(QPointF(hand.at("a", hand.beats(1), 8)))).actions()
    menu = menus.for_ruler(8 * BEAT, None)
    entries(menu)["Add Marker Here"].trigger()
    assert [marker.position for marker in hand.project.markers] == places_at([Fraction(8), Fraction(16)])
    entries(menus.for_ruler(0, hand.project.markers[0].id))["Remove Marker"].trigger()
    assert len(hand.project.markers) == 1
    menu = menus.for_track("Keys")
    entries(entries(menu)["Height"].menu())["Small"].trigger()
    assert hand.project.track("Keys").height == 36
    hand.canvas.document.select(["a"])
    hand.canvas.document.copy()
    menu = menus.for_hit(canvas.pointer.hit(QPointF(hand.x(20), 160)))
    entries(menu)["Paste Here"].trigger()
    assert hand.project.track("Keys").clips[0].position == place_at(Fraction(20))


def test_right_click_selects_and_opens_the_menu(hand, qtbot):
    with qtbot.waitSignal(hand.canvas.menu_requested):
        QTest.mouseClick(hand.canvas, Qt.MouseButton.RightButton, NONE, hand.at("c", 60, 8))
    assert hand.canvas.document.selection.clips == {"c"}
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    menu.close()


def test_files_dropped_on_a_track_and_below(hand, qtbot, source_file):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(source_file)), QUrl.fromLocalFile("/nothing/notes.txt")])
    actions, buttons = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    for point, track in ((QPointF(hand.x(3), 90), "Bass"), (QPointF(hand.x(3), 330), None)):
        enter = QDragEnterEvent(point.toPoint(), actions, data, buttons, NONE)
        hand.canvas.dragEnterEvent(enter)
        assert enter.isAccepted()
        hand.canvas.dragMoveEvent(QDragMoveEvent(point.toPoint(), actions, data, buttons, NONE))
        hand.canvas.grab()
        with qtbot.waitSignal(hand.view.import_requested) as wish:
            hand.canvas.dropEvent(QDropEvent(point, actions, data, buttons, NONE))
        assert wish.args == [[source_file], track, place_at(Fraction(3))]


def test_an_import_shows_where_it_will_be_and_can_be_cancelled(hand, qtbot, source_file):
    document = hand.canvas.document
    go_on = threading.Event()
    document.jobs.submit("Something before it", lambda context: go_on.wait(20))
    document.import_files([source_file], "Keys", place_at(Fraction(2)))
    document.import_files([source_file], None, place_at(Fraction(3)))
    boxes = [box for _, box in hand.canvas.placeholders.boxes(hand.canvas.rows)]
    assert [box.left() for box in boxes] == [hand.x(2), hand.x(3)]
    hand.canvas.grab()
    for box in reversed(boxes):
        hand.click(QPoint(round(box.right()) - 8, round(box.top()) + 8))
    go_on.set()
    qtbot.waitUntil(lambda: not document.coming)
    assert not hand.project.track("Keys").clips
    assert len(hand.project.tracks) == 3


def test_ruler_stays_28_high(view):
    assert view.ruler.height() == HEIGHT == 28
    assert view.headers.width() == 220


def test_a_selected_track_comes_into_view(hand):
    document = hand.canvas.document
    for name in ("d", "e", "f", "g", "h"):
        document.apply("t", lambda p, name=name: edits.add_track(p, name, track_id=name))
    document.select(track="h")
    row, viewport = hand.canvas.rows.of("h"), hand.view.viewport
    assert viewport.top <= row.top < row.bottom <= viewport.top + viewport.height
    before = viewport.top
    document.select(track="g")
    assert viewport.top == before


def test_a_solo_dims_the_others_names(hand):
    document = hand.canvas.document
    document.apply("s", lambda p: edits.set_track(p, "Bass", solo=True))
    headers = hand.view.headers
    assert [headers.header(name)._silent for name in ("Drums", "Bass", "Keys")] == [True, False, True]
    document.undo()
    assert not headers.header("Drums")._silent


def test_a_header_dragged_to_the_edge_scrolls(hand, qtbot):
    document = hand.canvas.document
    for name in ("d", "e", "f", "g", "h"):
        document.apply("t", lambda p, name=name: edits.add_track(p, name, track_id=name))
    headers, viewport = hand.view.headers, hand.view.viewport
    place = headers.mapToGlobal(QPoint(60, headers.height() - 2))
    headers._on_dragged("Drums", place)
    qtbot.waitUntil(lambda: viewport.top == viewport.max_top)
    headers._on_dropped("Drums", place)
    assert not headers._pull.active
    assert document.project.tracks[-1].id == "Drums"


class Paints(QObject):
    """Notes which columns of a widget are painted."""

    def __init__(self):
        super().__init__()
        self.columns = set()

    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint:
            for rect in event.region():
                self.columns |= set(range(rect.left(), rect.right() + 1))
        return False


def test_the_playhead_leaves_nothing_of_itself_after_a_scroll(hand, qtbot):
    """The head that a scroll has moved is painted over where it is now, not where it was before."""
    view = hand.view
    view.show()
    qtbot.waitExposed(view)
    ruler, bridge, viewport = view.ruler, view._bridge, view.viewport
    viewport.set_zoom(50.0, 0)
    bridge.seek(400 * 50)
    viewport.scroll_to(100 * 50)
    QApplication.processEvents()
    paints = Paints()
    ruler.installEventFilter(paints)
    bridge.seek(600 * 50)
    QApplication.processEvents()
    ruler.removeEventFilter(paints)
    here = round(viewport.x(400 * 50))
    assert set(range(here - 5, here + 6)) <= paints.columns


def test_what_is_dropped_is_shown_as_long_as_it_will_be(hand, source_file, qtbot):
    canvas = hand.canvas
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(source_file))])
    below = canvas.rows.height - canvas.viewport.top
    place = QPoint(hand.x(2), below + 10)
    actions = Qt.DropAction.CopyAction
    canvas.dragEnterEvent(QDragEnterEvent(place, actions, data, LEFT, NONE))
    info = soundfile.info(source_file)
    frames = -(-info.frames * hand.project.rate // info.samplerate)
    qtbot.waitUntil(lambda: canvas._lengths == {source_file: frames}, timeout=20000)
    empty = canvas.grab().toImage()
    canvas._lengths = {source_file: frames + 100 * 40}
    longer = canvas.grab().toImage()
    y = below + 30
    right = round(canvas.viewport.x(2 * BEAT + frames))
    assert empty.pixel(right + 20, y) != longer.pixel(right + 20, y), "its end lies where the file's does"
    canvas._drop = None


def test_files_that_do_not_fit_are_shown_on_a_new_track_below(hand, source_file):
    """Clips are in their way: what is dropped makes a new track, and is shown where that will be."""
    canvas, hints = hand.canvas, []
    canvas.hint_changed.connect(hints.append)
    row = canvas.rows.of("Drums")
    clip = row.track.clips[0]
    start = hand.project.start_of(clip)
    end = max(hand.project.end_of(each) for each in row.track.clips)
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(source_file))])
    canvas._lengths = {source_file: BEAT}
    before = canvas.grab().toImage()
    y = row.top - canvas.viewport.top + row.full_height
    shown = {}
    for name, frame in (("in the way", start), ("free", end + BEAT)):
        place = QPoint(round(canvas.viewport.x(frame)), row.top + 10)
        canvas.dragEnterEvent(QDragEnterEvent(place, Qt.DropAction.CopyAction, data, LEFT, NONE))
        picture = canvas.grab().toImage()
        inside = round(canvas.viewport.x(frame + BEAT // 2))
        shown[name] = [picture.pixel(inside, at) != before.pixel(inside, at) for at in (y - row.height // 3, y + 40)]
        canvas._drop = None
    assert shown == {"in the way": [False, True], "free": [True, False]}
    assert hints[0].startswith("Drop: a new track below, since clips are in the way")
    assert hints[1].startswith("Drop: import here")
