"""Every control has a name, can be reached by Tab, and shows its focus."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QMenuBar,
    QScrollBar,
    QTabBar,
    QWidget,
)
from pytestqt.qtbot import QtBot

from desktop.widgets.control import ValueControl
from desktop.widgets.message_bar import MessageBar
from tests.places import place_at

if TYPE_CHECKING:
    from desktop.app import Desk

CONTROLS = (
    QAbstractButton, QAbstractItemView, QAbstractSlider, QAbstractSpinBox, QComboBox, QLineEdit, QTabBar, ValueControl,
)  # fmt: skip


def nameless(window: QWidget) -> list[str]:
    bad = []
    for widget in window.findChildren(QWidget):
        interactive = isinstance(widget, CONTROLS) or widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        own = type(widget).__module__.startswith("desktop.")
        inside = isinstance(widget, QScrollBar) or widget.objectName().startswith("qt_")
        inside |= isinstance(widget.parentWidget(), QComboBox | QTabBar) or isinstance(
            widget.window().parentWidget(), QComboBox
        )
        if not interactive or inside or (not own and not isinstance(widget, CONTROLS)):
            continue
        text = widget.text() if isinstance(widget, QAbstractButton) else ""
        if not (widget.accessibleName() or text).strip():
            bad.append(f"{type(widget).__name__} in {type(widget.parentWidget()).__name__}")
    return bad


@pytest.fixture
def full(song: "Desk", qtbot: QtBot, wav: Path) -> "Desk":
    song.document.import_files([wav], "drums", place_at(0))
    qtbot.waitUntil(lambda: bool(song.document.project.tracks[0].clips), timeout=20000)
    for dock in (song.right, song.bottom):  # all panels are built
        first = dock.current
        for number in range(dock.tabs.count()):
            dock.open(str(dock.tabs.tabData(number)))
        dock.open(first)
    return song


def test_every_control_has_a_name(full: "Desk") -> None:
    assert nameless(full.window) == []


def test_every_control_of_the_dialogs_has_a_name(full: "Desk", qtbot: QtBot) -> None:
    for action in ("new_options", "shortcuts", "export", "audio_settings", "about"):
        full.actions[action].trigger()
        dialog = QApplication.activeModalWidget() or next(
            widget
            for widget in reversed(QApplication.topLevelWidgets())
            if widget.isVisible() and widget is not full.window and widget.windowTitle()
        )
        assert nameless(dialog) == [], action
        qtbot.waitUntil(lambda: not full.jobs.running, timeout=20000)
        dialog.close()
        QApplication.processEvents()


def test_every_button_says_what_it_does(full: "Desk") -> None:
    """Buttons and lists to choose from have a tooltip; those of Qt's own parts do not."""
    full.right.open("Models")
    silent = [
        f"{type(widget).__name__} {widget.accessibleName() or getattr(widget, 'text', str)()}"
        for widget in full.window.findChildren(QWidget)
        if isinstance(widget, QAbstractButton | QComboBox)
        and not widget.toolTip()
        and not isinstance(widget.parentWidget(), QTabBar | QMenuBar)
        and not isinstance(widget.parentWidget(), MessageBar)  # its button's text is in its sentence's
    ]
    assert silent == []
    for dock, name, keys in ((full.bottom, "Spectrogram", "Ctrl+4"), (full.right, "Models", "Ctrl+5")):
        titles = [dock.tabs.tabText(index) for index in range(dock.tabs.count())]
        assert keys in dock.tabs.tabToolTip(titles.index(name))


def test_tab_goes_round_and_the_transport_comes_before_the_mixer(full: "Desk", qtbot: QtBot) -> None:
    full.window.activateWindow()
    full.right.open("Clip")
    start = full.top_bar.position
    start.setFocus()
    seen: list[QWidget] = [start]
    for _ in range(200):
        focused = QApplication.focusWidget()
        assert focused is not None
        qtbot.keyClick(focused, Qt.Key.Key_Tab)
        focused = QApplication.focusWidget()
        if focused is seen[0]:
            break
        assert focused is not None
        seen.append(focused)
    else:
        raise AssertionError("Tab does not come back to where it began")
    strip, panel = full.mixer.strip("drums"), full.inspecting.clip_panel()
    for expected in (
        [
            full.top_bar.position,
            full.timeline.canvas,
            panel.name,
            strip.pan,
            strip.mute,
            strip.solo,
            strip.fader,
            full.mixer.master.fader,
        ],
        [panel.name, panel.position, panel.gain, panel.fade_in, panel.shape_in, panel.loop, panel.colour],
    ):
        places = [seen.index(widget) for widget in expected]
        assert places == sorted(places)


def test_enter_presses_what_has_the_focus(full: "Desk", qtbot: QtBot) -> None:
    full.window.activateWindow()
    document, panel, models = full.document, full.generating.panel, full.inspecting.models()
    document.select([clip.id for _, clip in document.project.clips()], region=(0, 48000))
    for tab, button in (
        ("Generate", panel.fit),
        ("Clip", full.inspecting.clip_panel().loop),
        ("Clip", full.timeline.region_bar.loop),
    ):
        full.right.open(tab)
        button.setFocus()
        with qtbot.waitSignal(button.clicked):
            qtbot.keyClick(button, Qt.Key.Key_Return)
    assert document.project.loop.on
    full.right.open("Models")
    models.device.setFocus()
    qtbot.keyClick(models.device, Qt.Key.Key_Return)
    assert models.device.view().isVisible()
    models.device.hidePopup()


def test_the_focus_is_seen(full: "Desk", qtbot: QtBot) -> None:
    full.window.activateWindow()
    accent = full.theme.accent.name()
    for widget in (
        full.mixer.strip("drums").fader,
        full.inspecting.clip_panel().gain,
        full.top_bar.position,
        full.inspecting.clip_panel().name,
    ):
        widget.setFocus()
        QApplication.processEvents()
        picture = widget.grab().toImage()
        edge = {picture.pixelColor(x, 1).name() for x in range(picture.width())}
        assert accent in edge, type(widget).__name__
