"""The spectrum of what is heard, in the window: what is asked of the player, and what is read."""

import numpy as np
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from desktop.bridge import PlayerBridge
from desktop.docks.spectrum_panel import SpectrumPanel
from engine.playback.spectrum import BANDS, FREQUENCIES
from engine.playback.state import PlayerState
from engine.project import edits


class SilentPlayer:
    """Notes what it is asked to watch."""

    def __init__(self):
        self.watched = []

    def watch(self, on, track=""):
        self.watched.append((on, track))

    def close(self):
        pass


def test_only_what_is_seen_is_measured_and_a_frequency_is_read_by_mouse_and_keys(qtbot, document, theme):
    document.apply("Track", lambda p: edits.add_track(p, "Bass", track_id="bass"))
    player = SilentPlayer()
    bridge = PlayerBridge(document, player)
    window = QWidget()
    qtbot.addWidget(window)
    panel = SpectrumPanel(document, bridge, theme, window)
    panel.resize(480, 160)
    assert player.watched == []
    document.select([], track="bass")
    window.show()
    assert player.watched == [(True, "bass")]
    levels = np.full(BANDS, -60.0, np.float32)
    levels[40] = -12.5
    panel.show_state(PlayerState(spectrum=levels, channel_spectrum=levels - 10))
    place = f"{FREQUENCIES[40]:.0f} Hz"
    assert panel.reading() == f"Master −12.5 dB at {place}, Bass −22.5 dB"
    area = panel._area()
    QTest.mouseMove(panel, QPoint(round(area.left() + area.width() * 80 / (BANDS - 1)), 60))
    assert panel.reading().startswith(f"Master −60.0 dB at {FREQUENCIES[80] / 1000:.2f} kHz")
    for _ in range(40):
        QTest.keyClick(panel, Qt.Key.Key_Left)
    assert panel.accessibleDescription() == f"Master −12.5 dB at {place}, Bass −22.5 dB"
    bridge.watch("device", True)
    window.hide()
    assert player.watched[1:] == [(True, "")], "the equaliser's curve still shows the master's"
    bridge.watch("device", False)
    assert player.watched[-1] == (False, "")
