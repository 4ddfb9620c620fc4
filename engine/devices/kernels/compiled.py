"""The kernels as machine code: LLVM's text form from `resources/kernels`, turned into code for this processor.

Chosen by measuring, on an AMD EPYC 7003-class machine with two shared cores (Python 3.11, numba 0.68, llvmlite 0.50):

====================================  ===========  ============  =========================================
way                                   first use    memory        speed, 10 filters on both channels
====================================  ===========  ============  =========================================
numba, functions cached on disk       0.5 s        +67 MB        as below, after 10 s of compiling at first
scipy.signal.sosfilt                  2.2 s        +79 MB        filters only: no compressor, no reverb
this: llvmlite and text built before  0.1 s        +45–75 MB     0.3 % of a core
Python itself                         0            0             about 150 times slower
====================================  ===========  ============  =========================================

So nothing is compiled at the user's first start, and a kernel is made when a song first needs it, in 20 to 40 ms each.
The packed program brings the kernels along as shared libraries (`LIBRARIES`), and needs no llvmlite. Nor does a clone
where `make run` found a linker (`built_library`): a player with an effect is 75 MB smaller then.
A call releases the interpreter's lock. Where a kernel cannot be made (no llvmlite, a system that forbids new code),
its Python form runs: the same samples, slower.
"""

import ctypes
import hashlib
import inspect
import logging
import platform
import threading
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine import paths
from engine.devices.kernels import source

_log = logging.getLogger(__name__)

FOLDER = paths.resources() / "kernels"
LIBRARIES = FOLDER / "native"
"""Shared libraries that hold all kernels, named by the processors that they are for; there are none in a clone."""
BUILT = paths.resources().parent / "build" / "kernels"
"""Where a clone has one for its own processor."""
Kernel = Callable[..., None]

_LONG_ARRAY = 1 << 15  # elements; Python is slower on arrays than on lists, but copying long ones is slower still
_C_TYPES = {"int": ctypes.c_int64, "float": ctypes.c_double}
_DTYPES = {"Doubles": np.dtype(np.float64), "Floats": np.dtype(np.float32), "Integers": np.dtype(np.int64)}
_BYTE = ctypes.c_char
_lock = threading.Lock()
_engines: list[object] = []  # own the code that kernels run


def kernels() -> tuple[Callable[..., None], ...]:
    """All kernels in their Python form."""
    functions = (each for name, each in vars(source).items() if inspect.isfunction(each) and not name.startswith("_"))
    return tuple(functions)


def argument_kinds(function: Callable[..., None]) -> tuple[str, ...]:
    """The kind of each argument: Doubles, Floats, Integers, int or float."""
    names = {
        source.Doubles: "Doubles", source.Floats: "Floats", source.Integers: "Integers", int: "int", float: "float",
    }  # fmt: skip
    return tuple(names[each.annotation] for each in inspect.signature(function).parameters.values())


def fingerprint(function: Callable[..., None]) -> str:
    """What tells whether a compiled kernel is of the present source."""
    inner = (each for name, each in vars(source).items() if name.startswith("_") and inspect.isfunction(each))
    shared = [inspect.getsource(each) for each in inner if f"{each.__name__}(" in inspect.getsource(function)]
    text = f"{source.TINY} {source.LINES} {''.join(shared)} {inspect.getsource(function)}"
    return hashlib.sha256(text.encode()).hexdigest()


@cache
def kernel(name: str) -> Kernel:
    """The kernel with that name. Arrays must be C-contiguous and of the kind's type. Any thread."""
    function = getattr(source, name)
    try:
        with _lock:
            return _compiled(function)
    except (ImportError, OSError, RuntimeError) as error:
        _log.warning("effects run slowly, since %s could not be made into machine code: %s", name, error)
        return in_python(function)


def built_library() -> Path:
    """Where a clone's library lies, or would: it is named by the texts and the processor that it was made for."""
    digest = hashlib.sha256(repr(sorted(_processor().items())).encode())
    for path in sorted(FOLDER.glob("*.ll")):
        digest.update(path.read_bytes())
    return BUILT / f"{digest.hexdigest()[:16]}.so"


