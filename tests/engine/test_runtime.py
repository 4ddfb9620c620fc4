"""The neural models' runtime, from a local package index whose “uv” is a script."""

import hashlib
import io
import json
import sys
import threading
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from engine import paths, runtime, runtime_setup
from engine.cli import main
from engine.errors import Cancelled, ModelError
from engine.generate import registry
from engine.jobs import Context

WHEEL = f"uv-{runtime_setup.UV_VERSION}-py3-none-test.whl"
UV = f"""#!{sys.executable}
import os, pathlib, sys, time
say = lambda line: print(line, file=sys.stderr, flush=True)
if sys.argv[1] == "venv":
    python = pathlib.Path(sys.argv[-1]) / "bin" / "python"
    python.parent.mkdir(parents=True, exist_ok=True)
    python.write_text('#!/bin/sh\\necho \\'{{"torch": "2.13.0+cpu", "device": "cpu"}}\\'\\n')
    python.chmod(0o755)
else:
    if failure := os.environ.get("UV_FAILS"):
        say(failure)
        sys.exit(2)
    pathlib.Path(os.environ["UV_CACHE_DIR"]).mkdir(exist_ok=True)
    say("Resolved 2 packages in 3ms")
    say("Downloading torch (300.0MiB)")
    say("Downloading scipy (100.0MiB)")
    if os.environ.get("UV_HANGS"):
        time.sleep(100)
    say(" Downloaded torch")
    say(" Downloaded scipy")
    say("Prepared 2 packages in 1s")
"""


class Index:
    """A package index with one wheel. `cut`: the bytes of it that are sent before the connection ends."""

    def __init__(self):
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr(f"uv-{runtime_setup.UV_VERSION}.data/scripts/uv", UV)
            archive.writestr("padding", bytes(300_000))
        self.wheel, self.cut, self.ranges = packed.getvalue(), None, []
        index = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                if self.path == "/simple/uv/":
                    files = [{"filename": WHEEL, "url": "../../files/uv.whl"}]
                    self.answer(200, json.dumps({"files": files}).encode())
                elif self.path == "/files/uv.whl":
                    stated = self.headers.get("Range")
                    index.ranges.append(stated)
                    first = int(stated.removeprefix("bytes=").removesuffix("-")) if stated else 0
                    self.answer(206 if stated else 200, index.wheel[first:], index.cut)
                else:
                    self.answer(404, b"")

            def answer(self, status, content, cut=None):
                self.send_response(status)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content[:cut])

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/simple"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02})
        self.thread.start()

    def close(self):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture
def index(monkeypatch, tmp_path):
    """A packed program beside a package index."""
    program = tmp_path / "program"
    (program / "resources").mkdir(parents=True)
    (program / "runtime.txt").write_text("torch\nscipy\n")
    (program / "constraints.txt").write_text("torch==2.13.0\n")
    monkeypatch.setattr(paths, "resources", lambda: program / "resources")
    monkeypatch.setenv("CONTINUO_DATA", str(tmp_path / "data"))
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    index = Index()
    monkeypatch.setenv("UV_DEFAULT_INDEX", index.url)
    place = (sys.platform, runtime_setup.platform.machine())
    monkeypatch.setattr(runtime_setup, "UV_WHEELS", {place: ("test", hashlib.sha256(index.wheel).hexdigest())})
    yield index
    index.close()


def test_it_is_fetched_once_with_progress_and_runs_what_is_neural(index):
    news = []
    runtime_setup.install(Context(lambda share, text: news.append((share, text))))
    assert runtime.is_ready()
    assert runtime.description()["torch"] == "2.13.0+cpu"
    assert runtime.interpreter_for("engine.inference.process") == str(runtime.python())
    assert runtime.interpreter_for("engine.train.layers.rendering") == str(runtime.python())
    assert runtime.interpreter_for("engine.playback.worker") == sys.executable
    shares, texts = zip(*news, strict=True)
    assert list(shares) == sorted(shares)
    assert any(text.startswith("Fetching uv") for text in texts)
    assert "Fetching scipy (315 of 419 MB)" in texts  # 300 and 100 MiB
    assert not (runtime.folder() / "cache").exists()
    runtime_setup.install(Context())
    assert index.ranges == [None]


