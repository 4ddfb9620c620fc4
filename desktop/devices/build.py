"""What the window has for devices, built and connected in one place."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from desktop.bridge import PlayerBridge
from desktop.deferred import Deferred
from desktop.document import Document
from desktop.theme import Theme

if TYPE_CHECKING:
    from desktop.devices.panel import DevicePanel

ShowNotice = Callable[[str, str, Callable[[], object] | None], object]
"""Shows a sentence, the text of a button, and does what the button is for."""


def device_panel(
    document: Document, bridge: PlayerBridge, theme: Theme, show_notice: ShowNotice
) -> "Deferred[DevicePanel]":
    """The panel of a device; a plug-in that stopped is told with a button that restarts it."""

    def build() -> "DevicePanel":
        from desktop.devices.panel import DevicePanel

        panel = DevicePanel(document, theme)
        panel.connect_to(bridge)
        return panel

    bridge.plugin_stopped.connect(
        lambda text, device: show_notice(text, "Restart", partial(bridge.restart_device, device))
    )
    return Deferred(build)