def _processor() -> dict[str, bool]:
    """What the processor can do, in a list that numpy keeps for itself; no public function tells."""
    features: dict[str, bool] = np._core._multiarray_umath.__cpu_features__  # type: ignore[attr-defined]
    return features


@cache
def _library() -> ctypes.CDLL | None:
    """The shared library for this processor; None where there is none."""
    candidates: list[Path] = []
    if LIBRARIES.is_dir():
        v3 = all(_processor().get(name) for name in ("AVX2", "FMA3", "F16C"))
        names = (*(("x86-64-v3",) * v3), "x86-64") if platform.machine() in ("x86_64", "AMD64") else ("generic",)
        candidates = [LIBRARIES / f"{name}.so" for name in names]
    elif BUILT.is_dir():
        candidates = [built_library()]
    path = next((path for path in candidates if path.is_file()), None)
    return ctypes.CDLL(str(path)) if path else None


def _code_address(name: str) -> int:
    """Where the machine code of a kernel lies."""
    library = _library()
    if library is not None:
        return ctypes.cast(library[name], ctypes.c_void_p).value or 0
    return _translated(name)


def _translated(name: str) -> int:
    """Turns the text of a kernel into machine code for this processor."""
    import llvmlite.binding as llvm

    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    module = llvm.parse_assembly((FOLDER / f"{name}.ll").read_text("utf-8"))
    module.triple = llvm.get_default_triple()
    features = llvm.get_host_cpu_features().flatten()
    target = llvm.Target.from_default_triple()
    machine = target.create_target_machine(cpu=llvm.get_host_cpu_name(), features=features, opt=3, jit=True)
    engine = llvm.create_mcjit_compiler(module, machine)
    engine.finalize_object()
    _engines.append(engine)
    address: int = engine.get_function_address(name)
    return address


def _compiled(function: Callable[..., None]) -> Kernel:
    kinds = argument_kinds(function)
    types: list[Any] = [_C_TYPES.get(kind, ctypes.c_void_p) for kind in kinds]
    code = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, *types)(_code_address(function.__name__))
    nothing = np.zeros(4)
    result = nothing.ctypes.data
    dtypes: list[Any] = [_DTYPES.get(kind) for kind in kinds]

    def call(*arguments: Any) -> None:
        plain = [
            each if dtype is None else each.address if type(each) is Pinned else _address(each, dtype)
            for each, dtype in zip(arguments, dtypes, strict=True)
        ]
        code(result, None, *plain)

    call.keeps = nothing  # type: ignore[attr-defined]
    return call


class Pinned:
    """An array whose address is looked up once; kernels take it in an array's place. It is never resized."""

    __slots__ = ("address", "array")

    def __init__(self, array: NDArray[Any]) -> None:
        self.array = array
        self.address = _address(array, array.dtype)


def _address(array: Any, dtype: np.dtype[Any]) -> int:
    if array.dtype != dtype or not array.flags.c_contiguous:
        raise TypeError(f"a kernel needs a contiguous array of {dtype}")
    try:
        return ctypes.addressof(_BYTE.from_buffer(array))  # a fifth of the time of asking numpy
    except (TypeError, ValueError):  # it is empty or may only be read
        return array.__array_interface__["data"][0]


def in_python(function: Callable[..., None]) -> Kernel:
    """The kernel as Python runs it. Arrays of single precision stay arrays, which round what is written into them."""

    def call(*given: Any) -> None:
        arguments = [each.array if isinstance(each, Pinned) else each for each in given]
        lists = {
            n: each.reshape(-1).tolist()
            for n, each in enumerate(arguments)
            if isinstance(each, np.ndarray) and each.dtype != np.float32 and each.size <= _LONG_ARRAY
        }
        views = [each.reshape(-1) if isinstance(each, np.ndarray) else each for each in arguments]
        function(*(lists.get(n, each) for n, each in enumerate(views)))
        for n, values in lists.items():
            views[n][:] = values

    return call
