"""The library of sounds: what is kept of a file, what is listened to again, and what is found."""

import os
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import multivariate_normal

from engine.analysis.library.database import Library, SoundFile
from engine.analysis.library.indexing import IndexProgress, LibraryTake, index
from engine.analysis.library.model import bundled, tempo_evidence, tempo_likeness
from engine.analysis.library.portrait import PEAKS, caption_of, portrait_of, portrait_of_sound
from engine.analysis.library.search import Catalogue, TempoRange, parse
from engine.analysis.stretch import stretched, warped
from engine.audio import Audio, write_audio
from engine.errors import EngineError

RATE = 22050
SHAPES = {  # name: semitones above A of a chord, of the bass, beats a minute, weights of harmonics
    "organ": ((0, 4, 7), (0, 5), 120.0, (1.0, 0.8, 0.6, 0.5)),
    "flute": ((3, 7, 10), (3, 3), 95.0, (1.0, 0.1)),
    "saw": ((5, 8, 12), (5, 0), 140.0, tuple(1 / n for n in range(1, 12))),
    "hollow": ((2, 5, 9), (2, 9), 108.0, (1.0, 0.0, 0.5, 0.0, 0.3)),
}


def _line(name: str, seconds: float = 6.0) -> np.ndarray:
    """A chord struck on every beat over a bass, in a colour of its own: mono (N,) at `RATE`."""
    chord, bass, tempo, harmonics = SHAPES[name]
    sound = np.zeros(round((seconds + 1) * RATE))
    for number, start in enumerate(np.arange(0, seconds, 60 / tempo)):
        span = np.arange(round(0.8 * 60 / tempo * RATE)) / RATE
        notes = [*chord, bass[number % 2] - 24]
        for note in notes:
            wave = 2 * np.pi * 220 * 2 ** (note / 12) * span
            tone = sum(weight * np.sin((k + 1) * wave) for k, weight in enumerate(harmonics))
            sound[(first := round(start * RATE)) : first + len(span)] += 0.05 * tone * np.exp(-3 * span)
    return sound[: round(seconds * RATE)].astype(np.float32)


@pytest.fixture(scope="module")
def sounds() -> dict[str, np.ndarray]:
    return {name: _line(name) for name in SHAPES}