def test_a_fetch_that_was_cut_goes_on(index):
    index.cut = 100_000
    with pytest.raises(runtime_setup.RuntimeSetupError, match="when this machine is online"):
        runtime_setup.install(Context())
    assert not runtime.is_ready()
    index.cut = None
    runtime_setup.install(Context())
    assert runtime.is_ready()
    assert index.ranges == [None, "bytes=100000-"]


def test_another_file_than_the_pinned_one_is_not_run(index, monkeypatch):
    place = (sys.platform, runtime_setup.platform.machine())
    monkeypatch.setattr(runtime_setup, "UV_WHEELS", {place: ("test", "0" * 64)})
    with pytest.raises(runtime_setup.RuntimeSetupError, match="not what it should be"):
        runtime_setup.install(Context())
    assert not list(runtime.folder().glob("**/uv*"))


def test_without_a_network_one_sentence_says_so(index, monkeypatch, capsys):
    monkeypatch.setenv("UV_DEFAULT_INDEX", "http://127.0.0.1:9/simple")  # nobody listens
    assert main(["runtime", "--install"]) == 1
    assert capsys.readouterr().err == f"continuo: {runtime_setup.OFFLINE}\n"


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("error: Failed to fetch: http://x/torch\n  cause: dns error", runtime_setup.OFFLINE),
        ("error: No space left on device (os error 28)", "The disk is full"),
        ("error: No solution found", "could not be made (No solution found)"),
    ],
)
def test_what_uv_fails_with_becomes_a_sentence(index, monkeypatch, said, sentence):
    monkeypatch.setenv("UV_FAILS", said)
    with pytest.raises(runtime_setup.RuntimeSetupError) as caught:
        runtime_setup.install(Context())
    assert sentence in str(caught.value)
    monkeypatch.delenv("UV_FAILS")
    runtime_setup.install(Context())
    assert runtime.is_ready()
    assert index.ranges == [None]  # uv itself was kept


def test_a_cancel_ends_uv(index, monkeypatch):
    monkeypatch.setenv("UV_HANGS", "1")

    def report(share, text):
        if "torch" in text:
            context.cancel()

    context = Context(report)
    with pytest.raises(Cancelled):
        runtime_setup.install(context)
    assert not runtime.is_ready()


def test_it_is_removed_whole_and_made_anew_for_other_versions(index, capsys):
    runtime_setup.install(Context())
    assert main(["runtime", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["ready"]
    runtime.requirements()[1].write_text("torch==2.14.0\n")
    assert not runtime.is_ready()
    assert main(["runtime", "--remove"]) == 0
    assert not runtime.folder().exists()
    assert main(["runtime"]) == 0
    assert "continuo runtime --install" in capsys.readouterr().out


def test_the_shell_hands_neural_commands_over(index):
    runtime_setup.install(Context())
    note = runtime.folder() / "called"
    runtime.python().write_text(f'#!/bin/sh\necho "$PYTHONPATH $*" > "{note}"\nexit 7\n')
    assert main(["generate", "slow piano", "--out", "x.wav"]) == 7
    program = paths.resources().parent
    assert note.read_text() == f"{program} -P -m engine.cli generate slow piano --out x.wav\n"


def test_without_it_a_model_is_refused_with_what_to_do(index, monkeypatch):
    def without_torch(*_, **__):
        raise ModuleNotFoundError("No module named 'torch'", name="torch")

    monkeypatch.setattr(registry, "_open", without_torch)
    with pytest.raises(ModelError, match="continuo runtime --install"):
        registry.open_model()


def test_a_clone_needs_none(capsys):
    assert main(["runtime", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["needed"] is False
    assert main(["runtime", "--install"]) == 1
    assert "needs no runtime" in capsys.readouterr().err
    assert runtime.interpreter_for("engine.inference.process") == sys.executable
    assert Path(runtime.folder()).name == "runtime"
