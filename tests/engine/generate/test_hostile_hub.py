"""A hub that lies about hashes, names, lengths, ranges and addresses. No file of the user is touched, nothing hangs.

What asks the hub runs in this process here, but where its end is what is tested.
"""

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from huggingface_hub import close_session, constants

from engine.errors import Cancelled, ModelError
from engine.generate import hub_client, hub_http, hub_names, hub_process, install, user_models
from engine.generate.hub_names import cache_folder, check_files, unsafe
from engine.jobs import Context
from tests.engine.generate.hub_server import COMMIT, HubServer, Repo, git_hash, sha256
from tests.engine.generate.test_install import NAME, UNET, pipeline_files

TOKENIZER = "tokenizer/tokenizer.json"


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[HubServer]:
    """The program's data and the hub library's cache, both empty; a folder of the user's beside them."""
    for name in ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "HF_TOKEN", "HF_HUB_CACHE", "HF_TOKEN_PATH"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("CONTINUO_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hub"))
    (tmp_path / "user").mkdir()
    (tmp_path / "user" / "thesis.txt").write_text("years of work")
    server = HubServer(Repo(NAME, pipeline_files()))
    monkeypatch.setenv("HF_ENDPOINT", server.address)
    monkeypatch.setattr(constants, "ENDPOINT", server.address)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub" / "hub"))
    monkeypatch.setattr(hub_http.time, "sleep", lambda seconds: None)
    monkeypatch.setattr(install, "ask", answered)
    yield server
    close_session()
    server.stop()


def answered(
    what: str, context: Context, came: Callable[[int], None] = lambda count: None, **values: Any
) -> Mapping[str, Any]:
    """What `hub_client.ask` gives, without another process."""

    def tell(values: Mapping[str, Any]) -> None:
        came(values["bytes"])

    request = json.loads(json.dumps({"what": what, **values}))
    answer: Mapping[str, Any] = json.loads(json.dumps(hub_process.answer(request, tell)))
    return answer