@pytest.fixture(scope="module")
def indexed(sounds: dict[str, np.ndarray], tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A folder with the sounds, one of them below another folder, and the library that has listened to it."""
    folder = tmp_path_factory.mktemp("sounds")
    for number, (name, sound) in enumerate(sounds.items()):
        path = folder / ("deep" if number == 1 else "") / f"{name}.wav"
        path.parent.mkdir(exist_ok=True)
        write_audio(path, Audio(sound[:, None], RATE), "PCM_24")
    database = tmp_path_factory.mktemp("data") / "library.sqlite3"
    with Library(database) as library:
        library.add_folder(folder)
        index(library, [str(folder)])
    return folder, database


@pytest.fixture
def catalogue(indexed: tuple[Path, Path]) -> Catalogue:
    with Library(indexed[1]) as library:
        return Catalogue.of(library.entries())


def test_a_portrait_tells_length_level_tempo_and_waveform(clicks: Callable[..., Audio], tmp_path: Path) -> None:
    audio = clicks(120, seconds=8.0)
    write_audio(tmp_path / "clicks.wav", audio)
    portrait = portrait_of(tmp_path / "clicks.wav")
    assert portrait.seconds == pytest.approx(8.0)
    assert portrait.tempo == pytest.approx(120, rel=2e-3)
    line = audio.samples.mean(axis=1)
    columns = line[: len(line) // PEAKS * PEAKS].reshape(PEAKS, -1)
    assert np.abs(portrait.peaks[:, 1] - 127 * columns.max(axis=1)).max() <= 1
    assert np.abs(portrait.peaks[:, 0] - 127 * columns.min(axis=1)).max() <= 1


def test_a_sine_has_its_loudness_and_silence_has_none() -> None:
    wave = np.sin(2 * np.pi * 997 * np.arange(3 * 48000) / 48000).astype(np.float32)
    full = portrait_of_sound(Audio(np.stack([wave, 0 * wave], axis=1), 48000))
    assert full.loudness == pytest.approx(-3.01, abs=0.05)  # BS.1770: 0 dBFS at 997 Hz in one channel
    silent = portrait_of_sound(Audio(np.zeros((48000, 1), np.float32), 48000))
    assert silent.loudness == -np.inf
    assert not silent.words
    assert not silent.tempo
    assert not silent.evidence.any()
    nothing = portrait_of_sound(Audio(np.zeros((0, 2), np.float32), 48000))
    assert nothing.seconds == 0
    assert not nothing.peaks.any()


def test_only_what_is_new_or_changed_is_listened_to(tmp_path: Path, sounds: dict[str, np.ndarray]) -> None:
    folder = tmp_path / "sounds"
    folder.mkdir()
    short = Audio(sounds["organ"][:RATE, None], RATE)
    for name in ("a", "b", "c"):
        write_audio(folder / f"{name}.wav", short, "PCM_16")
    (folder / "broken.wav").write_bytes(b"RIFF----WAVE")
    (folder / ".hidden.wav").write_bytes(b"")
    (folder / "text.txt").write_text("no sound")
    heard: list[IndexProgress] = []

    def listened() -> list[str]:
        heard.clear()
        with Library(tmp_path / "library.sqlite3") as library:
            index(library, [str(folder)], report=heard.append)
        return [Path(progress.path).name for progress in heard]

    assert listened() == ["a.wav", "b.wav", "broken.wav", "c.wav"]
    assert [progress.done for progress in heard] == [1, 2, 3, 4]
    assert "broken.wav" in heard[2].problem
    assert heard[2].problem.endswith(".")
    assert not heard[0].problem
    assert listened() == []
    write_audio(folder / "b.wav", Audio(short.samples[: RATE // 2], RATE), "PCM_16")
    os.utime(folder / "c.wav", ns=(1, 1))
    (folder / "a.wav").unlink()
    assert listened() == ["b.wav", "c.wav"]
    with Library(tmp_path / "library.sqlite3") as library:
        entries = {Path(entry.file.path).name: entry for entry in library.entries()}
        assert set(entries) == {"b.wav", "broken.wav", "c.wav"}
        assert entries["b.wav"].portrait
        assert entries["b.wav"].portrait.seconds == pytest.approx(0.5)
        assert entries["broken.wav"].portrait is None
        assert entries["broken.wav"].problem


def test_it_goes_on_where_it_was_ended(tmp_path: Path, sounds: dict[str, np.ndarray]) -> None:
    folder = tmp_path / "sounds"
    folder.mkdir()
    for name in ("a", "b", "c"):
        write_audio(folder / f"{name}.wav", Audio(sounds["flute"][:RATE, None], RATE), "PCM_16")

    def end(progress: IndexProgress) -> None:
        if progress.done == 2:
            raise KeyboardInterrupt

    rest: list[str] = []
    with Library(tmp_path / "library.sqlite3") as library:
        with pytest.raises(KeyboardInterrupt):
            index(library, [str(folder)], report=end)
        index(library, [str(folder)], report=lambda progress: rest.append(Path(progress.path).name))
    assert rest == ["c.wav"]


def test_a_folder_that_has_gone_is_named_and_its_files_stay_known(tmp_path: Path, indexed: tuple[Path, Path]) -> None:
    folder = tmp_path / "disk"
    folder.mkdir()
    write_audio(folder / "a.wav", Audio(np.zeros((RATE, 1), np.float32), RATE), "PCM_16")
    with Library(tmp_path / "library.sqlite3") as library:
        library.add_folder(folder)
        index(library, [str(folder)])
        folder.rename(tmp_path / "away")
        index(library, [str(folder)])
        assert "is not there" in library.folders()[0].problem
        assert library.entry(str(folder / "a.wav")) is not None
        (tmp_path / "away").rename(folder)
        index(library, [str(folder)])
        assert not library.folders()[0].problem
        library.remove_folder(str(folder))
        assert not library.folders()
        assert not list(library.entries())


def test_takes_of_a_song_have_its_titles_and_go_with_it(tmp_path: Path, sounds: dict[str, np.ndarray]) -> None:
    song = tmp_path / "Song"
    song.mkdir()
    write_audio(song / "0a1b.wav", Audio(sounds["saw"][:RATE, None], RATE), "PCM_16")
    take = LibraryTake(str(song / "0a1b.wav"), "slow rain", str(song))
    with Library(tmp_path / "library.sqlite3") as library:
        index(library, [], [take])
        assert library.entry(take.path).file.title == "slow rain"  # type: ignore[union-attr]
        heard: list[IndexProgress] = []
        index(library, [], [LibraryTake(take.path, "fast rain", take.song)], heard.append)
        assert library.entry(take.path).file.title == "fast rain"  # type: ignore[union-attr]
        assert not heard
        index(library, [])
        assert library.entry(take.path) is not None
        other = LibraryTake(str(song / "gone.wav"), "gone", take.song)
        index(library, [], [other])
        assert library.entry(take.path) is None


def test_a_damaged_library_is_made_anew_and_an_impossible_one_is_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "library.sqlite3"
    path.write_bytes(b"this is no database, " * 100)
    with Library(path) as library:
        assert not library.folders()
        library.put([])
        assert library.entry("x") is None
    assert path.with_suffix(".damaged").exists()
    (tmp_path / "file").write_text("")

    with pytest.raises(EngineError, match="cannot be used"):
        Library(tmp_path / "file" / "library.sqlite3")


def test_what_is_kept_comes_back(indexed: tuple[Path, Path]) -> None:
    folder, database = indexed
    fresh = portrait_of(folder / "organ.wav")
    with Library(database) as library:
        entry = library.entry(str(folder / "organ.wav"))
    assert entry
    assert entry.portrait
    assert entry.file == SoundFile(
        str(folder / "organ.wav"), "organ.wav", "", (folder / "organ.wav").stat().st_mtime_ns,
        (folder / "organ.wav").stat().st_size,
    )  # fmt: skip
    for name in ("seconds", "tempo", "key", "words"):
        assert getattr(entry.portrait, name) == getattr(fresh, name)
    for name in ("evidence", "keys", "embedding", "pitches"):
        np.testing.assert_allclose(getattr(entry.portrait, name), getattr(fresh, name), rtol=2e-3, atol=2e-3)
    np.testing.assert_array_equal(entry.portrait.peaks, fresh.peaks)


@pytest.mark.parametrize("name", SHAPES)
def test_a_sound_is_found_transposed_faster_and_from_its_other_half(
    catalogue: Catalogue, sounds: dict[str, np.ndarray], name: str
) -> None:
    sound = sounds[name]
    versions = {
        "higher": warped(sound[:, None], RATE, [(0, 0), (len(sound), len(sound))], 3.0),
        "faster": stretched(sound[:, None], RATE, 0.9),
        "half": 0.3 * sound[len(sound) // 2 :, None],
    }
    for version, samples in versions.items():
        matches = catalogue.by_likeness(portrait_of_sound(Audio(samples, RATE)))
        assert Path(matches[0].entry.file.path).stem == name, version
    assert len(matches) == len(SHAPES)
    assert matches[0].score > matches[1].score


def test_a_file_is_not_like_itself(catalogue: Catalogue, indexed: tuple[Path, Path]) -> None:
    path = str(indexed[0] / "saw.wav")
    matches = catalogue.by_likeness(portrait_of(Path(path)), but=path)
    assert path not in [match.entry.file.path for match in matches]
    assert len(matches) == len(SHAPES) - 1


def test_names_and_folders_are_searched(catalogue: Catalogue) -> None:
    def titles(text: str) -> list[str]:
        return [match.entry.file.title for match in catalogue.by_words(text)]

    assert titles("hollow") == ["hollow.wav"]
    assert titles("DEEP xyzzy") == ["flute.wav"]
    assert titles("xyzzy") == []
    assert titles("flute")[0] == "flute.wav"
    assert len(titles("flute")) == len(SHAPES)
    assert titles("") == sorted(f"{name}.wav" for name in SHAPES)
    assert titles("140 bpm")[0] == "saw.wav"


def test_tempo_and_key_are_filters(catalogue: Catalogue) -> None:
    def titles(key: str = "", tempo: TempoRange | None = None) -> set[str]:
        return {match.entry.file.title for match in catalogue.by_words("", key, tempo)}

    assert titles(tempo=TempoRange(100, 125)) == {"organ.wav", "hollow.wav"}
    assert titles(tempo=TempoRange.near(60)) == {"organ.wav"}
    assert titles(tempo=TempoRange(60, 61)) == set()
    assert "organ.wav" in titles(key="A major")
    assert "organ.wav" not in titles(key="Eb minor")


def test_a_tempo_that_was_not_heard_is_in_no_range() -> None:
    np.testing.assert_array_equal(TempoRange.near(100).holds(np.array([0.0, 50, 97, 110, 199])), [0, 1, 1, 0, 1])


def test_words_are_read() -> None:
    model = bundled()

    def meant(text: str) -> set[tuple[str, str]]:
        return {(model.kinds[n], model.terms[n]) for group in parse(text, model).terms for n in group}

    query = parse("Dark techno with synth bass, 130 BPM, F# minor", model)
    assert (query.tempo, query.key) == (130.0, (6, True))
    assert meant("Dark techno with synth bass, 130 BPM, F# minor") == {
        ("mood", "dark"), ("genre", "techno"), ("instrument", "synth bass"), ("instrument", "square bass"),
    }  # fmt: skip
    assert meant("drum and bass drums") >= {("genre", "drum and bass"), ("family", "drums")}
    assert parse("very slow", model).speeds == ((0.0, 72.0),)
    assert meant("rainstorm")  # by the glossary
    assert parse("xyzzy", model).by_name
    assert parse("808 drums", model).terms
    assert not parse("the music of", model).terms


def test_a_caption_has_mood_and_genre_first_and_then_who_plays() -> None:
    silent = portrait_of_sound(Audio(np.zeros((100, 1), np.float32), RATE))
    assert caption_of(silent) == ""
    words = ("techno", "dark", "drums", "bass", "strings", "organ")
    assert caption_of(replace(silent, words=words, tempo=130.2, key="A minor")) == (
        "dark techno, drums, bass, strings, 130 BPM, A minor"
    )


def test_likeness_is_the_ratio_of_two_gaussians() -> None:
    model = bundled()
    rng = np.random.default_rng(0)
    mine, other = rng.normal(size=(2, len(model.between)))
    expected = 0.0
    for x, y, between in zip(mine, other, model.between, strict=True):
        together = [[between + 1, between], [between, between + 1]]
        apart = np.eye(2) * (between + 1)
        expected += multivariate_normal.logpdf([x, y], cov=together) - multivariate_normal.logpdf([x, y], cov=apart)
    assert model.likeness(mine, other[None])[0] == pytest.approx(expected)


def test_tempos_an_octave_away_are_likelier_than_any_other() -> None:
    exact, double, half, other, unheard = tempo_evidence(90.0, np.array([90.2, 180, 45, 101, 0]))
    assert exact > double > 1
    assert half > 1 > other < 0
    assert unheard == 0
    same, near, far = tempo_likeness(90.0, np.array([90.0, 101, 128]))
    assert same > near > far  # a sound may have been made faster, but not by so much
    assert not tempo_likeness(0.0, np.array([90.0])).any()


def test_threads_that_begin_it_together_all_open_it(tmp_path: Path) -> None:
    for number in range(8):
        path, together = tmp_path / f"{number}.sqlite3", threading.Barrier(4)

        def begin(path: Path = path, together: threading.Barrier = together) -> int:
            together.wait()
            with Library(path) as library:
                return len(list(library.entries())) + len(library.stamps())

        with ThreadPoolExecutor(4) as pool:
            assert [each.result() for each in [pool.submit(begin) for _ in range(4)]] == [0] * 4


def test_what_cannot_be_kept_is_a_sentence(tmp_path: Path) -> None:
    with Library(tmp_path / "library.sqlite3") as library:
        with pytest.raises(EngineError, match="rename it"):
            library.add_folder(Path("/sounds/\udcff"))
        with sqlite3.connect(tmp_path / "library.sqlite3") as other:
            other.execute("DROP TABLE sounds")
        other.close()
        for use in (library.stamps, lambda: list(library.entries()), lambda: library.forget(["/a.wav"])):
            with pytest.raises(EngineError, match="cannot be used"):
                use()
