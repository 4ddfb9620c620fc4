"""`continuo mcp`, driven by the client of the official SDK, over standard input and output and over HTTP."""

import asyncio
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.client.streamable_http import streamable_http_client

from engine.tool_server.commands import CommandError, Folders

ROOT = Path(__file__).resolve().parent.parent.parent.parent
CUT = 0
"""In place of a status: the server hung up before it was sent all."""
TOKEN = "a token that is long enough"


def words(*arguments: object) -> list[str]:
    return ["-P", "-m", "engine.cli", "mcp", *map(str, arguments)]


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), "CONTINUO_MCP_TOKEN": TOKEN}


def talking(folder: Path) -> Client:
    parameters = StdioServerParameters(command=sys.executable, args=words("--folder", folder), env=environment())
    return Client(stdio_client(parameters))


async def ask(client: Client, tool: str, **arguments: Any) -> Any:
    """What a tool answers; its sentence where it fails."""
    result = await client.call_tool(tool, arguments)
    text = "".join(part.text for part in result.content if part.type == "text")
    if result.is_error:
        return f"error: {text}"
    with contextlib.suppress(ValueError):
        return json.loads(text)
    return text


def probe(path: Path) -> float:
    """The seconds of a file, by ffprobe."""
    command = ["ffprobe", "-v", "error", "-show_entries", "format=duration", "-of", "json", path]
    return float(json.loads(subprocess.run(command, capture_output=True, check=True).stdout)["format"]["duration"])


def test_a_client_composes_arranges_mixes_and_exports(tmp_path: Path) -> None:
    async def work() -> None:
        async with talking(tmp_path) as client:
            assert {"compose", "bounce", "set_track"} <= {tool.name for tool in (await client.list_tools()).tools}
            await ask(client, "new_song", song="Song", tempo=96)
            piece = {"prompt": "--calm piano", "out": "piece", "song": "Song", "bars": 2, "roles": "bass,chords"}
            await ask(client, "compose", **piece, at="bar:3")
            shown = await ask(client, "show_song", song="Song")
            track = shown["tracks"][0]["name"]
            await ask(client, "set_track", song="Song", track=track, gain_db=-6, pan=-0.25, solo=False)
            shown = await ask(client, "show_song", song=str(tmp_path / "Song"))
            assert (shown["tracks"][0]["gain_db"], shown["tracks"][0]["pan"]) == (-6, -0.25)
            report = await ask(client, "bounce", song="Song", mix="mix.flac", stems="stems", true_peak=-1)
            assert len(report["files"]) == 1 + len(shown["tracks"])
            assert probe(tmp_path / "mix.flac") == pytest.approx(report["frames"] / report["rate"], abs=1e-3)
            origin = await ask(client, "origin", file="mix.flac")
            assert (origin["title"], origin["tempo"]) == ("Song", 96)
            again = await ask(client, "bounce", song="Song", mix="mix.flac")
            assert again.startswith("error: ")
            assert "would be overwritten" in again

    asyncio.run(work())


def test_hostile_calls_get_an_error_and_the_server_goes_on(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "link").symlink_to(tmp_path)
    secret = tmp_path / "secret.wav"
    secret.write_bytes(b"RIFF")

    async def work() -> None:
        async with talking(tmp_path / "in") as client:
            for path in ("../secret.wav", str(secret), "link/secret.wav", "/etc/passwd", "a\0b", ""):
                answer = await ask(client, "origin", file=path)
                assert answer.startswith("error: "), path
                assert "RIFF" not in answer
            assert "outside" in await ask(client, "new_song", song="../Song")
            for arguments in ({"song": "x" * 5000}, {"song": 7}, {"other": "x"}, {"song": "S", "files": ["a"] * 65}):
                assert (await ask(client, "import_files", **arguments)).startswith("error: ")
            assert (await ask(client, "set_song", song="--help", name="x")).startswith("error: ")
            assert (await ask(client, "new_song", song="Song", time_signature="--help")).startswith("error: ")
            assert (await ask(client, "shell", command="ls")) == "error: Unknown tool: shell"
            assert "error" not in str(await ask(client, "new_song", song="Song"))

    asyncio.run(work())
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in", "secret.wav"]


@pytest.fixture
def served(tmp_path: Path) -> Iterator[str]:
    """The address of a server that listens on a port of its own."""
    process = subprocess.Popen(
        [sys.executable, *words("--folder", tmp_path, "--http", 0)],
        stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, env=environment(), text=True,
    )  # fmt: skip
    assert process.stderr
    line = process.stderr.readline()
    assert line.startswith("continuo: listening at http://127.0.0.1:"), line
    yield line.split()[-1]
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=60)


def post(address: str, content: bytes, **headers: str) -> int:
    """The status of an answer."""
    head = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream", **headers}
    request = urllib.request.Request(address, content, head, method="POST")
    try:
        with urllib.request.urlopen(request) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code
    except urllib.error.URLError as error:
        if isinstance(error.reason, ConnectionError):
            return CUT
        raise


def test_who_has_no_token_gets_nothing(served: str, tmp_path: Path) -> None:
    hello = json.dumps({
        "jsonrpc": "2.0", "id": 1, "method": "initialize",
        "params": {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}},
    }).encode()  # fmt: skip
    assert post(served, hello) == 401
    assert post(served, hello, Authorization="Bearer wrong") == 401
    assert post(served, hello, Authorization=f"Bearer {TOKEN}") == 200
    assert post(served, hello, Authorization=f"Bearer {TOKEN}", Host="evil.example") in (403, 421)
    assert post(served, hello, Authorization=f"Bearer {TOKEN}", Origin="http://evil.example") == 403
    assert post(served, b"{" * 100, Authorization=f"Bearer {TOKEN}") == 400
    assert post(served, b" " * (2 << 20), Authorization=f"Bearer {TOKEN}") in (413, CUT)

    port = int(served.split(":")[2].split("/")[0])
    with socket.socket() as other:  # 127.0.0.1 alone: not the machine's other addresses
        other.settimeout(5)
        assert other.connect_ex(("127.0.0.2", port)) != 0

    async def work() -> None:
        import httpx2

        async with (
            httpx2.AsyncClient(headers={"Authorization": f"Bearer {TOKEN}"}) as http,
            Client(streamable_http_client(served, http_client=http)) as client,
        ):
            assert "error" not in str(await ask(client, "new_song", song="Song"))

    asyncio.run(work())
    assert (tmp_path / "Song" / "project.json").is_file()


def test_what_it_needs_is_said(tmp_path: Path) -> None:
    for arguments, status, sentence in (
        ([], 2, "--folder"),
        (["--folder", tmp_path / "none"], 1, "is no folder"),
        (["--folder", tmp_path, "--http", 70000], 1, "There is no port 70000"),
    ):
        found = subprocess.run([sys.executable, *words(*arguments)], capture_output=True, text=True, env=environment())
        assert found.returncode == status
        assert sentence in found.stderr


def test_paths_start_in_the_first_folder(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    folders = Folders([tmp_path / "a", tmp_path / "b"])
    assert folders.inside("x/y.wav") == tmp_path.resolve() / "a" / "x" / "y.wav"
    assert folders.inside(str(tmp_path / "b" / "z")) == tmp_path.resolve() / "b" / "z"
    for outside in ("..", "../b2", str(tmp_path), "~/x/../../../.."):
        with pytest.raises(CommandError, match="outside"):
            folders.inside(outside)
