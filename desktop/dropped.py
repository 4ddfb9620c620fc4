"""Files that Qt names, as paths: names on a disk are bytes, and need not be UTF-8."""

import os
import re
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import unquote_to_bytes, urlsplit

from PySide6.QtCore import QMimeData, QUrl

from engine.audio import suffixes
from engine.dawproject import SUFFIX as DAWPROJECT_SUFFIX
from engine.errors import shown
from engine.midi import SUFFIXES as MIDI_SUFFIXES

_LOST = "\ufffd"  # what Qt puts in place of bytes that are no UTF-8


def dropped_files(mime: QMimeData) -> list[Path]:
    """The files and folders of this machine that are being dragged."""
    return [_path(url) for url in mime.urls() if url.isLocalFile()] if mime.hasUrls() else []


def dropped_audio(mime: QMimeData) -> list[Path]:
    """Those whose names end as audio, MIDI and DAWproject files do."""
    endings = (*suffixes(), *MIDI_SUFFIXES, DAWPROJECT_SUFFIX)
    return [path for path in dropped_files(mime) if path.suffix.lower() in endings]


def chosen_files(texts: Sequence[str]) -> list[Path]:
    """The files that a dialog of Qt's names."""
    return [_found(Path(text)) for text in texts]


def _path(url: QUrl) -> Path:
    if os.name == "nt":
        return Path(url.toLocalFile())
    encoded = bytes(url.toEncoded(QUrl.ComponentFormattingOption.FullyEncoded).data())
    return Path(os.fsdecode(unquote_to_bytes(urlsplit(encoded).path)))


def _found(path: Path) -> Path:
    """`path`, or what is there under a name of which Qt lost some bytes."""
    if _LOST not in str(path) or path.exists():
        return path
    parent = _found(path.parent)
    plain_name = _plain(path.name)
    try:
        names = sorted(each.name for each in parent.iterdir())
    except OSError:
        return path
    return next((parent / name for name in names if _plain(shown(name)) == plain_name), path)


def _plain(name: str) -> str:
    return re.sub(f"{_LOST}+", _LOST, name)
