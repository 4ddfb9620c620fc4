"""What this program is, and whose work it stands on."""

from PySide6.QtCore import qVersion
from PySide6.QtWidgets import QWidget

from desktop.dialogs.frame import Dialog
from desktop.theme import Theme
from desktop.widgets.plain import Label
from engine import __version__


class AboutDialog(Dialog):
    """Name, version, licence."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("About Continuo", theme, parent)
        title, text = (
            Label("Continuo"),
            Label(
                f"Version {__version__}, Apache License 2.0.\n\n"
                f"Qt {qVersion()} (LGPL 3), Inter typeface (SIL Open Font License 1.1), "
                "Phosphor icons (MIT), libsndfile and soxr (LGPL 2.1), PortAudio (MIT).\n\n"
                "Everything runs on this machine; nothing is sent anywhere."
            ),
        )
        title.setProperty("role", "title")
        text.setWordWrap(True)
        text.setProperty("role", "dim")
        text.setMinimumWidth(400)
        self.body.addWidget(title)
        self.body.addWidget(text)
        self.add_button("Close", self.close, primary=True)