@pytest.fixture
def apart(server: HubServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """What asks the hub runs in a process of its own, as it does for users."""
    monkeypatch.setattr(install, "ask", hub_client.ask)


def everything(folder: Path) -> dict[str, bytes]:
    """All files of the user's and the program's, but for the hub library's notes."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.endswith((".lock", "CACHEDIR.TAG"))
    }


def refused(tmp_path: Path, sentence: str, act: Any = None) -> None:
    """What is refused leaves everything as it was, and is one sentence."""
    before = everything(tmp_path)
    with pytest.raises(ModelError, match=sentence) as caught:
        (act or (lambda: install.fetch(install.plan(NAME), Context())))()
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 500
    assert everything(tmp_path) == before
    assert not user_models.entries()


@pytest.mark.parametrize("large", [True, False])
@pytest.mark.parametrize(
    "lie", ["{user}/thesis.txt", "../../../../user/thesis.txt", "..", "", "x" * 64, "A" * 64, "0" * 41, "0" * 64 + "\n"]
)
def test_a_hash_that_is_a_path_deletes_nothing(server: HubServer, tmp_path: Path, large: bool, lie: str) -> None:
    lie = lie.format(user=tmp_path / "user")
    name = UNET if large else TOKENIZER
    server.repo.changes[name] = {"lfs": {"sha256": lie, "size": 5}, "blobId": lie} if large else {"blobId": lie}
    refused(tmp_path, "checksum|cannot be read")


@pytest.mark.parametrize("lie", ["../../../user/thesis.txt", "main", "", None, 7, "0" * 41, ["0" * 40]])
def test_a_revision_that_is_none_is_refused(server: HubServer, tmp_path: Path, lie: object) -> None:
    server.repo.about["sha"] = lie
    refused(tmp_path, "cannot be read")


@pytest.mark.parametrize(
    "name",
    [
        "../../../user/thesis.txt", "/etc/x.json", "unet/../../x.json", "a\\b.json", "C:/x.json", "C:x.json",
        "tokenizer/con.json", "tokenizer/NUL.txt", "x\u202ey.json", "x\ny.json", "x\0y.json", "~/x.json", "./x.json",
        "unet//x.json", "x" * 300 + ".json", "tokenizer/ x.json", "a./x.json",
    ],
)  # fmt: skip
def test_a_name_that_cannot_be_kept_is_refused(server: HubServer, tmp_path: Path, name: str) -> None:
    server.repo.files[name] = b"{}"
    refused(tmp_path, "cannot be trusted .the name")


@pytest.mark.parametrize("name", ["README.MD", "readme.md", "Tokenizer/Tokenizer.json", "model_index.json/x.json"])
def test_names_that_collide_are_refused(server: HubServer, tmp_path: Path, name: str) -> None:
    files = [
        {"name": each, "bytes": 2, "sha256": "", "blob": "0" * 40}
        for each in ("README.md", "model_index.json", TOKENIZER, name)
    ]
    with pytest.raises(ModelError, match="is there twice, or both"):
        check_files(NAME, files)


def test_a_name_that_is_listed_twice_is_refused(server: HubServer, tmp_path: Path) -> None:
    listed = {"rfilename": TOKENIZER, "size": 2, "blobId": "0" * 40}
    data = pipeline_files()
    siblings = [{"rfilename": name, "size": len(text), "blobId": git_hash(text)} for name, text in data.items()]
    server.repo.about["siblings"] = [*siblings, listed]
    refused(tmp_path, "is there twice")


@pytest.mark.parametrize(
    ("lie", "sentence"),
    [
        ({"size": -1}, "bytes"),
        ({"size": 10**15}, "bytes"),
        ({"size": "7"}, "cannot be read"),
        ({"size": 1e300}, "cannot be read"),
        ({"rfilename": 7}, "cannot be read"),
        ({"lfs": "x"}, "cannot be read"),
        ({"lfs": {"sha256": ["x"]}}, "cannot be read"),
    ],
)
def test_what_is_said_of_a_file_has_to_be_of_its_kind(
    server: HubServer, tmp_path: Path, lie: dict[str, object], sentence: str
) -> None:
    server.repo.changes[TOKENIZER] = lie
    refused(tmp_path, sentence)


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"[" * 100_000, "cannot be read"),
        (b"null", "cannot be read"),
        (b'{"sha": NaN}', "cannot be read"),
        (b"\xff\xfe", "cannot be read"),
        (b'{"sha": "%s", "siblings": %s}' % (b"0" * 40, b"7"), "cannot be read"),
        (b" " * (17 << 20), "more about .* than there can be"),
    ],
)
def test_a_description_is_read_with_limits(server: HubServer, tmp_path: Path, body: bytes, sentence: str) -> None:
    server.repo.body = body
    refused(tmp_path, sentence)


def test_a_list_of_endless_files_is_refused_before_consent(server: HubServer, tmp_path: Path) -> None:
    def listed(count: int) -> list[dict[str, object]]:
        return [{"rfilename": f"{i}.json", "size": 1, "blobId": "0" * 40} for i in range(count)]

    server.repo.about["siblings"] = listed(30_000)
    refused(tmp_path, "cannot be read", lambda: install.plan(NAME))
    data = pipeline_files()
    whole = [{"rfilename": name, "size": len(text), "blobId": git_hash(text)} for name, text in data.items()]
    server.repo.about["siblings"] = whole + listed(3000)
    refused(tmp_path, "it asks for 3,0.. files", lambda: install.plan(NAME))


def test_a_model_index_without_end_is_refused_before_consent(server: HubServer, tmp_path: Path) -> None:
    server.repo.files["model_index.json"] = b" " * (2 << 20)
    refused(tmp_path, "more about .* than there can be", lambda: install.plan(NAME))


@pytest.mark.parametrize(
    "location",
    ["file:///etc/passwd", "ftp://x/y", "http://", "http://[::1", "javascript:x", "//", "http://x\u00e9/"],
)
def test_a_redirection_to_elsewhere_is_not_followed(server: HubServer, tmp_path: Path, location: str) -> None:
    server.repo.location = location
    with pytest.raises(ModelError, match=r"not safe to follow|connection was cut"):
        install.fetch(install.plan(NAME), Context())
    assert not user_models.entries()


def test_redirections_without_end_are_given_up(server: HubServer) -> None:
    server.repo.location = f"{server.address}/{NAME}/resolve/{COMMIT}/{UNET}"
    with pytest.raises(ModelError, match="not safe to follow"):
        install.fetch(install.plan(NAME), Context())
    loops = [path for method, path, _ in server.repo.asked if method == "GET" and path.endswith("model.safetensors")]
    assert 1 < len(loops) <= hub_http.REDIRECTIONS + 1


def head(*lines: str) -> bytes:
    return "\r\n".join(("HTTP/1.1 200 OK", *lines, "", "")).encode()


REAL = pipeline_files()[UNET]


@pytest.mark.parametrize(
    "answer",
    [
        head(f"Content-Length: {10 * len(REAL)}") + REAL * 2,
        head("Content-Length: 100") + REAL[:100],
        head(f"Content-Length: {len(REAL)}", "Content-Encoding: gzip") + REAL,
        head("Transfer-Encoding: chunked") + b"ffffffffffff\r\n" + REAL * 2,
        head("Transfer-Encoding: chunked") + b"nonsense\r\n",
        b"\x00\x01nonsense\r\n\r\n",
    ],
)
def test_lengths_that_lie_leave_nothing_that_counts(server: HubServer, tmp_path: Path, answer: bytes) -> None:
    plan = install.plan(NAME)
    server.repo.answer = answer
    with pytest.raises(ModelError, match=r"arrived damaged|connection was cut|not asked for"):
        install.fetch(plan, Context())
    assert not user_models.entries()
    blobs = {path.name for path in (cache_folder(tmp_path / "hub" / "hub", NAME) / "blobs").iterdir()}
    assert sha256(REAL) not in blobs
    server.repo.answer = None
    with suppress(ModelError):  # the bytes that came are gone on from, and thrown away when the whole proves false
        install.fetch(plan, Context())
    folder = install.fetch(plan, Context()).folder
    assert folder
    assert (folder / UNET).read_bytes() == REAL


def partly(server: HubServer, plan: install.Plan, count: int) -> Path:
    """A file of which `count` bytes have come before."""
    assert plan.blobs
    plan.blobs.mkdir(parents=True)
    beside = plan.blobs / f"{sha256(REAL)}.continuo.incomplete"
    beside.write_bytes(REAL[:count])
    return beside


@pytest.mark.parametrize(
    "line", ["bytes 0-99/100", f"bytes 5-{len(REAL) - 1}/{len(REAL)}", "bytes 1000-1/7", "pages 1-2/3", ""]
)
def test_a_range_that_lies_is_thrown_away(server: HubServer, line: str) -> None:
    plan = install.plan(NAME)
    partly(server, plan, 1000)
    answer = head(f"Content-Range: {line}", f"Content-Length: {len(REAL)}").replace(b"200 OK", b"206 Partial") + REAL
    server.repo.answer = answer
    with pytest.raises(ModelError, match="arrived damaged"):
        install.fetch(plan, Context())
    server.repo.answer = None
    folder = install.fetch(plan, Context()).folder
    assert folder
    assert (folder / UNET).read_bytes() == REAL


def test_a_server_that_cannot_go_on_begins_again(server: HubServer) -> None:
    plan = install.plan(NAME)
    partly(server, plan, 1000)
    server.repo.answer = head(f"Content-Length: {len(REAL)}") + REAL
    server.repo.files["language_model/model.safetensors"] = REAL
    folder = install.fetch(install.plan(NAME), Context()).folder
    assert folder
    assert (folder / UNET).read_bytes() == REAL


def test_a_file_that_others_keep_in_the_cache_survives_a_lie_about_its_length(server: HubServer) -> None:
    plan = install.plan(NAME)
    folder = install.fetch(plan, Context()).folder
    assert folder
    server.repo.changes[UNET] = {"size": 7}
    with pytest.raises(ModelError):
        install.fetch(install.plan(NAME), Context())
    assert (folder / UNET).read_bytes() == REAL


def test_what_proves_useless_takes_nothing_with_it(server: HubServer, tmp_path: Path) -> None:
    folder = install.fetch(install.plan(NAME), Context()).folder
    assert folder
    before = everything(tmp_path / "hub")
    server.repo.files[UNET] = REAL[:-1000]  # whole by its checksum, and no weights
    with pytest.raises(ModelError, match="is cut off"):
        install.fetch(install.plan(NAME), Context())
    lost = set(before) - set(everything(tmp_path / "hub"))
    assert all(name.endswith(UNET) for name in lost)  # its place under the revision, not what it led to


def test_the_same_revision_of_another_repository_is_not_removed(server: HubServer, tmp_path: Path) -> None:
    install.fetch(install.plan(NAME), Context())
    other = cache_folder(tmp_path / "hub" / "hub", "another/model")
    (other / "snapshots" / COMMIT).mkdir(parents=True)
    (other / "blobs").mkdir()
    (other / "blobs" / ("1" * 40)).write_text("theirs")
    (other / "snapshots" / COMMIT / "config.json").symlink_to(f"../../blobs/{'1' * 40}")
    install.remove("tiny-ldm", Context())
    assert (other / "snapshots" / COMMIT / "config.json").read_text() == "theirs"
    assert not list(cache_folder(tmp_path / "hub" / "hub", NAME).rglob("*.safetensors"))


def test_a_server_that_drips_is_given_up(server: HubServer, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = install.plan(NAME)
    monkeypatch.setattr(hub_http, "PATIENCE", 0.5)
    server.repo.answer, server.repo.drip = head(f"Content-Length: {len(REAL)}") + REAL, 0.01
    with pytest.raises(ModelError, match="sends next to nothing"):
        install.fetch(plan, Context())


@pytest.mark.usefixtures("apart")
def test_silence_is_given_up(server: HubServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Headers that never end keep the library waiting; who asked does not wait with it."""
    plan = install.plan(NAME)
    monkeypatch.setattr(hub_client, "SILENCE", 2.0)
    server.repo.answer, server.repo.drip = b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 100_000, 0.05
    with pytest.raises(ModelError, match="does not answer any more"):
        install.fetch(plan, Context())


@pytest.mark.usefixtures("apart")
def test_a_cancel_does_not_wait_for_a_server_that_drips(server: HubServer) -> None:
    plan = install.plan(NAME)
    server.repo.answer, server.repo.drip = b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 100_000, 0.05
    context = Context()
    timer = threading.Timer(1.5, context.cancel)
    timer.start()
    with pytest.raises(Cancelled):
        install.fetch(plan, context)
    timer.join()
    assert not user_models.entries()


def test_a_token_stays_with_the_hub(server: HubServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    tokens: list[tuple[str, str]] = []
    handler = server.RequestHandlerClass
    answer = handler._answer  # type: ignore[attr-defined]

    def noted(self: Any, body: bool) -> None:
        tokens.append((self.headers.get("Host", "").split(":")[0], self.headers.get("Authorization", "")))
        answer(self, body)

    monkeypatch.setattr(handler, "_answer", noted)
    install.fetch(install.plan(NAME), Context())
    assert {token for host, token in tokens if host == "127.0.0.1"} == {"Bearer hf_secret"}
    assert {token for host, token in tokens if host == "localhost"} == {""}


def test_code_that_a_config_asks_for_is_refused_before_consent(server: HubServer, tmp_path: Path) -> None:
    index = json.loads(server.repo.files["model_index.json"])
    server.repo.files["model_index.json"] = json.dumps(index | {"auto_map": {"AutoModel": "x.Y"}}).encode()
    refused(tmp_path, "code of its own", lambda: install.plan(NAME))


@pytest.mark.parametrize("repo", ["../..", "a/..", "a--b/c", "a/b--c", "a/b/c", "a b/c", "ä/b", "a/" + "x" * 200])
def test_what_is_no_repository_is_said(server: HubServer, repo: str) -> None:
    if not Path(repo).is_dir():
        with pytest.raises(ModelError, match="There is no folder"):
            install.plan(repo)
    with pytest.raises(ModelError, match="no name of a repository"):
        cache_folder(Path("x"), repo)
    assert not server.repo.asked


def test_what_is_used_of_the_hub_library_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    assert hub_process.lacking() == ""
    monkeypatch.setattr(
        hub_process, "NEEDED", (("huggingface_hub", ("get_session", "gone")), ("huggingface_hub.lost", ("x",)))
    )
    assert hub_process.lacking() == "huggingface_hub.gone, huggingface_hub.lost"
    with pytest.raises(ModelError, match=r"lacks huggingface_hub\.gone.*from folders only"):
        hub_process.answer({"what": "look", "repo": NAME}, lambda values: None)


def test_names_that_are_fine_are_fine() -> None:
    for name in pipeline_files():
        assert not unsafe(name), name
    for name in ("model-00001-of-00002.safetensors", "a b/Café.json", ".gitattributes", "v1.5/x.json"):
        assert not unsafe(name), name
    assert hub_names.REPO.fullmatch("stabilityai/stable-audio-open-1.0")
    assert hub_names.REPO.fullmatch("anhnct/audioldm2_gigaspeech")
