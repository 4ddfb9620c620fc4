"""The effects' kernels as shared libraries, made when the program is packed: it then needs no llvmlite (160 MB).

One library for each level of the x86-64 architecture, or one for the processor of other machines. The code is made from
the same text as at run time (`engine.devices.kernels.compiled`); LLVM joins no multiplication and addition unasked, so
the samples are the same. `python -m installer.native_kernels` makes one for a clone and the processor that it is on.
"""

import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

LEVELS = {"x86_64": ("x86-64-v3", "x86-64"), "AMD64": ("x86-64-v3", "x86-64")}
"""LLVM's names of processors, by the machine's; other machines have one library, “generic”."""


HERE = "this processor"


def make_libraries(texts: Path, destination: Path, levels: Sequence[str] = ()) -> list[Path]:
    """Compiles the kernels in `texts` (`*.ll`) to shared libraries in `destination`; none where no linker is found.

    levels: those of `LEVELS` by default; `HERE` stands for all that the processor at hand can do.
    """
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
    for level in levels or LEVELS.get(platform.machine(), ("generic",)):
        processor, features = "" if level == "generic" else level, ""
        if level == HERE:
            processor, features = llvm.get_host_cpu_name(), llvm.get_host_cpu_features().flatten()
        target = llvm.Target.from_default_triple()
        machine = target.create_target_machine(cpu=processor, features=features, opt=3, reloc="pic")
        module.data_layout = str(machine.target_data)
        library = destination / f"{level}.so"
        with tempfile.TemporaryDirectory() as folder:
            code = Path(folder) / "kernels.o"
            code.write_bytes(machine.emit_object(module))
            subprocess.run([linker, "-shared", "-o", str(library), str(code), "-lm"], check=True)
        libraries.append(library)
    return libraries


def main() -> None:
    """Makes the library that `engine.devices.kernels.compiled` looks for in a clone, and removes earlier ones."""
    from engine.devices.kernels import compiled

    compiled.BUILT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=compiled.BUILT) as folder:
        for library in make_libraries(compiled.FOLDER, Path(folder), (HERE,)):
            for earlier in compiled.BUILT.glob("*.so"):
                earlier.unlink()
            library.rename(compiled.built_library())


if __name__ == "__main__":
    main()
