"""The real window, which works on a song until it is killed: python -m tests.desktop.kills.killed_window KIND SONG SEED

KIND says what it does: “edits”, “imports” of the sounds in the folder `sounds` beside the song, or “live” takes. Each
change of the song is a line: the time of the monotonic clock, the checksum of the song, how many sources it has, and
the frames of all of them. “ready” is a line once what is to be interrupted has begun.
"""

import os
import random
import sys
import time
import zlib
from collections.abc import Callable
from functools import partial
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QT_QUICK_BACKEND", "software")

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from desktop.app import Desk
from desktop.document import Document
from desktop.theme import load_theme
from engine.ids import new_id
from engine.inference.api import Model
from engine.inference.client import InferenceProcess
from engine.playback.device import NO_SOUND, DeviceSettings
from engine.project import edits
from engine.project.codec import Encoder
from engine.project.model import Project
from tests.places import place_at

EDITS_MS, IMPORTS_MS, LIVE_MS = 8, 60, 50


def say(*words: object) -> None:
    """Writes a line at once."""
    os.write(1, (" ".join(map(str, words)) + "\n").encode())


def checksum(project: Project) -> int:
    """Of all that the song is."""
    return zlib.crc32(Encoder().encode(project))


def all_frames(project: Project) -> int:
    """The frames of all its sounds; a live take's as far as it has come."""
    return sum(source.frames for source in project.sources.values())


def tell(old: Project, project: Project) -> None:
    """Says what the song is now."""
    now = time.monotonic()
    say(now, checksum(project), len(project.sources), all_frames(project))


class Editor:
    """Does one random edit after another in the window's document; `gentle`: none that takes a clip away."""

    def __init__(self, document: Document, dice: random.Random, *, gentle: bool) -> None:
        self._document, self._dice, self._gentle = document, dice, gentle
        self._number = 0

    def edit(self) -> None:
        """Does one, or takes some back."""
        document, dice = self._document, self._dice
        self._number += 1
        if document.history.can_undo and dice.random() < 0.1 and not self._gentle:
            document.undo()
        elif document.history.can_redo and dice.random() < 0.3:
            document.redo()
        elif dice.random() < 0.01:
            document.save()
        else:
            document.apply("Edit", self._any(document.project))

    def _any(self, project: Project) -> Callable[[Project], Project]:
        dice, name = self._dice, f"n{self._number}"
        clips = [clip for _, clip in project.clips()]
        tracks = [track.id for track in project.tracks]
        choices: list[Callable[[Project], Project]] = [
            lambda p: edits.rename(p, f"Song {dice.randrange(10**6)}"),
            lambda p: edits.add_marker(p, place_at(dice.randrange(10**7)), name),
            lambda p: edits.set_master_gain(p, round(dice.uniform(-20, 6), 2)),
            lambda p: edits.add_track(p, name, track_id=new_id()) if len(tracks) < 12 else p,
        ]
        if clips:
            clip = dice.choice(clips)
            choices += 2 * [lambda p: edits.set_clip(p, [clip.id], gain_db=round(dice.uniform(-20, 6), 2))]
            if not self._gentle:
                choices += 2 * [
                    lambda p: edits.duplicate(p, [clip.id]) if len(clips) < 60 else edits.remove_clips(p, [clip.id])
                ]
        return dice.choice(choices)


class Work:
    """What the window does, by timers."""

    def __init__(self, desk: Desk, folder: Path, dice: random.Random, kind: str) -> None:
        self._desk, self._dice = desk, dice
        self._sounds = sorted((folder.parent / "sounds").iterdir())
        self._editor = Editor(desk.document, dice, gentle=kind == "live")
        self._begun = False

    def edits(self) -> None:
        """Edits, fast."""
        self._every(EDITS_MS, self._editor.edit)
        self._ready()

    def imports(self) -> None:
        """Imports, several at a time, and edits meanwhile."""
        self._desk.start_audio()
        self._every(LIVE_MS, self._editor.edit)
        self._every(IMPORTS_MS, self._import)
        self._desk.document.coming_changed.connect(self._ready)

    def live(self) -> None:
        """Live takes that end and begin again, and edits of names and gains meanwhile."""
        desk = self._desk
        generation = desk.generating.generation
        generation.models.set_model(Model("melody-tiny", "cpu", untrained=True))
        generation.panel.change(prompt="a waltz", fit=False, takes=1)
        desk.generating.clip_actions.live.failed.connect(lambda text: say("failed", text))
        desk.start_audio()
        self._every(LIVE_MS, self._editor.edit)
        self._every(LIVE_MS, self._live)

    def _import(self) -> None:
        document = self._desk.document
        if len(document.coming) < 4:
            chosen = self._dice.sample(self._sounds, 2)
            document.import_files(chosen, None, place_at(self._dice.randrange(10**6)))

    def _live(self) -> None:
        document, live = self._desk.document, self._desk.generating.clip_actions.live
        if any(source.growing and source.frames for source in document.project.sources.values()):
            self._ready()
            if live.running and self._dice.random() < 0.02:
                live.stop()
        elif live.look is None:
            clips = [clip for _, clip in document.project.clips()]
            live.start(self._dice.choice(clips).id)

    def _ready(self) -> None:
        if not self._begun:
            self._begun = True
            say("ready")

    def _every(self, interval: int, call: Callable[[], object]) -> None:
        timer = QTimer(self._desk.window)
        timer.timeout.connect(call)
        timer.start(interval)


def main() -> None:
    """Opens the song, takes what is to be recovered, and works until it is killed."""
    kind, folder, seed = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
    app = QApplication(sys.argv[:1])
    inference = partial(InferenceProcess, factory="tests.engine.inference.odd_models")
    with Desk(app, load_theme(), device=DeviceSettings(device=NO_SOUND), inference=inference) as desk:
        desk.window.show()
        document = desk.document
        document.failed.connect(lambda text: say("failed", text))
        document.open(folder)
        document.changed.connect(tell)
        if document.home and document.home.recovery:
            document.adopt("Recover", document.home.recover())
        tell(document.project, document.project)
        work = Work(desk, folder, random.Random(seed), kind)
        QTimer.singleShot(0, getattr(work, kind))
        app.exec()


if __name__ == "__main__":
    main()
