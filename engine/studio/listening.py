"""Has sounds listened to in a process of its own, so that librosa is neither loaded by the window nor kept."""

import json
import logging
import subprocess
import tempfile
from collections.abc import Sequence
from time import monotonic

import numpy as np

from engine.analysis.beats import RATE, mono
from engine.analysis.fit import Fit
from engine.audio import Audio
from engine.errors import EngineError
from engine.ipc import command_line, environment
from engine.jobs import Context
from engine.timing.signature import COMMON_TIME, Signature

LONGEST = 120  # s that are listened to, from the sound's start

_POLL = 0.05  # s
_PATIENCE = 600.0  # s after which it is given up
log = logging.getLogger(__name__)


def listen(
    sounds: Sequence[Audio], tempo: float, signature: Signature = COMMON_TIME, context: Context | None = None
) -> tuple[Fit, ...]:
    """What is heard in each sound for a song at `tempo`, with the song's grid at its start; any thread.

    Raises:
        EngineError: they could not be listened to.
        Cancelled: the user cancelled.
    """
    context = context or Context()
    context.progress(0.0, "Listening for beats and key")
    heard = [mono(Audio(sound.samples[: LONGEST * sound.rate], sound.rate)) for sound in sounds]
    head = {"rate": RATE, "tempo": tempo, "signature": str(signature), "lengths": [len(each) for each in heard]}
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as errors:
        given.write(json.dumps(head).encode() + b"\n")
        for each in heard:
            given.write(np.ascontiguousarray(each, "<f4").tobytes())
        given.seek(0)
        with subprocess.Popen(
            command_line("engine.analysis"), stdin=given, stdout=out, stderr=errors, env=environment()
        ) as process:
            try:
                _wait(process, context)
            finally:
                late = process.poll() is None
                if late:
                    process.kill()
        out.seek(0)
        errors.seek(0)
        said = errors.read().decode(errors="replace").strip()
        try:
            fits = [Fit.from_json(each) for each in json.loads(out.read())]
        except ValueError:
            fits = []
    found = tuple(
        each.in_song(tempo, 0.0, sound.rate) for each, sound in zip(fits, sounds, strict=False) if each is not None
    )
    if late:
        raise EngineError("Measuring beats and key took too long: try again when the machine is less busy.")
    if len(found) != len(sounds):
        log.error("listening failed: %s", said)
        raise EngineError("The beats and the key could not be measured: the log has the details.")
    return found


def _wait(process: subprocess.Popen[bytes], context: Context) -> None:
    deadline = monotonic() + _PATIENCE
    while monotonic() < deadline:
        try:
            process.wait(_POLL)
        except subprocess.TimeoutExpired:
            context.check()
        else:
            return
