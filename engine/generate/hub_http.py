"""Bounded requests to a model hub, over the hub library's own session (its addresses, tokens and proxies).

Whatever a server says, no more is read than was asked for, no longer waited than `PATIENCE`, and no more redirections
followed than `REDIRECTIONS`, none of them from https to http. A token goes only to the host that it is for.
"""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO, Any
from urllib.parse import urljoin, urlsplit

PATIENCE = 60.0  # seconds in which `LEAST` bytes must come
LEAST = 20_000
WAIT = 10.0  # seconds for a connection, and for each piece that comes through it
TRIES = 5  # in a row that bring nothing
REDIRECTIONS = 5
_RANGE = re.compile(r"bytes (\d{1,18})-(\d{1,18})/(\d{1,18}|\*)")


class Refused(Exception):  # noqa: N818 - an answer, not a fault of ours
    """The server answered with an error. `code` is the hub's own word for it, where it has one."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(status, code)
        self.status, self.code = status, code


class TooSlow(Exception):  # noqa: N818 - as above
    """So little came for so long that it is no use to go on."""


class TooLong(Exception):  # noqa: N818 - as above
    """More came than there may be."""


def read_bounded(url: str, limit: int) -> bytes:
    """All bytes at an address.

    Raises:
        TooLong: there are more than `limit`.
        Refused: the server says so.
        TooSlow: it took longer than `PATIENCE`.
        OSError: the library's errors of the network are among them.
    """
    ends = time.monotonic() + PATIENCE
    data = bytearray()
    with _answer(url, {}) as response:
        for block in response.iter_raw():
            data += block
            if len(data) > limit:
                raise TooLong
            if time.monotonic() > ends:
                raise TooSlow
    return bytes(data)


def fetch_into(url: str, file: IO[bytes], have: int, size: int, on_bytes: Callable[[int], None]) -> None:
    """Writes what is at an address into `file`, going on after `have` bytes that are there, up to `size`.

    Connections that are cut are opened anew. Where the server does not go on at the right place, it begins again.

    Args:
        url: the address.
        file: open for writing; what is behind the last byte that came is cut off.
        have: bytes that are in the file already.
        size: how many there are in the end.
        on_bytes: called with the number of bytes that are there.

    Raises:
        TooLong, Refused, TooSlow, OSError: as `read_bounded`.
        EOFError: fewer than `size` came, time and again.
    """
    pace = _Pace()
    failures = 0
    while True:
        before = have
        try:
            for count in _received(url, file, before, size):
                have = count
                on_bytes(have)
                pace.check(have)
        except _network_errors():
            have = file.tell()
            if have <= before and failures >= TRIES - 1:
                raise
        if have == size:
            return
        failures = failures + 1 if have <= before else 0
        if failures >= TRIES:
            raise EOFError
        pace.check(have)
        time.sleep(min(0.2 * 2**failures, 2.0))


def _received(url: str, file: IO[bytes], have: int, size: int) -> Iterator[int]:
    """Reads one answer into the file, and yields how many bytes are there."""
    with _answer(url, {"Range": f"bytes={have}-"} if have else {}) as response:
        if have and not _goes_on(response, have, size):
            have = 0
        file.seek(have)
        file.truncate()
        for block in response.iter_raw():
            if have + len(block) > size:
                raise TooLong
            file.write(block)
            have += len(block)
            yield have
    file.flush()


def _goes_on(response: Any, have: int, size: int) -> bool:
    """Whether an answer begins where it was asked to; raises `TooLong` where it is a part of something else."""
    if response.status_code != 206:
        return False
    stated = _RANGE.fullmatch(response.headers.get("Content-Range", ""))
    if stated is None or int(stated[1]) != have or stated[3] not in ("*", str(size)):
        raise TooLong
    return True


class _Pace:
    """Sees that enough comes."""

    def __init__(self) -> None:
        self._since, self._count = time.monotonic(), 0

    def check(self, count: int) -> None:
        now = time.monotonic()
        if count < self._count or count - self._count >= LEAST:
            self._since, self._count = now, count
        elif now - self._since > PATIENCE:
            raise TooSlow


@contextmanager
def _answer(url: str, headers: dict[str, str]) -> Iterator[Any]:
    """The answer with a body, after redirections. Raises `Refused`."""
    from huggingface_hub import get_session
    from huggingface_hub.utils import build_hf_headers

    own = _origin(url)
    for _ in range(REDIRECTIONS + 1):
        sent_headers = {**build_hf_headers(token=None if _origin(url) == own else False), **headers}
        sent_headers["Accept-Encoding"] = "identity"
        with get_session().stream("GET", url, headers=sent_headers, timeout=WAIT, follow_redirects=False) as response:
            status = int(response.status_code)
            if status in (301, 302, 303, 307, 308):
                url = _redirected(url, response.headers.get("Location", ""))
                continue
            if status not in (200, 206):
                raise Refused(status, response.headers.get("X-Error-Code", ""))
            if response.headers.get("Content-Encoding", "identity").lower() not in ("identity", ""):
                raise Refused(status, "Encoded")
            yield response
            return
    raise Refused(310, "Redirected")


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc


def _redirected(url: str, location: str) -> str:
    """Where a redirection leads; raises `Refused` where that is no address, or less safe than what it comes from."""
    if not location.isascii() or not location.isprintable() or not 0 < len(location) <= 8000:
        raise Refused(310, "Redirected")
    try:
        target = urljoin(url, location)
        parts = urlsplit(target)
        usable = parts.hostname and parts.port != 0
    except ValueError as error:
        raise Refused(310, "Redirected") from error
    if not usable or parts.scheme not in ("https", urlsplit(url).scheme) or parts.scheme not in ("https", "http"):
        raise Refused(310, "Redirected")
    return target


def _network_errors() -> tuple[type[Exception], ...]:
    """What is raised where a connection fails or ends; the library says its own kinds."""
    from huggingface_hub import errors

    return (errors.HTTPError,)
