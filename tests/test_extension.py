"""What the program does not know, added by this file alone: a kind of content, a model, and an effect.

A tone of one frequency registers itself in the five tables that `engine.project.model.content` names; then it is
rendered, shown, edited, exported, saved and opened like any other. A model registers its `ModelSpec` in the catalog;
then it is listed, opened and told its own setting by the shell and by the window, whose generator process imports this
file, and its takes are saved, opened and made again.
"""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Any, Self

import numpy as np
import pytest
import soundfile

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QMouseEvent, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from engine.audio import Audio
from engine.cli import main
from engine.cli.contents import DESCRIPTIONS, ContentDescription
from engine.devices.interface import DeviceSpec
from engine.devices.registry import register, unregister
from engine.errors import EditError, ProjectFileError
from engine.generate import catalog, registry
from engine.generate.interface import Capabilities, Generator, Parameter, Request, Result, Task
from engine.generate.levelled import Levelled, RawSession
from engine.generate.model_spec import KnownModel, ModelInfo, ModelSpec
from engine.inference.api import Place
from engine.inference.client import InferenceProcess
from engine.jobs import Context
from engine.parameters import ParameterSpec
from engine.playback.contents import PLAYERS, ContentPlayer, Find, Setting, find_content
from engine.playback.mixer import Mixer
from engine.playback.plan import compile_plan
from engine.project import edits
from engine.project.codec import CONTENTS, Encoder, decode
from engine.project.files import create, load
from engine.project.model import Clip, Content, Project, Stretch, Take, new_project
from engine.project.model.ranges import Frames
from engine.project.pool import read_samples, sample_file
from engine.project.sample_file import SampleFile
from engine.ranges import Range
from tests.places import length_of, place_at

RATE = 48000
FREQUENCY = Range(20.0, 20_000.0, "Hz")


@dataclass(frozen=True, slots=True)
class Tone(Content):
    """A sine at half of full scale, which begins at phase 0 with its frame 0."""

    frequency: Annotated[float, FREQUENCY]
    first: Frames = 0  # frame of the tone with which the clip begins

    @property
    def stretch(self) -> Stretch:
        return Stretch("", self.first)

    def trimmed(self, length: int, first: int, last: int) -> Self:
        return replace(self, first=self.first + first)

    def room(self, length: int, sources: object, rate: int) -> tuple[int | None, int | None]:
        return self.first, None


def wave(frequency: float, frames: np.ndarray) -> np.ndarray:
    return 0.5 * np.sin(2 * np.pi * frequency * frames / RATE)


def _find(tone: Tone, _: int, length: int, setting: Setting, __: Find) -> SampleFile | None:
    frames = tone.first + length
    path = setting.folder / "cache" / f"tone-{tone.frequency:g}-{setting.clock.rate}-{frames}.f32"
    return SampleFile(str(path), "<f4", 0, 1, frames) if path.is_file() else None


def _prepare(tone: Tone, _: int, length: int, setting: Setting, project: Project, __: Context | None) -> SampleFile:
    frames = tone.first + length
    path = setting.folder / "cache" / f"tone-{tone.frequency:g}-{project.rate}-{frames}.f32"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(wave(tone.frequency, np.arange(frames)).astype("<f4").tobytes())
    return SampleFile(str(path), "<f4", 0, 1, frames)


drawn: list[tuple[str, float]] = []


