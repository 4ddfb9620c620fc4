"""Compiles the kernels to LLVM's text form, into `resources/kernels`: `make kernels`, after a change of `source.py`.

numba, which is installed for librosa anyway, does it here once. What runs on a user's machine is `compiled.py`: it
turns that text into machine code and needs neither numba nor a compiler. The text is made neutral: it names no
processor, no operating system and no attributes of one version of LLVM, so that any of them takes it.
"""

import inspect
import os
import re
import sys
from collections.abc import Callable
from types import FunctionType

from engine.devices.kernels import compiled, source

_NOT_NEUTRAL = re.compile(r"^(target|source_filename|attributes|@_ZN|; ).*\n", re.M)
_ATTRIBUTES = re.compile(
    r" (#\d+|local_unnamed_addr|readnone|readonly|writeonly|noalias|noundef|captures\([a-z_, ]*\)|range\([^)]*\)"
    r"|nneg|samesign|disjoint|nuw|nusw|inbounds|exact)(?=[ ,\n({)])"
)

_TRIPLE = "x86_64-unknown-linux-gnu"
_METADATA = re.compile(r", ![\w.]+ !\d+|^!.*\n", re.M)


def build(kernel: Callable[..., None]) -> str:
    """A kernel in LLVM's text form: `int name(void *, void **, arguments…)`."""
    os.environ["NUMBA_OPT"] = "1"  # so that loops are still whole when `_optimised` gets them
    from numba import njit, types

    kinds = {
        "Doubles": types.CPointer(types.float64),
        "Floats": types.CPointer(types.float32),
        "Integers": types.CPointer(types.int64),
        "int": types.int64,
        "float": types.float64,
    }
    inner = {name: each for name, each in vars(source).items() if name.startswith("_") and inspect.isfunction(each)}
    compiled_inner = {name: njit(inline="always", error_model="numpy")(each) for name, each in inner.items()}
    scope = {**vars(source), **compiled_inner}
    function = FunctionType(kernel.__code__, scope, kernel.__name__)  # calls those
    signature = tuple(kinds[kind] for kind in compiled.argument_kinds(kernel))
    options = {"nogil": True, "error_model": "numpy", "no_cpython_wrapper": True, "no_cfunc_wrapper": True}
    result = njit(signature, _nrt=False, **options)(function).overloads[signature]
    text = result.library.get_llvm_str().replace(result.fndesc.llvm_func_name, function.__name__)
    text = _neutral(_optimised(_neutral(text)))
    return f"; {compiled.fingerprint(kernel)}\n{text}"


def _optimised(text: str) -> str:
    """LLVM's own optimisation, told that no two arguments overlap, for vectors of four doubles."""
    import llvmlite.binding as llvm

    llvm.initialize_all_targets()
    llvm.initialize_all_asmprinters()
    head = re.search(r"^define .*$", text, re.M)
    assert head is not None
    alone = head[0].replace("ptr %arg.", "ptr noalias %arg.")
    module = llvm.parse_assembly(text.replace(head[0], alone))
    module.triple = _TRIPLE
    machine = llvm.Target.from_triple(_TRIPLE).create_target_machine(cpu="x86-64-v3", opt=3)
    module.data_layout = str(machine.target_data)
    tuning = llvm.create_pipeline_tuning_options(speed_level=3)
    tuning.loop_vectorization = tuning.slp_vectorization = True
    passes = llvm.create_pass_builder(machine, tuning)
    passes.getModulePassManager().run(module, passes)
    return str(module)


def _neutral(text: str) -> str:
    text = _NOT_NEUTRAL.sub("", text)
    while text != (shorter := _ATTRIBUTES.sub("", text)):
        text = shorter
    return _METADATA.sub("", text)


def main(names: list[str]) -> None:
    """Compiles the kernels with these names, or all."""
    folder = compiled.FOLDER
    folder.mkdir(exist_ok=True)
    for function in compiled.kernels():
        if not names or function.__name__ in names:
            (folder / f"{function.__name__}.ll").write_text(build(function), "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
