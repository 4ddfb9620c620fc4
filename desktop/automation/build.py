"""What of automation belongs to the whole window: moves by hand, in one block."""

from collections.abc import Callable

from desktop.automation.overrides import Overrides
from desktop.bridge import PlayerBridge
from desktop.document import Document


class AutomationParts:
    """Built once for a window."""

    def __init__(self, document: Document, bridge: PlayerBridge) -> None:
        self.overrides = Overrides(document, bridge)

    def handlers(self) -> dict[str, Callable[[], object]]:
        """What the actions do."""
        return {"back_to_automation": self.overrides.back}
