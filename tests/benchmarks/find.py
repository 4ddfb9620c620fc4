"""How often the library finds the right one of held-out clips, and whether a window notices that files are listened to.

`python -m tests.benchmarks.find clips --count 1000 --keep FOLDER` renders clips of held-out pieces (kept in the folder)
and asks for each by a description of genre, mood, three instruments, tempo and key, by one of the corpus's captions,
and for some by what comes after it, another mix, a transposition and another tempo of it.
`python -m tests.benchmarks.find index --count 10000` has small files listened to while a timer of a window ticks.
Both write into `results/find.json`.
"""

import argparse
import json
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from engine.analysis.library.database import Entry, SoundFile
from engine.analysis.library.features import Features, features_of
from engine.analysis.library.model import bundled, pitches_of
from engine.analysis.library.portrait import PEAKS, Portrait
from engine.analysis.library.search import Catalogue
from engine.compose.genres import GENRES
from engine.compose.instruments import INSTRUMENTS, KITS, PERCUSSION
from engine.compose.words import MOOD_WORDS
from engine.train.library import full_scale, variants
from engine.train.library_clips import SECONDS, stored_clip
from tests.benchmarks.generator import RESULTS

NEAR = 10
LIKE_EACH = 5
"""Every so many-th clip is also looked for by its like."""


def entry(number: int, features: Features) -> Entry:
    """A clip as the library keeps it, under a name that says nothing."""
    model = bundled()
    portrait = Portrait(
        SECONDS, -18.0, features.tempo, "", (), model.term_evidence(features.values),
        model.key_evidence(features.high, features.low), model.embedding(features.values), pitches_of(features),
        np.zeros((PEAKS, 2), np.int8),
    )  # fmt: skip
    return Entry(SoundFile(f"/{number:05d}", f"{number:05d}", "", 0, 0), portrait)


def description(truth: Mapping[str, Any]) -> str:
    """Genre, mood, up to three instruments, tempo and key, in the words of captions."""
    rng = Random(f"description {truth['piece']}")
    players = INSTRUMENTS | KITS | PERCUSSION
    named = rng.sample(truth["instruments"], min(3, len(truth["instruments"])))
    words = list(dict.fromkeys(rng.choice(players[name].words) for name in named))
    genre = GENRES[truth["genre"]].words[0].removeprefix("a ").removeprefix("an ")
    mood = rng.choice(MOOD_WORDS[truth["mood"]])
    return f"{genre}, {mood}, {' and '.join(words)}, {round(truth['tempo'])} BPM, {truth['key']}"


def recall(
    clips: Mapping[int, tuple[Features, Mapping[str, Any]]], others: Iterable[tuple[str, int, Features]]
) -> dict[str, Any]:
    """Shares of clips that are among the first `NEAR`. others: kind of likeness, the clip meant, its like."""
    catalogue = Catalogue.of([entry(number, features) for number, (features, _) in clips.items()])
    hits: dict[str, list[bool]] = {}

    def note(kind: str, number: int, matches: Iterable[Any]) -> None:
        hits.setdefault(kind, []).append(f"/{number:05d}" in [match.entry.file.path for match in matches])

    for number, (_, truth) in clips.items():
        note("words: description", number, catalogue.by_words(description(truth), count=NEAR))
        note("words: a caption", number, catalogue.by_words(truth["caption"], count=NEAR))
    for kind, number, features in others:
        portrait = entry(number, features).portrait
        assert portrait is not None
        note(f"like: {kind}", number, catalogue.by_likeness(portrait, count=NEAR))
    like = [hit for kind, each in hits.items() if kind.startswith("like") for hit in each]
    shares = {kind: {"share": round(float(np.mean(each)), 4), "of": len(each)} for kind, each in hits.items()}
    return {"clips": len(clips), "first": NEAR, **shares, "like": {"share": float(np.mean(like)), "of": len(like)}}


def clips(count: int, folder: Path) -> dict[str, Any]:
    """Renders, listens and searches."""
    known: dict[int, tuple[Features, Mapping[str, Any]]] = {}
    others: list[tuple[str, int, Features]] = []
    for number in range(count):
        clip = stored_clip(folder, number)
        for name, sound, _, _ in variants(clip, number):
            if name == "sound":
                known[number] = features_of(full_scale(sound)), clip.truth
            elif number % LIKE_EACH == 0:
                others.append((name, number, features_of(full_scale(sound))))
    return recall(known, others)


def index(count: int) -> dict[str, Any]:
    """Has `count` files listened to in a process of its own, while a timer of 10 ms ticks on this thread."""
    from PySide6.QtCore import QCoreApplication, QTimer

    from desktop.jobs import JobCentre
    from engine.analysis.library.database import Library, library_path
    from engine.audio import Audio, write_audio
    from engine.inference.library import update

    rng = np.random.default_rng(0)
    with TemporaryDirectory() as place:
        folder = Path(place)
        for number in range(count):
            sound = rng.uniform(-0.3, 0.3, 4000).astype(np.float32)
            path = folder / f"{number // 500:03d}" / f"{number:05d}.wav"
            path.parent.mkdir(exist_ok=True)
            write_audio(path, Audio(sound[:, None], 22050), "PCM_16")
        with Library(library_path()) as library:
            library.add_folder(folder)
        app = QCoreApplication([])
        jobs, ticks = JobCentre(), [time.perf_counter()]
        timer = QTimer(interval=10)
        timer.timeout.connect(lambda: ticks.append(time.perf_counter()))

        def idle(seconds: float) -> np.ndarray:
            ticks[:] = [time.perf_counter()]
            QTimer.singleShot(round(1000 * seconds), app.quit)
            app.exec()
            return np.diff(ticks)

        timer.start()
        quiet = idle(10)
        ticks[:] = [time.perf_counter()]
        began = time.perf_counter()
        jobs.submit("Index", lambda context: update((), context), lambda _: app.quit(), lambda _: app.quit())
        app.exec()
        busy, seconds = np.diff(ticks), time.perf_counter() - began
        with Library(library_path()) as library:
            kept = sum(entry.portrait is not None for entry in library.entries())
            library.remove_folder(str(folder))
        jobs.close()
    gaps = {"idle": _gaps(quiet), "indexing": _gaps(busy)}
    return {"files": count, "kept": kept, "seconds": round(seconds, 1), "ticks of 10 ms": gaps}


def _gaps(ticks: np.ndarray) -> dict[str, float]:
    shares = {"median": 0.5, "99.9 %": 0.999, "longest": 1.0}
    return {f"{name}, ms": round(1000 * float(np.quantile(ticks, share)), 1) for name, share in shares.items()}


def main() -> None:
    """Measures one of the two."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("clips", "index"))
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--keep", type=Path, default=Path("out/find"))
    arguments = parser.parse_args()
    figures = clips(arguments.count, arguments.keep) if arguments.what == "clips" else index(arguments.count)
    write(arguments.what, figures)
    print(json.dumps(figures, indent=2))


def write(what: str, figures: Mapping[str, Any]) -> None:
    """Puts figures into the file of results, beside the others."""
    path = RESULTS / "find.json"
    content = json.loads(path.read_text("utf-8")) if path.exists() else {}
    path.write_text(json.dumps({**content, what: figures}, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main()
