"""The kernels: the machine code does what their Python does, bit for bit."""

import ctypes
import inspect
import logging
import platform
import sys
from pathlib import Path

import numpy as np
import pytest

from engine.devices.kernels import compiled, source

ROOT = Path(__file__).resolve().parents[3]
KERNELS = {function.__name__: function for function in compiled.kernels()}
FRAMES = 160
NUMBERS = {"frames": FRAMES, "stride": 0, "mask": 511, "position": 1000, "factor": 4, "phases": 3, "voices": 3}
NUMBERS |= {
    "stages": 3,
    "sections": 3,
    "ring_size": 64,
    "crossing": 1,
    "floor": 1e-7,
    "unit": 8.7,
    "glide": 0.01,
    "gain": 0.6,
}


def arguments(function) -> list:
    """Plausible arguments: filters that are stable, delays within their rings."""
    rng = np.random.default_rng(5)
    names = inspect.signature(function).parameters
    result = []
    for name, kind in zip(names, compiled.argument_kinds(function), strict=True):
        if name == "count":
            result.append(16 if "taps" in names else 2 * FRAMES)
        elif name == "size":
            result.append(512 if "lines" in names else 64)
        elif name.endswith("_stride"):
            result.append(1)
        elif kind in ("int", "float"):
            result.append(NUMBERS[name])
        elif kind == "Integers":
            result.append(np.zeros(2, np.int64) if name == "ends" else rng.integers(1, 60, 64))
        elif kind == "Floats":
            result.append((0.5 * rng.standard_normal(16 * 512)).astype(np.float32))
        elif name in ("window", "wait", "delay", "lengths", "present"):
            result.append(np.floor(rng.uniform(10, 50, FRAMES)))
        elif name == "places":
            result.append(np.array([8, 0, 4]))
        elif name in ("coefficients", "shelves", "rows"):
            result.append(rng.uniform(0.0, 0.05, 7 * FRAMES))
        elif name in ("x", "out", "wet", "work", "level"):
            result.append(rng.standard_normal(16 * 512))
        else:
            result.append(rng.uniform(0.0, 0.9, 1024))
    return result


@pytest.mark.parametrize("name", KERNELS)
def test_machine_code_and_python_give_the_same_bits(name, monkeypatch):
    monkeypatch.setattr(compiled, "_library", lambda: None)
    machine = arguments(KERNELS[name])
    python = [each.copy() if isinstance(each, np.ndarray) else each for each in machine]
    before = [each.copy() if isinstance(each, np.ndarray) else each for each in machine]
    compiled._compiled(KERNELS[name])(*machine)
    compiled.in_python(KERNELS[name])(*python)
    arrays = [n for n, each in enumerate(machine) if isinstance(each, np.ndarray)]
    assert all(np.array_equal(machine[n], python[n]) for n in arrays)
    assert any(not np.array_equal(machine[n], before[n]) for n in arrays)
    assert all(np.isfinite(machine[n]).all() for n in arrays)


@pytest.fixture(scope="module")
def native_kernels():
    """What makes libraries."""
    sys.path.insert(0, str(ROOT / "installer"))
    try:
        import native_kernels
    finally:
        sys.path.pop(0)
    return native_kernels


@pytest.fixture(scope="module")
def packed_kernels(native_kernels, tmp_path_factory):
    """The libraries of the packed program, and that of a clone."""
    folder = tmp_path_factory.mktemp("native")
    levels = (*native_kernels.LEVELS.get(platform.machine(), ("generic",)), native_kernels.HERE)
    assert len(native_kernels.make_libraries(compiled.FOLDER, folder, levels)) == len(levels)
    return folder


def test_the_packed_programs_libraries_give_the_same_bits(packed_kernels, monkeypatch):
    for library in packed_kernels.iterdir():
        monkeypatch.setattr(compiled, "_library", lambda library=library: ctypes.CDLL(str(library)))
        for name, function in KERNELS.items():
            packed = arguments(function)
            python = [each.copy() if isinstance(each, np.ndarray) else each for each in packed]
            compiled._compiled(function)(*packed)
            compiled.in_python(function)(*python)
            pairs = zip(packed, python, strict=True)
            assert all(np.array_equal(one, other) for one, other in pairs), f"{name} in {library.name}"


