"""The protocol between processes: what is declared arrives as it was, and whatever else arrives is one clear error."""

import io
import json
import os
import queue
import struct
import sys
import textwrap
import threading
import tracemalloc
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import ipc
from engine.errors import Cancelled, EngineError
from engine.ipc import Conversation, Process, Protocol, ProtocolError, WorkerDied, answers_in_order
from engine.jobs import Context
from engine.wire import LOCAL, WireError, codec_of


class Colour(StrEnum):
    RED = "red"
    GREEN = "green"


@dataclass(frozen=True, slots=True)
class Point:
    """Small and frozen: written once however often it occurs."""

    x: int
    y: float = 0.0
    colour: Colour = Colour.RED


@dataclass(frozen=True)
class Checked:
    value: int

    def __post_init__(self) -> None:
        if self.value < 0:
            raise EngineError("The value is below 0.")


@dataclass(frozen=True)
class Everything:
    flag: bool
    number: int
    text: str
    share: float
    path: Path
    beats: Fraction
    points: tuple[Point, ...]
    pair: tuple[str, Fraction]
    colours: frozenset[Colour]
    named: Mapping[str, Fraction]
    record: Mapping[str, Any]
    samples: np.ndarray
    nothing: Point | None = None
    maybe: np.ndarray | None = None
    checked: Checked = Checked(0)
    local: object = field(default=None, compare=False, metadata=LOCAL)


@dataclass(frozen=True)
class Ping:
    number: int = 0


