"""Adding models from a hub (a small server, the real client) and from folders."""

import json
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import save

from engine.errors import Cancelled, ModelError
from engine.generate import catalog, install, registry, user_models
from engine.jobs import Context
from tests.engine.generate.hub_server import COMMIT, HubServer, Repo, sha256

NAME = "makers/tiny-ldm"
UNET = "unet/diffusion_pytorch_model.safetensors"


def weights(count: int, seed: int = 0) -> bytes:
    return save({"w": np.random.default_rng(seed).standard_normal(count).astype(np.float32)})


def pipeline_files() -> dict[str, bytes]:
    """A repository as makers publish one, with what is not wanted beside what is."""
    index = {
        "_class_name": "AudioLDM2Pipeline",
        "_diffusers_version": "0.20.0",
        "language_model": ["transformers", "GPT2Model"],
        "scheduler": ["diffusers", "DDIMScheduler"],
        "tokenizer": ["transformers", "RobertaTokenizerFast"],
        "unet": ["audioldm2", "AudioLDM2UNet2DConditionModel"],
    }
    return {
        "README.md": b"---\nlicense: cc-by-nc-sa-4.0\n---\n# Tiny\n",
        "model_index.json": json.dumps(index).encode(),
        "language_model/config.json": b'{"architectures": ["GPT2Model"]}',
        "language_model/model.safetensors": weights(1000, 1),
        "language_model/pytorch_model.bin": b"pickle",
        "scheduler/scheduler_config.json": b"{}",
        "tokenizer/tokenizer.json": b'{"version": "1.0"}',
        "tokenizer/merges.txt": b"#version\n",
        "unet/config.json": b"{}",
        UNET: weights(500_000, 2),
        "unet/diffusion_pytorch_model.fp16.safetensors": weights(250_000, 3),
        "extra/code.py": b"raise SystemExit",
        "old.ckpt": b"pickle",
    }