def test_the_library_for_this_processor_is_chosen(packed_kernels, monkeypatch):
    monkeypatch.setattr(compiled, "LIBRARIES", packed_kernels)
    library = compiled._library.__wrapped__()
    assert Path(library._name).parent == packed_kernels
    monkeypatch.setattr(compiled, "LIBRARIES", packed_kernels / "missing")
    monkeypatch.setattr(compiled, "BUILT", packed_kernels / "missing")
    assert compiled._library.__wrapped__() is None


def test_a_clone_has_a_library_of_the_present_texts(native_kernels, tmp_path, monkeypatch):
    texts = tmp_path / "texts"
    texts.mkdir()
    (texts / "scale.ll").write_bytes((compiled.FOLDER / "scale.ll").read_bytes())
    for name, folder in (("LIBRARIES", "missing"), ("BUILT", "built"), ("FOLDER", "texts")):
        monkeypatch.setattr(compiled, name, tmp_path / folder)
    assert compiled._library.__wrapped__() is None
    native_kernels.main()
    assert Path(compiled._library.__wrapped__()._name) == compiled.built_library()
    (texts / "blend.ll").write_bytes((texts / "scale.ll").read_bytes())
    assert compiled._library.__wrapped__() is None, "it is of other texts"
    monkeypatch.setattr(native_kernels.shutil, "which", lambda _: None)
    native_kernels.main()
    assert compiled._library.__wrapped__() is None, "there is no linker"


@pytest.mark.parametrize("name", KERNELS)
def test_what_is_built_is_of_the_present_source(name):
    text = (compiled.FOLDER / f"{name}.ll").read_text("utf-8")
    assert text.startswith(f"; {compiled.fingerprint(KERNELS[name])}\n"), "run `make kernels`"


def test_there_is_nothing_else_in_the_folder():
    assert {file.stem for file in compiled.FOLDER.iterdir()} == set(KERNELS)


@pytest.mark.parametrize("name", KERNELS)
def test_what_is_built_names_no_machine(name):
    text = (compiled.FOLDER / f"{name}.ll").read_text("utf-8")
    assert "x86" not in text
    assert "target" not in text
    declared = [line for line in text.splitlines() if line.startswith("declare")]
    assert all("@llvm." in line for line in declared)  # it needs no library


def test_without_machine_code_python_works_and_says_so(monkeypatch, tmp_path, caplog):
    monkeypatch.setattr(compiled, "FOLDER", tmp_path)
    monkeypatch.setattr(compiled, "_library", lambda: None)
    with caplog.at_level(logging.WARNING):
        slow = compiled.kernel.__wrapped__("scale")
    x = np.arange(6.0)
    slow(x, np.array([0.5]), 0, 3)
    assert x.tolist() == [0.0, 0.5, 1.0, 1.5, 2.0, 2.5]
    assert "scale could not be made into machine code" in caplog.text


def test_an_array_of_another_type_is_refused():
    with pytest.raises(TypeError, match="contiguous array of float64"):
        compiled.kernel("scale")(np.zeros(6, np.float32), np.ones(1), 0, 3)
    with pytest.raises(TypeError, match="contiguous"):
        compiled.kernel("scale")(np.zeros(12)[::2], np.ones(1), 0, 3)


def test_the_sliding_maximum_is_that_of_numpy():
    x = np.random.default_rng(1).standard_normal(500)
    out, ends = np.zeros(500), np.zeros(2, np.int64)
    ring = (np.zeros(40), np.zeros(40, np.int64), 40, ends)
    compiled.kernel("sliding_maximum")(x, out, np.full(1, 30.0), 0, *ring, 0, 500)
    assert out.tolist() == [x[max(0, n - 29) : n + 1].max() for n in range(500)]
    assert source.LINES == 16
