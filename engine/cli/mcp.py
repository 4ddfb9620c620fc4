"""`continuo mcp`: the shell's commands for other programs, by the Model Context Protocol."""

import argparse
import os
import secrets
import sys
from importlib.util import find_spec
from pathlib import Path

from engine.errors import EngineError

TOKEN_VARIABLE = "CONTINUO_MCP_TOKEN"
_SHORTEST = 16


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the command's arguments."""
    parser.add_argument(
        "--folder",
        type=Path,
        action="append",
        required=True,
        metavar="DIR",
        help="a folder that may be read and written (may be repeated); nothing else may",
    )
    parser.add_argument(
        "--http",
        type=int,
        metavar="PORT",
        help="listen on 127.0.0.1 at this port (0: any) in place of standard input and output; the token to show is "
        f"that of {TOKEN_VARIABLE}, or a new one that is printed",
    )


def run(arguments: argparse.Namespace) -> int:
    """Serves until the other side closes, or this process is ended."""
    if find_spec("mcp") is None:
        raise EngineError("The package mcp is not installed: install continuo-daw[mcp], then try again.")
    from engine.tool_server.commands import Folders
    from engine.tool_server.serving import serve_http, serve_stdio

    folders = Folders(arguments.folder)
    if arguments.http is None:
        serve_stdio(folders)
        return 0
    if not 0 <= arguments.http <= 65535:
        raise EngineError(f"There is no port {arguments.http}: give one from 0 to 65535.")
    token = os.environ.get(TOKEN_VARIABLE, "")
    if token and len(token) < _SHORTEST:
        raise EngineError(f"The token in {TOKEN_VARIABLE} is too short: give at least {_SHORTEST} characters.")
    if not token:
        token = secrets.token_urlsafe(32)
        print(f"continuo: the token is {token}", file=sys.stderr, flush=True)
    serve_http(folders, arguments.http, token)
    return 0