PROTOCOL = Protocol(Everything, Ping)
HEADER = struct.Struct("<4sHxxIQ")
finite = st.floats(allow_nan=False, allow_infinity=False)
plain = st.recursive(
    st.none() | st.booleans() | st.integers() | finite | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
points = st.builds(Point, st.integers(), finite, st.sampled_from(Colour))


def frame(message: object) -> bytes:
    return b"".join(bytes(part) for part in PROTOCOL.encoded(message))


def arrived(data: bytes) -> Any:
    return PROTOCOL.read(io.BytesIO(data))


def raw(head: object, payload: bytes = b"", *, magic: bytes = b"CIPC", version: int = 1) -> bytes:
    text = head if isinstance(head, bytes) else json.dumps(head).encode()
    return HEADER.pack(magic, version, len(text), len(payload)) + text + payload


def everything(**fields: Any) -> Everything:
    values: dict[str, Any] = {
        "flag": True,
        "number": 3,
        "text": "é\0\ud800",
        "share": 0.1,
        "path": Path("/a/b\udcff"),
        "beats": Fraction(1, 3),
        "points": (),
        "pair": ("a", Fraction(2)),
        "colours": frozenset(),
        "named": {},
        "record": {},
        "samples": np.zeros((0, 2), np.float32),
    }
    return Everything(**{**values, **fields})


@given(
    st.integers(), finite, st.text(), st.lists(points), st.frozensets(st.sampled_from(Colour)), st.fractions(),
    st.dictionaries(st.text(), plain),
)  # fmt: skip
def test_what_is_sent_arrives_with_the_same_values_and_types(
    number: int, share: float, text: str, many: list[Point], colours: frozenset[Colour], beats: Fraction, record: Any
) -> None:
    message = everything(
        number=number, share=share, text=text, points=(*many, *many), colours=colours, beats=beats,
        pair=(text, beats), named={text: beats}, record=record, nothing=many[0] if many else None,
    )  # fmt: skip
    again = arrived(frame(message))
    for name in ("number", "share", "text", "points", "colours", "beats", "pair", "named", "record", "nothing"):
        assert getattr(again, name) == getattr(message, name)
        assert type(getattr(again, name)) is type(getattr(message, name))
    assert str(again.share) == str(share)  # -0.0 stays -0.0
    assert again.path == message.path
    assert all(again.points[place] is again.points[place + len(many)] for place in range(len(many)))


@pytest.mark.parametrize("dtype", ["<f4", "<f8", "<i2", "<i4", "<i8", "|u1", "|b1", ">f4"])
@pytest.mark.parametrize("shape", [(0,), (0, 2), (1,), (3,), (5, 2), (2, 3, 4)])
def test_arrays_arrive_bit_by_bit_and_can_be_written_to(dtype: str, shape: tuple[int, ...]) -> None:
    rng = np.random.default_rng(1)
    samples = rng.integers(0, 2 if dtype == "|b1" else 100, shape).astype(dtype)
    twice = rng.standard_normal((4, 6)).astype(np.float32)[::2, ::3]  # not contiguous
    again = arrived(frame(everything(samples=samples, maybe=twice)))
    assert np.array_equal(again.samples, samples)
    assert again.samples.shape == shape
    assert again.samples.dtype == samples.dtype.newbyteorder("<")
    assert np.array_equal(again.maybe, twice)
    assert again.maybe.ctypes.data % again.maybe.itemsize == 0
    again.maybe[0, 0] = 5


def test_numbers_that_are_none_arrive_in_arrays_but_not_in_fields() -> None:
    samples = np.array([np.nan, np.inf, -0.0], "<f4")
    assert arrived(frame(everything(samples=samples))).samples.tobytes() == samples.tobytes()
    with pytest.raises(WireError, match="cannot be sent"):
        frame(everything(share=float("nan")))


def test_what_belongs_to_one_process_is_not_sent() -> None:
    message = everything(local=threading.Lock())
    assert arrived(frame(message)).local is None


def test_several_messages_follow_each_other() -> None:
    pipe = io.BytesIO(frame(Ping(1)) + frame(everything(samples=np.ones(3, np.float32))) + frame(Ping(2)))
    assert [type(PROTOCOL.read(pipe)) for _ in range(3)] == [Ping, Everything, Ping]
    with pytest.raises(EOFError):
        PROTOCOL.read(pipe)


@pytest.mark.parametrize("declared", [object, list, set[int], int | str, dict[int, str], complex, type])
def test_a_type_that_cannot_be_read_back_is_refused_when_it_is_declared(declared: Any) -> None:
    with pytest.raises(TypeError):
        codec_of(declared)


@pytest.mark.parametrize("message", [Point(1), "text", None, everything(record={"a": object()}), everything(record=1)])
def test_only_declared_messages_of_plain_values_are_sent(message: object) -> None:
    with pytest.raises(WireError):
        frame(message)


EVERYTHING = json.loads(frame(everything())[HEADER.size :])


def changed(place: int, value: object) -> list[Any]:
    fields = list(EVERYTHING[1])
    fields[place] = value
    return ["Everything", fields, EVERYTHING[2], EVERYTHING[3]]


BAD = {
    "no JSON": b"{",
    "not UTF-8": b"\xff\xfe",
    "nested a million deep": b"[" * 1_000_000,
    "a number that is none": b'["Ping",[NaN],[],[]]',
    "no list": {"a": 1},
    "too short a list": ["Ping", [1]],
    "an undeclared message": ["Point", [1], [], []],
    "a builtin": ["eval", ["1"], [], []],
    "a name that is none": [["Ping"], [1], [], []],
    "too few fields": ["Ping", [], [], []],
    "too many fields": ["Ping", [1, 2], [], []],
    "text for a number": ["Ping", ["1"], [], []],
    "true for a number": ["Ping", [True], [], []],
    "a fraction for a number": ["Ping", [1.0], [], []],
    "a number for a switch": changed(0, 1),
    "a number for text": changed(2, 1),
    "text for a share": changed(3, "1"),
    "a path with a zero": changed(4, "a\0b"),
    "a fraction over 0": changed(5, [1, 0]),
    "a fraction of three": changed(5, [1, 2, 3]),
    "a point that is not there": changed(6, [0]),
    "a point below 0": changed(6, [-1]),
    "too short a pair": changed(7, ["a"]),
    "an unknown colour": changed(8, ["blue"]),
    "a list for a mapping": changed(9, []),
    "an array that is not there": changed(11, 7),
    "an array by name": changed(11, "0"),
    "a value against its own check": changed(14, [-1]),
    "an unknown type of array": ["Ping", [1], [["|O", [1]]], []],
    "an array of negative length": ["Ping", [1], [["<f4", [-1]]], []],
    "an array of five dimensions": ["Ping", [1], [["<f4", [1] * 5]], []],
    "an array without samples": ["Ping", [1], [["<f4", [2]]], []],
    "no list of arrays": ["Ping", [1], {}, []],
    "no list of shared values": ["Ping", [1], [], {}],
}


@pytest.mark.parametrize("name", BAD)
def test_what_was_not_declared_is_one_error(name: str) -> None:
    with pytest.raises(ProtocolError, match="cannot be understood"):
        arrived(raw(BAD[name]))


def test_a_shared_value_of_another_class_is_refused() -> None:
    head = json.loads(frame(everything(points=(Point(1),)))[HEADER.size :])
    head[3] = [[1, 2.0]]
    with pytest.raises(ProtocolError, match="where Point was declared"):
        arrived(raw(head))


def test_samples_that_nothing_announces_are_refused() -> None:
    with pytest.raises(ProtocolError, match="cannot be understood"):
        arrived(raw(["Ping", [1], [], []], bytes(8)))


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (raw(["Ping", [1], [], []], magic=b"\x80\x05PK"), "does not begin"),
        (raw(["Ping", [1], [], []], version=2), "version 2 arrived, and this program speaks version 1"),
        (raw(["Ping", [1], [], []], version=0), "version 0"),
        (HEADER.pack(b"CIPC", 1, (256 << 20) + 1, 0), "too long"),
        (HEADER.pack(b"CIPC", 1, 2**32 - 1, 0), "too long"),
        (HEADER.pack(b"CIPC", 1, 2, 2**64 - 1), "too long"),
    ],
)
def test_other_programs_versions_and_sizes_are_refused_before_anything_is_read(data: bytes, sentence: str) -> None:
    with pytest.raises(ProtocolError, match=sentence):
        arrived(data)