WANTED = {
    "README.md",
    "model_index.json",
    "language_model/config.json",
    "language_model/model.safetensors",
    "scheduler/scheduler_config.json",
    "tokenizer/tokenizer.json",
    "tokenizer/merges.txt",
    "unet/config.json",
    UNET,
}


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The program's data and the hub library's cache, both empty; no login, and no hub."""
    monkeypatch.setenv("CONTINUO_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hub"))
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    for name in ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "HF_TOKEN", "HF_HUB_CACHE", "HF_TOKEN_PATH"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.fixture
def server(data: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[HubServer]:
    server = HubServer(Repo(NAME, pipeline_files()))
    monkeypatch.setenv("HF_ENDPOINT", server.address)
    yield server
    server.stop()


def partials(data: Path) -> list[Path]:
    return sorted((data / "hub").rglob("*.incomplete"))


def test_nothing_is_fetched_by_a_plan_and_all_of_it_by_fetch(server: HubServer, data: Path) -> None:
    plan = install.plan(NAME)
    assert plan.asks_consent
    assert {file["name"] for file in plan.files} == WANTED
    assert plan.bytes == sum(len(server.repo.files[name]) for name in WANTED)
    assert (plan.id, plan.system, plan.licence) == ("tiny-ldm", "AudioLDM2Pipeline", "CC-BY-NC-SA-4.0")
    assert not plan.commercial
    for part in (NAME, "9 files", "2.0 MB", "CC-BY-NC-SA-4.0", "no commercial use"):
        assert part in plan.sentence
    assert not list((data / "hub").rglob("blobs"))
    assert not [path for _, path, _ in server.repo.asked if "safetensors" in path]

    shares: list[float] = []
    info = install.fetch(plan, Context(lambda share, text: shares.append(share)))
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert len({round(share, 1) for share in shares}) > 5
    assert info.folder
    assert info.folder.parts[-2:] == ("snapshots", COMMIT)
    assert {path.relative_to(info.folder).as_posix() for path in info.folder.rglob("*") if path.is_file()} == WANTED
    assert (info.folder / UNET).read_bytes() == server.repo.files[UNET]
    assert dict(info.parts) == {"language_model": 1000, "unet": 500_000}
    assert not partials(data)

    listed = next(info for info in registry.models() if info.id == "tiny-ldm").to_dict()
    assert listed["installed"]
    assert listed["repository"] == NAME
    assert listed["commercial"] is False
    assert registry.find("tiny-ldm") == info.folder

    again = install.plan(NAME)
    assert again.present == again.bytes
    before = len(server.repo.asked)
    install.fetch(again, Context())
    assert not [path for method, path, _ in server.repo.asked[before:] if method == "GET" and "cdn" in path]
    assert len(user_models.entries()) == 1

    assert "2.0 MB are free again" in install.remove("tiny-ldm", Context())
    assert not user_models.entries()
    assert not list((data / "hub").rglob("*.safetensors"))
    with pytest.raises(ModelError, match="was not added"):
        install.remove("tiny-ldm", Context())


def test_a_cut_connection_is_gone_on_from(server: HubServer, data: Path) -> None:
    server.repo.cut[UNET] = [700_000]
    plan = install.plan(NAME)
    info = install.fetch(plan, Context())
    assert info.folder
    assert (info.folder / UNET).read_bytes() == server.repo.files[UNET]
    ranges = [asked for method, path, asked in server.repo.asked if method == "GET" and path == f"/cdn/{UNET}"]
    assert ranges[0] in ("", "bytes=0-")
    assert int(ranges[-1].removeprefix("bytes=").split("-")[0]) > 0


def test_a_cancel_is_quick_and_the_next_fetch_goes_on(server: HubServer, data: Path) -> None:
    server.repo.slow = 0.15
    plan = install.plan(NAME)
    context = Context()
    stopped: list[float] = []

    def cancel_in_the_middle() -> None:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            with suppress(FileNotFoundError):  # a small file may have come whole meanwhile
                if any(path.stat().st_size >= 1 << 20 for path in partials(data)):
                    break
            time.sleep(0.02)
        stopped.append(time.monotonic())
        context.cancel()

    other = threading.Thread(target=cancel_in_the_middle)
    other.start()
    with pytest.raises(Cancelled):
        install.fetch(plan, context)
    other.join()
    assert time.monotonic() - stopped[0] < 5  # the network alone would have taken its 10 s
    assert not user_models.entries()
    [left] = partials(data)
    have = left.stat().st_size
    assert 0 < have < len(server.repo.files[UNET])

    server.repo.slow = 0.0
    server.repo.asked.clear()
    later = install.plan(NAME)
    assert later.present >= have
    info = install.fetch(later, Context())
    ranges = [asked for method, path, asked in server.repo.asked if method == "GET" and path == f"/cdn/{UNET}"]
    assert ranges == [f"bytes={have}-"]
    assert info.folder
    assert sha256((info.folder / UNET).read_bytes()) == sha256(server.repo.files[UNET])


@pytest.mark.parametrize("name", [UNET, "tokenizer/tokenizer.json"])
def test_what_arrives_damaged_is_thrown_away(server: HubServer, data: Path, name: str) -> None:
    real = server.repo.files[name]
    server.repo.wrong[name] = bytes([real[0] ^ 1]) + real[1:]
    with pytest.raises(ModelError, match=f"{name} of {NAME} arrived damaged"):
        install.fetch(install.plan(NAME), Context())
    assert not partials(data)
    assert not user_models.entries()
    server.repo.wrong.clear()
    assert install.fetch(install.plan(NAME), Context()).folder


def test_what_was_damaged_in_the_cache_is_fetched_again(server: HubServer, data: Path) -> None:
    folder = install.fetch(install.plan(NAME), Context()).folder
    assert folder
    blob = (folder / UNET).resolve()
    blob.write_bytes(blob.read_bytes()[:-4] + b"\0\0\0\0")
    install.fetch(install.plan(NAME), Context())
    assert (folder / UNET).read_bytes() == server.repo.files[UNET]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"name": "makers/other"}, "There is no model makers/tiny-ldm on the hub"),
        ({"gated": True}, "open only to those who agreed to its terms"),
        ({"status": 401, "code": "GatedRepo"}, "open only to those who agreed to its terms"),
        ({"status": 500}, "HTTP status 500"),
    ],
)
def test_a_hub_that_refuses_is_said(server: HubServer, change: dict[str, Any], sentence: str) -> None:
    for key, value in change.items():
        setattr(server.repo, key, value)
    with pytest.raises(ModelError, match=sentence):
        install.plan(NAME)


def test_no_network_is_said(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{free.getsockname()[1]}")
    with pytest.raises(ModelError, match="does not answer"):
        install.plan(NAME)


def test_the_offline_flag_is_honoured(server: HubServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(ModelError, match="HF_HUB_OFFLINE is set"):
        install.plan(NAME)
    assert not server.repo.asked


def test_a_full_disk_is_said_and_leaves_nothing_listed(
    server: HubServer, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    resource = pytest.importorskip("resource")
    plan = install.plan(NAME)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, hard))  # holds in the process that fetches, too
    try:
        with pytest.raises(ModelError, match="The disk is full"):
            install.fetch(plan, Context())
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert not user_models.entries()
    usage = shutil.disk_usage(data)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage._replace(free=1_000_000))
    before = len(server.repo.asked)
    with pytest.raises(ModelError, match="not enough space"):
        install.fetch(plan, Context())
    assert len(server.repo.asked) == before


def test_pickles_only_are_refused_before_anything_is_fetched(server: HubServer) -> None:
    del server.repo.files["language_model/model.safetensors"]
    with pytest.raises(ModelError, match=r"pickles only \(language_model/pytorch_model.bin\)"):
        install.plan(NAME)


def test_a_tokenizer_without_words_is_refused_before_anything_is_fetched(server: HubServer) -> None:
    del server.repo.files["tokenizer/tokenizer.json"]
    with pytest.raises(ModelError, match=r"no whole model, it lacks tokenizer \(its words\)"):
        install.plan(NAME)


def test_what_proves_useless_is_not_left_behind(server: HubServer, data: Path) -> None:
    server.repo.files[UNET] = server.repo.files[UNET][:-1000]
    with pytest.raises(ModelError, match="is cut off"):
        install.fetch(install.plan(NAME), Context())
    assert not user_models.entries()
    assert not list((data / "hub").rglob("*.safetensors"))


def test_code_of_its_own_is_refused(server: HubServer) -> None:
    index = json.loads(server.repo.files["model_index.json"])
    server.repo.files["model_index.json"] = json.dumps(index | {"_class_name": ["extra.code", "Odd"]}).encode()
    with pytest.raises(ModelError, match="code of its own"):
        install.plan(NAME)


def test_a_class_that_cannot_be_run_is_refused(server: HubServer) -> None:
    index = json.loads(server.repo.files["model_index.json"])
    server.repo.files["model_index.json"] = json.dumps(index | {"_class_name": "FluxPipeline"}).encode()
    with pytest.raises(ModelError, match="FluxPipeline, which cannot be run here"):
        install.plan(NAME)


@pytest.fixture
def folder(data: Path) -> Path:
    place = data / "My Model"
    for name in WANTED:
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_bytes(pipeline_files()[name])
    return place


def test_a_folder_is_added_without_asking(folder: Path) -> None:
    plan = install.plan(str(folder))
    assert not plan.asks_consent
    assert not plan.commercial
    info = install.fetch(plan, Context())
    assert (info.id, info.folder) == ("my-model", folder)
    assert registry.find("my-model") == folder
    assert "its files stay" in install.remove("my-model", Context())
    assert (folder / UNET).is_file()


def test_a_folder_that_went_away_or_was_cut_is_said(folder: Path) -> None:
    install.fetch(install.plan(str(folder)), Context())
    weights = (folder / UNET).read_bytes()
    (folder / UNET).write_bytes(weights[:-10])
    with pytest.raises(ModelError, match="cut off"):
        registry.find("my-model")
    with pytest.raises(ModelError, match="cut off"):
        install.plan(str(folder))
    shutil.rmtree(folder)
    with pytest.raises(ModelError, match="is gone"):
        registry.find("my-model")
    assert next(info for info in registry.models() if info.id == "my-model").problem


def test_what_is_neither_folder_nor_repository_is_said(data: Path) -> None:
    with pytest.raises(ModelError, match="There is no folder “nothing”; name one, a repository"):
        install.plan("nothing")
    with pytest.raises(ModelError, match="program's own"):
        install.plan("melody-paper")


def test_two_models_of_one_name_get_two_ids(folder: Path, data: Path) -> None:
    install.fetch(install.plan(str(folder)), Context())
    other = data / "other" / "My Model"
    shutil.copytree(folder, other)
    assert install.fetch(install.plan(str(other)), Context()).id == "my-model-2"
    assert install.plan(str(folder)).id == "my-model"
    assert {entry.folder for entry in user_models.entries()} == {folder, other}


def test_a_damaged_list_is_a_problem_of_what_was_added_alone(data: Path) -> None:
    user_models.path().write_text("{")
    damaged = next(info for info in registry.installed() if info.problem)
    assert "added.json, is damaged" in damaged.problem
    assert registry.find().name == "melody-starter"
    with pytest.raises(ModelError, match=r"added\.json, is damaged"):
        user_models.drop("anything")
    assert user_models.path().read_text() == "{"


def test_one_damaged_line_is_a_problem_of_that_model_alone(folder: Path) -> None:
    install.fetch(install.plan(str(folder)), Context())
    values = json.loads(user_models.path().read_text())
    odd = [{"id": "odd"}, {"id": "odd2", "bytes": "many"}, {"id": ["x"]}, {**values["models"][0], "id": "a\u202eb"}]
    user_models.path().write_text(json.dumps({**values, "models": [*odd, *values["models"]]}))
    problems = {info.id: info.problem for info in registry.installed()}
    assert not problems["my-model"]
    assert [key for key, problem in problems.items() if "Its line in" in problem] == ["odd", "odd2", "['x']", "ab"]
    assert registry.find("my-model") == folder
    assert "no longer listed" in install.remove("odd", Context())
    assert [value["id"] for value in json.loads(user_models.path().read_text())["models"]] == [
        "odd2", ["x"], "a\u202eb", "my-model",
    ]  # fmt: skip


def test_what_is_known_is_marked_with_its_licence(data: Path) -> None:
    listed = {info.id: info.to_dict() for info in registry.models()}
    assert listed["audioldm2-music"]["licence"] == "CC-BY-NC-SA-4.0"
    assert listed["musicgen-small"]["licence"] == "CC-BY-NC-4.0"
    assert [key for key, info in listed.items() if not info["commercial"]] == [
        model.id for model in catalog.known_models().values() if "NC" in model.licence
    ]
    assert listed["stable-audio-open"]["terms"]
    assert not listed["audioldm2"]["installed"]
    assert {"id", "preset", "parts", "bytes", "licence", "installed"} <= set(listed["ace-step"])
    with pytest.raises(ModelError, match="continuo models add audioldm2"):
        registry.find("audioldm2")
