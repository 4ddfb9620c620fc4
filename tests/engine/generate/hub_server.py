"""A small server that speaks the hub's protocol for one repository at a time, so that its real client is exercised."""

import hashlib
import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote, urlsplit

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@dataclass
class Repo:
    """Files and how they are served.

    large: the files kept beside git, which are redirected to another place and can be continued.
    cut: how many bytes of a large file come before the connection ends, for each of the next requests for it.
    slow: seconds before each block of a large file.
    status: what every request is answered with instead, and the hub's code for it.
    """

    name: str
    files: dict[str, bytes]
    licence: str = "cc-by-nc-sa-4.0"
    cut: dict[str, list[int]] = field(default_factory=dict)
    slow: float = 0.0
    status: int = 0
    code: str = ""
    wrong: dict[str, bytes] = field(default_factory=dict)  # sent in place of what is promised
    gated: bool = False
    changes: dict[str, dict[str, object]] = field(default_factory=dict)  # of what is said of a file
    about: dict[str, object] = field(default_factory=dict)  # said of the repository in place of the truth
    body: bytes | None = None  # the whole description
    location: str | None = None  # where large files are said to be
    head: dict[str, str] = field(default_factory=dict)  # added to the answers with files
    answer: bytes | None = None  # the raw answer for a large file, in place of everything
    drip: float = 0.0  # seconds before each byte of that
    asked: list[tuple[str, str, str]] = field(default_factory=list)  # method, path, range

    def large(self, name: str) -> bool:
        return name.endswith(".safetensors")


class HubServer(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, repo: Repo) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.repo = repo
        self.stopped = threading.Event()
        self._thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    @property
    def store(self) -> str:
        """Where large files are; another host in the client's eyes."""
        return f"http://localhost:{self.server_address[1]}/cdn"

    def stop(self) -> None:
        self.stopped.set()
        self.shutdown()
        self.server_close()
        self._thread.join()

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that left is no fault."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: HubServer

    def log_message(self, format: str, *arguments: object) -> None:
        pass

    def do_HEAD(self) -> None:
        self._answer(False)

    def do_GET(self) -> None:
        self._answer(True)

    def _answer(self, body: bool) -> None:
        repo = self.server.repo
        path = unquote(urlsplit(self.path).path)
        repo.asked.append((self.command, path, self.headers.get("Range", "")))
        if repo.status:
            return self._send(repo.status, b"{}", body, {"X-Error-Code": repo.code, "X-Error-Message": repo.code})
        if path in (f"/api/models/{repo.name}", f"/api/models/{repo.name}/revision/main"):
            data = json.dumps(self._info()).encode() if repo.body is None else repo.body
            return self._send(200, data, body)
        root = f"/{repo.name}/resolve/{COMMIT}/"
        if path.startswith(root) and path.removeprefix(root) in repo.files:
            return self._file(path.removeprefix(root), body)
        if path.startswith("/cdn/"):
            name = path.removeprefix("/cdn/")
            return self._large(name, body) if repo.answer is None else self._raw(repo.answer)
        error = {"X-Error-Code": "RepoNotFound"}
        return self._send(404, b'{"error": "Repository not found"}', body, error)

    def _info(self) -> dict[str, object]:
        repo = self.server.repo
        return {
            "id": repo.name,
            "modelId": repo.name,
            "sha": COMMIT,
            "private": False,
            "gated": "manual" if repo.gated else False,
            "cardData": {"license": repo.licence},
            "tags": [],
            "siblings": [
                {
                    "rfilename": name,
                    "size": len(data),
                    "blobId": git_hash(data),
                    **(
                        {"lfs": {"sha256": sha256(data), "size": len(data), "pointerSize": 130}}
                        if repo.large(name)
                        else {}
                    ),
                    **repo.changes.get(name, {}),
                }
                for name, data in repo.files.items()
            ],
            **repo.about,
        }

    def _file(self, name: str, body: bool) -> None:
        repo, data = self.server.repo, self.server.repo.files[name]
        head = {"X-Repo-Commit": COMMIT, "Accept-Ranges": "bytes"}
        if repo.gated:
            return self._send(403, b"{}", body, {"X-Error-Code": "GatedRepo"})
        if repo.large(name):
            head |= {"X-Linked-Size": str(len(data)), "X-Linked-Etag": f'"{sha256(data)}"', "ETag": f'"{sha256(data)}"'}
            return self._send(302, b"", body, head | {"Location": repo.location or f"{self.server.store}/{name}"})
        return self._send(200, repo.wrong.get(name, data), body, head | {"ETag": f'"{git_hash(data)}"'} | repo.head)

    def _large(self, name: str, body: bool) -> None:
        repo = self.server.repo
        data = repo.wrong.get(name, repo.files[name])
        start = int(self.headers.get("Range", "bytes=0-").removeprefix("bytes=").split("-")[0])
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(data) - start))
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(data) - 1}/{len(data)}")
        self.end_headers()
        if not body:
            return
        end = min(start + repo.cut[name].pop(0), len(data)) if repo.cut.get(name) else len(data)
        for first in range(start, end, 65536):
            if repo.slow and self.server.stopped.wait(repo.slow):
                break
            self.wfile.write(data[first : min(first + 65536, end)])
            self.wfile.flush()
        if end < len(data):
            self.close_connection = True
            self.connection.shutdown(2)

    def _raw(self, answer: bytes) -> None:
        step = 1 if self.server.repo.drip else len(answer)
        for first in range(0, len(answer), step):
            if self.server.repo.drip and self.server.stopped.wait(self.server.repo.drip):
                break
            self.wfile.write(answer[first : first + step])
            self.wfile.flush()
        self.close_connection = True

    def _send(self, status: int, data: bytes, body: bool, head: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for key, value in (head or {}).items():
            self.send_header(key, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if body:
            self.wfile.write(data)


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def git_hash(data: bytes) -> str:
    return hashlib.sha1(f"blob {len(data)}\0".encode() + data).hexdigest()
