"""The effects' kernels as shared libraries, made when the program is packed: it then needs no llvmlite (160 MB).

One library for each level of the x86-64 architecture, or one for the processor of other machines. The code is made from
the same text as at run time (`engine.devices.kernels.compiled`); LLVM joins no multiplication and addition unasked, so
the samples are the same.
"""

import platform
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

LEVELS = {"x86_64": ("x86-64-v3", "x86-64"), "AMD64": ("x86-64-v3", "x86-64")}
"""LLVM's names of processors, by the machine's; other machines have one library, “generic”."""


def make_libraries(texts: Path, destination: Path) -> list[Path]:
    """Compiles the kernels in `texts` (`*.ll`) to shared libraries in `destination`; none where no linker is found."""
    linker = shutil.which("cc") or shutil.which("clang")
    if linker is None or sys.platform == "win32":
        return []
    import llvmlite.binding as llvm

    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    module = llvm.parse_assembly("")
    for path in sorted(texts.glob("*.ll")):
        module.link_in(llvm.parse_assembly(path.read_text("utf-8")))
    module.triple = llvm.get_default_triple()
    destination.mkdir(parents=True, exist_ok=True)
    libraries = []
    for level in LEVELS.get(platform.machine(), ("generic",)):
        processor = "" if level == "generic" else level
        target = llvm.Target.from_default_triple()
        machine = target.create_target_machine(cpu=processor, opt=3, reloc="pic")
        module.data_layout = str(machine.target_data)
        library = destination / f"{level}.so"
        with tempfile.TemporaryDirectory() as folder:
            code = Path(folder) / "kernels.o"
            code.write_bytes(machine.emit_object(module))
            subprocess.run([linker, "-shared", "-o", str(library), str(code), "-lm"], check=True)
        libraries.append(library)
    return libraries
