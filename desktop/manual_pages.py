"""The pages of the manual: Markdown in resources/manual; {id} stands for an entry of the menus, with its keys."""

import re
from pathlib import Path

from PySide6.QtWidgets import QWidget

from desktop.actions import ACTIONS, ActionSpec
from desktop.keymap import Keymap
from engine import paths

PAGES = (
    "first-steps", "timeline", "songs", "tracks", "effects", "playing", "notes", "composing", "chords", "generating",
    "browser", "models", "exporting", "window", "menus", "shell", "trouble",
)  # fmt: skip
"""The pages in their order, by the names of their files."""

PAGE_OF_MENU = {
    "File": "songs", "Edit": "timeline", "Track": "tracks", "Clip": "timeline", "Generate": "generating",
    "Transport": "playing", "View": "window", "Help": "window",
}  # fmt: skip
"""The page that lists the entries of a menu which no page names."""

PAGE_OF_PLACE = {
    "desktop.notes": "notes", "desktop.browser": "browser",
    "desktop.mixer": "tracks", "desktop.generation.composer": "composing",
    "desktop.clip_editor": "timeline",
    "desktop.generation": "generating", "desktop.models": "models", "desktop.devices": "effects",
    "desktop.timeline.form_": "chords", "desktop.transport": "playing",
    "desktop.export": "exporting", "desktop.inspector": "timeline", "desktop.timeline": "timeline",
    "desktop.docks": "window", "desktop.welcome": "first-steps",
}  # fmt: skip
"""The page that fits a part of the window, by the beginning of its modules' names; the longest counts."""

_ENTRY = re.compile(r"\{([a-z0-9_]+)\}")


def folder() -> Path:
    """Where the pages lie."""
    return paths.resources() / "manual"


def entries_in(name: str) -> set[str]:
    """The ids of the menus' entries that the text of a page speaks of."""
    return set(_ENTRY.findall(_source(name)))


def title(name: str) -> str:
    """The heading of a page."""
    return _source(name).partition("\n")[0].removeprefix("# ")


def markdown(name: str, keymap: Keymap) -> str:
    """A page as Markdown, with the names and keys of the menus' entries as they are now.

    Entries that no page speaks of are listed at the end of their menu's page.
    """
    specs = {spec.id: spec for spec in ACTIONS}
    text = _ENTRY.sub(lambda match: _entry(specs[match[1]], keymap) if match[1] in specs else match[0], _source(name))
    named = set().union(*(entries_in(page) for page in PAGES))
    rest = [spec for spec in ACTIONS if spec.id not in named and PAGE_OF_MENU[spec.menu] == name]
    if rest:
        lines = [f"- {_entry(spec, keymap)}{f': {spec.tip}' if spec.tip else ''}" for spec in rest]
        text += "\n## Also\n\n" + "\n".join(lines) + "\n"
    return text


def page_for(focused: QWidget | None) -> str:
    """The page that fits the widget that has the focus."""
    widget = focused
    while widget is not None:
        module = type(widget).__module__
        fitting = [place for place in PAGE_OF_PLACE if module.startswith(place)]
        if fitting:
            return PAGE_OF_PLACE[max(fitting, key=len)]
        widget = widget.parentWidget()
    return PAGES[0]


def _source(name: str) -> str:
    return (folder() / f"{name}.md").read_text("utf-8")


def _entry(spec: ActionSpec, keymap: Keymap) -> str:
    name, keys = f"**{spec.text.removesuffix('…')}**", keymap.shown(spec.id)
    return f"{name} ({keys})" if keys else name