def _draw(painter: QPainter, picture: Any) -> None:
    drawn.append((picture.clip.id, picture.clip.content.frequency))
    body = picture.body.toRect()
    painter.fillRect(body.adjusted(0, body.height() // 2, 0, 0), Qt.GlobalColor.red)


class ToneFields:
    def __init__(self) -> None:
        self.label = QLabel()

    @property
    def widget(self) -> QWidget:
        return self.label

    def show_clips(self, project: Project, clips: list[Clip]) -> None:
        tones = [clip.content for clip in clips if isinstance(clip.content, Tone)]
        self.label.setText(" ".join(f"{tone.frequency:g} Hz" for tone in tones))


@pytest.fixture(autouse=True)
def tones(monkeypatch: pytest.MonkeyPatch) -> list[ToneFields]:
    """The tone is known to the program while a test runs."""
    from desktop.inspector.contents import PANELS, ContentPanel
    from desktop.timeline.contents import DRAWINGS

    fields: list[ToneFields] = []

    def build(*_: object) -> ToneFields:
        fields.append(ToneFields())
        return fields[-1]

    monkeypatch.setitem(CONTENTS, "tone", Tone)
    monkeypatch.setitem(PLAYERS, Tone, ContentPlayer(_find, _prepare))
    described = ContentDescription(
        lambda tone: {"frequency": tone.frequency},
        lambda tone: {"frequency": tone.frequency},
        lambda tone, _: [f"{tone.frequency:g} Hz"],
    )
    monkeypatch.setitem(DESCRIPTIONS, Tone, described)
    monkeypatch.setitem(DRAWINGS, Tone, _draw)
    monkeypatch.setitem(PANELS, Tone, ContentPanel(lambda _, clips: "Tone", build=build))
    drawn.clear()
    return fields


def with_tone(project: Project, frequency: float = 440.0) -> Project:
    clip = Clip("c", place_at(Fraction(2)), RATE, (Take("t", Tone(frequency)),), name="A4")
    return edits.add_clip(edits.add_track(project, "Tones", track_id="k"), "k", clip)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    create(tmp_path / "song", with_tone(new_project("Song", rate=RATE)))
    return tmp_path / "song"


def test_it_is_saved_and_opened_again(folder: Path) -> None:
    ((_, clip),) = load(folder).clips()
    assert clip.takes == (Take("t", Tone(440.0)),)
    assert '"content": {"kind": "tone", "frequency": 440.0}' in (folder / "project.json").read_text(encoding="utf-8")


def test_what_its_type_forbids_is_refused(folder: Path) -> None:
    text = (folder / "project.json").read_text(encoding="utf-8")
    with pytest.raises(
        ProjectFileError, match=r"“frequency” in “content” of take 1 .* is not a number from 20 to 20000"
    ):
        decode(text.replace("440.0", "4.0").encode())
    with pytest.raises(ProjectFileError, match="cannot be saved"):
        Encoder().encode(with_tone(new_project("x"), 30_000.0))


def test_it_is_cut_moved_and_joined(folder: Path) -> None:
    p = load(folder)
    halves = edits.split(p, ["c"], place_at(Fraction(3)))
    left, right = halves.tracks[0].clips
    assert (left.content, left.length) == (Tone(440.0), 24000)
    assert (right.content, right.length) == (Tone(440.0, first=24000), 24000)
    (joined,) = edits.join(halves, [left.id, right.id]).tracks[0].clips
    assert (joined.content, joined.length) == (Tone(440.0), RATE)
    trimmed = edits.trim_start(p, "c", place_at(Fraction(5, 2))).tracks[0].clips[0]
    assert (trimmed.content, trimmed.length) == (Tone(440.0, first=12000), 36000)
    longer = edits.trim_start(edits.trim_start(p, "c", place_at(Fraction(5, 2))), "c", place_at(0)).tracks[0].clips[0]
    assert (longer.content, p.start_of(longer)) == (Tone(440.0), RATE), "there is nothing before its first frame"
    moved = edits.move_clips(p, ["c"], length_of(100)).tracks[0].clips[0]
    assert moved.takes is p.tracks[0].clips[0].takes
    with pytest.raises(EditError, match="holds no audio and cannot be reversed"):
        edits.reverse(p, ["c"])


def test_the_mixer_plays_what_is_cut_of_it(folder: Path) -> None:
    from engine.playback.contents import prepare_clip, unprepared_clips

    p = edits.trim_start(load(folder), "c", place_at(Fraction(5, 2)))
    silent = compile_plan(p, folder)
    for clip in unprepared_clips(p, folder):
        prepare_clip(clip, p, folder)
    plan = compile_plan(p, folder, silent)
    assert not unprepared_clips(p, folder)
    with Mixer(plan) as mixer:
        mix = mixer.render(0, 2 * RATE)
    start = 60_000  # beat 2.5 at 120 BPM
    expected = np.zeros(2 * RATE)
    expected[start : start + 36_000] = wave(440.0, np.arange(12_000, 48_000))
    np.testing.assert_allclose(mix[:, 0], expected, atol=1e-6)
    np.testing.assert_array_equal(mix[:, 0], mix[:, 1])


def test_the_shell_shows_and_exports_it(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", str(folder), "--json"]) == 0
    (clip,) = json.loads(capsys.readouterr().out)["tracks"][0]["clips"]
    assert (clip["name"], clip["start"], clip["length"], clip["frequency"]) == ("A4", RATE, RATE, 440.0)
    assert clip["takes"] == [{"id": "t", "name": "", "frequency": 440.0}]
    assert main(["show", str(folder)]) == 0
    assert "A4  (440 Hz)" in capsys.readouterr().out
    mix = folder.parent / "mix.wav"
    assert main(["bounce", str(folder), "--mix", str(mix), "--format", "32f"]) == 0
    samples, rate = soundfile.read(mix)
    assert (rate, len(samples)) == (RATE, 2 * RATE)
    np.testing.assert_allclose(samples[RATE:, 0], wave(440.0, np.arange(RATE)), atol=1e-6)
    assert not samples[:RATE].any()


@pytest.fixture
def desk(qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The whole program in a window, with a tone at beat 2 of its track."""
    from desktop.app import Desk
    from desktop.theme import load_theme
    from engine import paths
    from engine.playback.device import NO_SOUND, DeviceSettings

    for name in ("CONFIG", "DATA"):
        monkeypatch.setenv(f"CONTINUO_{name}", str(tmp_path / name.lower()))
    monkeypatch.setattr(paths, "songs_dir", lambda: tmp_path / "songs")
    theme = load_theme()
    theme.load_fonts()
    (tmp_path / "songs").mkdir()
    monkeypatch.setitem(catalog.SPECS, TOY.id, TOY)

    def start(changed: Any) -> InferenceProcess:
        return InferenceProcess(changed, factory=__name__)

    with Desk(qapp, theme, device=DeviceSettings(device=NO_SOUND), inference=start) as desk:
        desk.window.resize(1280, 800)
        desk.window.show()
        desk.document.new(tmp_path / "songs" / "Song", new_project("Song", rate=RATE))
        desk.document.apply("Add a tone", with_tone)
        yield desk


def drag(canvas: QWidget, start: QPoint, by: int) -> None:
    """Drags with the left button from `start` to the right."""
    button, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QTest.mouseMove(canvas, start)
    QTest.mousePress(canvas, button, none, start)
    for share in (0.4, 1.0):
        place = QPointF(start.x() + by * share, start.y())
        move = QMouseEvent(QEvent.Type.MouseMove, place, canvas.mapToGlobal(place), button, button, none)
        QApplication.sendEvent(canvas, move)
    QTest.mouseRelease(canvas, button, none, QPoint(start.x() + by, start.y()))


def test_the_window_draws_selects_moves_cuts_and_shows_it(desk: Any, qtbot: QtBot, tones: list[ToneFields]) -> None:
    document, canvas = desk.document, desk.timeline.canvas
    desk.timeline.viewport.set_zoom(600.0, 0)  # 40 px a beat
    desk.right.open("Clip")

    def clips() -> list[tuple[Any, int, int]]:
        p = document.project
        return [(clip.content, p.start_of(clip), clip.length) for _, clip in p.clips()]

    def rect() -> QRectF:
        ((track, clip),) = document.project.clips()
        return QRectF(canvas.places.clip_rect(canvas.rows.of(track.id), clip))

    def rendered() -> bool:
        ((_, clip),) = document.project.clips()
        return find_content(clip.content, clip, document.project, document.folder) is not None

    qtbot.waitUntil(lambda: ("c", 440.0) in drawn and rendered(), timeout=20_000)
    place = (rect().center() + QPointF(0, 10)).toPoint()
    assert canvas.grab().toImage().pixelColor(place) == QColor(Qt.GlobalColor.red)
    QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, rect().center().toPoint())
    assert document.selection.clips == {"c"}
    (fields,) = tones
    assert (fields.label.text(), fields.label.isVisible()) == ("440 Hz", True)
    assert not desk.inspecting.clip_panel().reverse.isVisible()
    assert not desk.inspecting.clip_panel().offset.isVisible()
    drag(canvas, (rect().topLeft() + QPointF(40, 8)).toPoint(), 80)
    assert clips() == [(Tone(440.0), 2 * RATE, RATE)], "two beats later"
    drag(canvas, (rect().topLeft() + QPointF(2, 40)).toPoint(), 40)
    assert clips() == [(Tone(440.0, first=24_000), 2 * RATE + 24_000, 24_000)], "trimmed by a beat"
    qtbot.waitUntil(rendered, timeout=20_000)
    desk.bridge.seek(2 * RATE + 36_000)
    qtbot.keyClick(desk.window, Qt.Key.Key_S)
    assert clips() == [
        (Tone(440.0, first=24_000), 2 * RATE + 24_000, 12_000),
        (Tone(440.0, first=36_000), 2 * RATE + 36_000, 12_000),
    ]
    desk.actions["reverse"].trigger()
    assert "holds no audio" in desk.message_bar.text
    document.save()
    qtbot.waitUntil(lambda: load(document.folder) == document.project, timeout=20_000)


PITCH = Parameter("pitch", "Pitch", "float", 440.0, 20.0, 20_000.0, unit="Hz", help="of the sine")


class Toy(Levelled):
    """A model that plays a sine of the pitch that it is told."""

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(
            "toy", "Toy", "1", RATE, 1, 10.0, 1.0, frozenset({Task.GENERATE}), (PITCH,), "CC0-1.0", "cpu"
        )

    def make(self, request: Request, context: Context) -> Result:
        frames = np.arange(request.frames or round(request.seconds * RATE))
        pitch = request.settings.own.get("pitch", PITCH.default)
        audio = Audio(wave(pitch, frames)[:, None].astype(np.float32), RATE)
        return Result((audio,) * request.takes, (), {"model": "toy", "pitch": pitch})

    def begin(self, request: Request, context: Context) -> RawSession:
        raise AssertionError("it makes no streams")


TOY = ModelSpec(
    "toy",
    "Toy",
    open=lambda opening: Toy(),
    models=(KnownModel("toy", "Toy", "CC0-1.0", "a sine"),),
    installed=lambda: (ModelInfo("toy", "Toy", "", "CC0-1.0", (), 0, Path(__file__).parent, system="toy"),),
    parameters=(PITCH,),
)


def open_model(name: str, device: str | None, untrained: bool) -> Generator:
    """What the generator process calls, which has imported this file and no other of the tests."""
    catalog.SPECS[TOY.id] = TOY
    return registry.open_model(name, device, untrained=untrained)


def pitch_of(samples: np.ndarray) -> float:
    """The frequency of a second of a sine, in Hz: where its spectrum is strongest."""
    return float(np.argmax(np.abs(np.fft.rfft(samples[:RATE]))))


def test_the_shell_runs_a_model_with_its_own_setting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CONTINUO_DATA", str(tmp_path / "data"))
    monkeypatch.setitem(catalog.SPECS, TOY.id, TOY)
    assert main(["models", "--json"]) == 0
    listed = {model["id"]: model for model in json.loads(capsys.readouterr().out)}
    assert (listed["toy"]["name"], listed["toy"]["installed"]) == ("Toy", True)
    command = ["generate", "a sine", "--model", "toy", "--seconds", "1", "--out", str(tmp_path / "a.wav")]
    assert main([*command, "--pitch", "330", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["provenance"]["pitch"] == 330.0
    samples, rate = soundfile.read(tmp_path / "a.wav")
    assert (rate, len(samples), pitch_of(samples)) == (RATE, RATE, 330.0)
    assert main([*command, "--overwrite"]) == 0
    assert pitch_of(soundfile.read(tmp_path / "a.wav")[0]) == 440.0
    capsys.readouterr()
    assert main([*command, "--overwrite", "--pitch", "19"]) == 2
    assert "is not a number from 20 to 20000" in capsys.readouterr().err
    command[3] = "composer"
    assert main([*command, "--overwrite", "--pitch", "330"]) == 1
    assert capsys.readouterr().err == "continuo: Composer has no setting “pitch”: leave it out.\n"


def test_the_window_generates_with_it_and_a_saved_song_makes_its_take_again(desk: Any, qtbot: QtBot) -> None:
    generation, panel, document = desk.generating.generation, desk.generating.panel, desk.document
    desk.right.open("Generate")
    generation.models.look_for_models()
    panel.model.setCurrentIndex(panel.model.findData("toy"))
    panel.model.activated.emit(panel.model.currentIndex())
    qtbot.waitUntil(lambda: list(panel.fields) == ["pitch"], timeout=120_000)
    field = panel.fields["pitch"].widget
    assert field.text == "440.0 Hz"
    field.edited.emit(330.0, True)
    generation.panel.change(prompt="a sine", takes=1, in_bars=False, seconds=1.0, fit=False)
    qtbot.mouseClick(panel.footer.button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(list(document.project.clips())) == 2, timeout=120_000)
    document.save()
    qtbot.waitUntil(lambda: load(document.folder) == document.project, timeout=20_000)
    project = load(document.folder)
    (clip,) = (clip for _, clip in project.clips() if clip.id != "c")
    record = clip.chosen.provenance
    assert record["request"]["settings"]["own"] == {"pitch": 330.0}
    assert generation.panel.settings_of(clip).own == {"pitch": 330.0}
    file = sample_file(document.folder, project.sources[clip.chosen.source], project.rate)
    samples = read_samples(file, 0, file.frames)
    assert (len(samples), pitch_of(samples[:, 0])) == (RATE, 330.0)
    again = generation.models.inference.replay(record, None, Place(document.folder, RATE), Context())
    file = sample_file(document.folder, again.source, RATE)
    np.testing.assert_array_equal(read_samples(file, 0, file.frames), samples)


LIFT = ParameterSpec("lift", "Lift", "", 1.0, 4.0, 1.0)


class Lift:
    """Multiplies by its parameter, and is 64 frames late."""

    latency = 64

    def __init__(self) -> None:
        self.line = np.zeros((self.latency, 2), np.float32)

    def tail(self, parameters: object) -> int:
        return 0

    def process(self, block: np.ndarray, parameters: Any, sidechain: np.ndarray | None = None) -> np.ndarray:
        both = np.concatenate((self.line, block * np.asarray(parameters["lift"], np.float32).reshape(-1, 1)))
        self.line = both[len(block) :]
        return both[: len(block)]

    def reset(self) -> None:
        self.line = np.zeros_like(self.line)

    def mark(self) -> object:
        return self.line

    def rewind(self, mark: Any) -> None:
        self.line = mark


def test_a_device_and_its_parameter_from_outside_are_set_automated_heard_and_saved(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from engine.playback.contents import prepare_clip
    from engine.playback.graph import Graph
    from engine.playback.transport import Transport

    register(DeviceSpec("toy_lift", "Lift", "utility", (LIFT,), lambda rate, frames: Lift()))
    try:
        assert main(["set", str(folder), "--track", "Tones", "--insert", "toy_lift lift=2"]) == 0
        command = ["automate", str(folder), "--track", "Tones", "--parameter", "lift"]
        assert main([*command, "--points", "1s=1 2s=1.5"]) == 0
        assert main([*command, "--points", "1s=9"]) == 1
        assert "give a number from 1 to 4" in capsys.readouterr().err
        assert main(["devices", "--json"]) == 0
        listed = {each["id"]: each for each in json.loads(capsys.readouterr().out)}
        assert listed["toy_lift"]["parameters"][0]["maximum"] == 4.0
        p = load(folder)
        (device,), (lane,) = p.tracks[0].devices, p.tracks[0].lanes
        assert (device.kind, device.values, lane.target.device) == ("toy_lift", {"lift": 2.0}, device.id)
        ((_, clip),) = p.clips()
        prepare_clip(clip, p, folder)
        plan = compile_plan(p, folder)
        expected = wave(440.0, np.arange(RATE)) * np.interp(np.arange(RATE), [0, RATE], [1.0, 1.5])
        graph = Graph(plan, max_block=RATE)
        np.testing.assert_allclose(graph.render(RATE, RATE).mix[:, 0], expected, atol=1e-6)
        graph.close()
        transport = Transport(plan, buffer=RATE, guard=1000)
        transport.play(RATE)
        while transport.fill():
            pass
        heard = transport.ring.get(transport.ring.tap, 0, RATE)[:, 0]
        transport.close()
        first = int(np.flatnonzero(np.abs(heard) > 1e-9)[0])
        np.testing.assert_allclose(heard[first : first + 40_000], expected[1:40_001], atol=1e-6)
    finally:
        unregister("toy_lift")
