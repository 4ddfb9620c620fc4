"""Threads that need scipy first, at once, wait for the one that loads it."""

import ast
import importlib
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from engine import scipy_loader


def test_one_thread_loads_it_while_the_others_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    loading: list[str] = []
    together: list[int] = []

    def load(name: str) -> None:
        loading.append(name)
        together.append(len(loading))
        time.sleep(0.02)
        loading.remove(name)

    monkeypatch.setattr(scipy_loader, "_loaded", False)
    monkeypatch.setattr(importlib, "import_module", load)
    with ThreadPoolExecutor(4) as pool:
        for each in [pool.submit(scipy_loader.load_scipy) for _ in range(4)]:
            each.result()
    assert together
    assert set(together) == {1}


def test_every_import_of_scipy_inside_a_function_comes_after_the_loader() -> None:
    places = 0
    for path in Path(scipy_loader.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.FunctionDef):
                continue
            for index, statement in enumerate(node.body):
                if isinstance(statement, ast.ImportFrom) and (statement.module or "").startswith("scipy"):
                    places += 1
                    assert index, f"{path}:{statement.lineno}"
                    assert ast.unparse(node.body[index - 1]) == "load_scipy()", f"{path}:{statement.lineno}"
    assert places > 3
