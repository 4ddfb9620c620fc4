"""Serves the tools: to the program that started this one, or to programs of this machine that know a token."""

import functools
import secrets
import socket
import sys
from collections.abc import Awaitable, Callable
from typing import Any

from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.server.transport_security import TransportSecuritySettings

from engine import __version__
from engine.errors import EngineError
from engine.tool_server.commands import Folders, Shell
from engine.tool_server.tools import Tools, functions

HOST = "127.0.0.1"
MAX_BODY = 1 << 20
"""Bytes of a request."""

_INSTRUCTIONS = (
    "Continuo composes, arranges, mixes and exports songs on this machine. A song is a folder. Paths that are not "
    "whole start in the first folder that the user named; nothing outside those folders can be used. Positions are "
    "written as bar:5, bar:5.3 (beat 3 of bar 5), 2.5s, or 12345f."
)
_Application = Callable[[Any, Any, Any], Awaitable[None]]


def server(folders: Folders) -> MCPServer:
    """A server of all tools, which listens to nobody yet."""
    served: MCPServer = MCPServer("continuo", version=__version__, instructions=_INSTRUCTIONS, log_level="WARNING")
    for function in functions(Tools(folders, Shell())):
        served.add_tool(_answering(function), structured_output=False)
    return served


def serve_stdio(folders: Folders) -> None:
    """Serves the program at the other end of standard input and output until it closes them."""
    server(folders).run("stdio")


def serve_http(folders: Folders, port: int, token: str) -> None:
    """Serves programs of this machine that show `token`, at http://127.0.0.1:PORT/mcp, until this process ends.

    Raises:
        OSError: the port is taken.
    """
    import uvicorn

    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((HOST, port))
        listener.listen()
        number = listener.getsockname()[1]
        security = TransportSecuritySettings(
            allowed_hosts=[f"{HOST}:{number}", f"localhost:{number}"],
            allowed_origins=[f"http://{HOST}:{number}", f"http://localhost:{number}"],
        )
        application = server(folders).streamable_http_app(
            max_request_body_size=MAX_BODY, transport_security=security, host=HOST
        )
        print(f"continuo: listening at http://{HOST}:{number}/mcp", file=sys.stderr, flush=True)
        config = uvicorn.Config(WithToken(application, token), log_level="warning", access_log=False)
        uvicorn.Server(config).run(sockets=[listener])


class WithToken:
    """Lets nobody through to an ASGI application who does not show the token, as `Authorization: Bearer TOKEN`."""

    def __init__(self, application: _Application, token: str) -> None:
        self._application, self._wanted = application, f"Bearer {token}".encode()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Passes a request on, or answers 401."""
        if scope["type"] == "lifespan":
            await self._application(scope, receive, send)
            return
        shown = next((value for name, value in scope.get("headers", ()) if name == b"authorization"), b"")
        if scope["type"] == "http" and secrets.compare_digest(shown, self._wanted):
            await self._application(scope, receive, send)
            return
        head = [(b"content-type", b"text/plain"), (b"www-authenticate", b"Bearer")]
        await send({"type": "http.response.start", "status": 401, "headers": head})
        await send({"type": "http.response.body", "body": b"This needs the token that the server was started with."})


def _answering(function: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    """The tool, whose errors are sentences to the one who called it."""

    @functools.wraps(function)
    async def call(*arguments: Any, **named: Any) -> Any:
        try:
            return await function(*arguments, **named)
        except EngineError as error:
            raise ToolError(str(error)) from error

    return call