def test_a_head_that_announces_more_than_arrives_takes_little_memory() -> None:
    shapes = [["<f4", [(1 << 35) // 4]]]
    text = json.dumps(["Ping", [1], shapes, []]).encode()
    tracemalloc.start()
    try:
        for head_size, size, rest in ((len(text), 1 << 35, text + bytes(1000)), (256 << 20, 0, bytes(1000))):
            with pytest.raises(EOFError):
                arrived(HEADER.pack(b"CIPC", 1, head_size, size) + rest)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 200 << 20  # of 32 GiB that were announced


@given(st.data())
def test_a_frame_that_is_cut_off_anywhere_is_the_end(data: st.DataObject) -> None:
    whole = frame(everything(samples=np.ones((7, 2), np.float32), points=(Point(1), Point(2))))
    cut = data.draw(st.integers(0, len(whole) - 1))
    with pytest.raises(EOFError):
        arrived(whole[:cut])


@given(st.binary(max_size=200), st.booleans())
def test_random_bytes_are_an_error_or_the_end(data: bytes, headed: bool) -> None:
    if headed:
        data = HEADER.pack(b"CIPC", 1, len(data), 0) + data
    with pytest.raises((EOFError, ProtocolError)):
        arrived(data)


@given(st.data())
def test_a_damaged_frame_is_a_message_or_an_error_and_nothing_else(data: st.DataObject) -> None:
    whole = bytearray(frame(everything(samples=np.ones((3, 2), np.float32), points=(Point(1), Point(2)))))
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    with suppress(EOFError, ProtocolError):
        assert isinstance(arrived(bytes(whole)), Everything)


@given(plain)
def test_any_json_in_place_of_the_head_is_an_error(head: Any) -> None:
    with pytest.raises(ProtocolError):
        arrived(raw(head))


@given(st.integers(0, 14), plain)
def test_any_json_in_place_of_a_field_is_its_type_or_an_error(place: int, value: Any) -> None:
    with suppress(ProtocolError):
        assert isinstance(arrived(raw(changed(place, value))), Everything)


# Processes

CHILD = """
    import os, sys, time
    from dataclasses import dataclass
    import numpy as np
    from engine.ipc import Parent, Protocol

    @dataclass(frozen=True)
    class Ask:
        what: str
        samples: np.ndarray | None = None

    @dataclass(frozen=True)
    class Answer:
        text: str
        samples: np.ndarray | None = None

    SENDS, RECEIVES = Protocol(Ask), Protocol(Answer)

    def main():
        parent = Parent(sends=RECEIVES, receives=SENDS)
        print("a library prints")
        for ask in parent.messages():
            if ask.what == "die":
                sys.stderr.write("out of luck")
                sys.stderr.flush()
                os._exit(3)
            elif ask.what == "hang":
                time.sleep(3600)
            elif ask.what == "babble":
                os.write(parent._out.fileno(), b"\\x80\\x05cposix\\nsystem\\n" * 100)
                time.sleep(3600)
            elif ask.what == "quit":
                break
            else:
                parent.send(Answer(ask.what.upper(), ask.samples))

    if __name__ == "__main__":
        main()
"""


@pytest.fixture
def child(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The module `answering`, which a process can be started from."""
    (tmp_path / "answering.py").write_text(textwrap.dedent(CHILD), "utf-8")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")]))
    monkeypatch.syspath_prepend(str(tmp_path))
    import answering  # type: ignore[import-not-found]

    yield answering
    del sys.modules["answering"]


class Started:
    def __init__(self, child: Any) -> None:
        self.messages: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self.ended = threading.Event()
        self.child = child
        self.process = Process(
            "answering",
            name="answering",
            sends=child.SENDS,
            receives=child.RECEIVES,
            on_message=self.messages.put,
            on_end=self.ended.set,
        )

    def ask(self, what: str, samples: np.ndarray | None = None) -> None:
        self.process.send(self.child.Ask(what, samples))


@pytest.fixture
def started(child: Any) -> Iterator[Started]:
    each = Started(child)
    yield each
    each.process.close(5)
    assert not psutil.pid_exists(each.process.pid)


def test_a_process_answers_with_samples_whatever_its_libraries_print(started: Started) -> None:
    samples = np.random.default_rng(1).standard_normal((300_000, 2)).astype(np.float32)
    started.ask("hello")
    started.ask("samples", samples)
    assert started.messages.get(timeout=30).text == "HELLO"
    answer = started.messages.get(timeout=30)
    assert answer.samples.tobytes() == samples.tobytes()
    assert started.process.alive


def test_a_process_that_dies_leaves_its_status_and_its_last_words(started: Started) -> None:
    started.ask("die")
    assert started.ended.wait(30)
    assert not started.process.alive
    assert not started.process.unwanted
    assert started.process.exit_status == 3
    assert "out of luck" in started.process.last_words
    started.ask("lost")  # nobody is there; nothing happens


def test_a_process_that_is_sent_nonsense_ends_itself(started: Started) -> None:
    started.process._sends = Protocol(Ping)
    started.process.send(Ping(1))
    assert started.ended.wait(30)
    assert started.process.exit_status == 70
    assert "'Ping' is none of the messages" in started.process.last_words


def test_a_process_that_sends_nonsense_is_ended_and_nothing_of_it_executed(
    started: Started, caplog: pytest.LogCaptureFixture
) -> None:
    started.ask("babble")
    assert started.ended.wait(30)
    assert not psutil.pid_exists(started.process.pid)
    assert "does not begin as a message does; it is ended" in caplog.text


def test_a_message_that_cannot_be_sent_ends_the_process_rather_than_hanging(
    started: Started, caplog: pytest.LogCaptureFixture
) -> None:
    started.process.send(Ping(1))
    assert started.ended.wait(30)
    assert "a message could not be sent" in caplog.text


def test_a_process_that_hangs_is_killed_after_its_grace(child: Any) -> None:
    each = Started(child)
    each.ask("hello")
    each.messages.get(timeout=30)
    each.ask("hang")
    each.process.close(0.2, child.Ask("quit"))
    assert each.ended.is_set()
    assert each.process.exit_status not in (0, None)
    assert not [thread.name for thread in threading.enumerate() if "answering" in thread.name]


def test_a_process_ends_by_itself_when_it_is_told_to(child: Any) -> None:
    each = Started(child)
    each.process.close(30, child.Ask("quit"))
    assert each.process.exit_status == 0
    assert each.process.unwanted


def test_a_conversation_gives_the_answers_and_leaves_no_process(child: Any) -> None:
    question = child.Ask("hello")
    with Conversation("answering", question, name="answering", sends=child.SENDS, receives=child.RECEIVES) as talk:
        answers = talk.messages(Context(), 30)
        assert next(answers).text == "HELLO"
        pid = talk._process.pid
    assert not psutil.pid_exists(pid)


def test_a_conversation_ends_where_the_process_dies_falls_silent_or_the_user_cancels(child: Any) -> None:
    def talk(what: str) -> Conversation:
        return Conversation("answering", child.Ask(what), name="answering", sends=child.SENDS, receives=child.RECEIVES)

    with talk("die") as dead:
        assert list(dead.messages(Context(), 30)) == []
        assert dead.exit_status == 3
    with talk("hang") as silent, pytest.raises(TimeoutError):
        list(silent.messages(Context(), 0.3))
    context = Context()
    context.cancel()
    with talk("hang") as cancelled, pytest.raises(Cancelled):
        list(cancelled.messages(context, 30))


def test_several_processes_answer_in_the_order_of_the_questions(child: Any) -> None:
    questions = (child.Ask(f"number {number}") for number in range(20))
    answers = answers_in_order(
        "answering", questions, workers=2, name="answering", sends=child.SENDS, receives=child.RECEIVES
    )
    assert [answer.text for answer in answers] == [f"NUMBER {number}" for number in range(20)]


def test_an_iteration_that_is_left_or_whose_process_dies_leaves_no_process(child: Any) -> None:
    def ask(*questions: str) -> Iterator[Any]:
        asked = map(child.Ask, questions)
        return answers_in_order("answering", asked, workers=2, name="w", sends=child.SENDS, receives=child.RECEIVES)

    answers = ask("a", "hang", "b", "c")
    assert next(answers).text == "A"
    answers.close()  # type: ignore[attr-defined]
    with pytest.raises(WorkerDied, match="out of luck"):
        list(ask("a", "die"))
    assert not [each for each in psutil.Process().children() if "answering" in each.cmdline()]


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        (1, "The helper stopped unexpectedly. Try again."),
        (-9, "The helper stopped unexpectedly, most likely because memory ran out. Try again."),
    ],
)
def test_the_sentence_for_a_process_that_died(status: int, sentence: str) -> None:
    assert ipc.died("The helper", "Try again.", status) == sentence
