"""Has a sound listened to in a process of its own, so that librosa is neither loaded by the window nor kept."""

import json
import logging
import subprocess
import tempfile
from time import monotonic

import numpy as np

from engine.analysis.beats import RATE, mono
from engine.analysis.fit import Fit
from engine.audio import Audio
from engine.errors import EngineError
from engine.jobs import Context
from engine.playback.process import command_line, environment
from engine.tempo import COMMON_TIME, Signature

LONGEST = 120  # s that are listened to, from the sound's start

_POLL = 0.05  # s
_PATIENCE = 180.0  # s after which it is given up
log = logging.getLogger(__name__)


def listen(audio: Audio, tempo: float, signature: Signature = COMMON_TIME, context: Context | None = None) -> Fit:
    """What is heard in `audio` for a song at `tempo`, with the song's grid at its start; any thread.

    Raises:
        EngineError: it could not be listened to.
        Cancelled: the user cancelled.
    """
    context = context or Context()
    context.progress(0.0, "Listening for beats and key")
    sound = mono(Audio(audio.samples[: LONGEST * audio.rate], audio.rate))
    head = json.dumps({"rate": RATE, "tempo": tempo, "signature": str(signature)}).encode() + b"\n"
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as errors:
        given.write(head + np.ascontiguousarray(sound, "<f4").tobytes())
        given.seek(0)
        with subprocess.Popen(
            command_line("engine.analysis"), stdin=given, stdout=out, stderr=errors, env=environment()
        ) as process:
            try:
                _wait(process, context)
            finally:
                if process.poll() is None:
                    process.kill()
        out.seek(0)
        errors.seek(0)
        said = errors.read().decode(errors="replace").strip()
        try:
            heard = Fit.from_json(json.loads(out.read()))
        except ValueError:
            heard = None
    if heard is None:
        log.error("listening failed: %s", said)
        raise EngineError("The sound's beats and key could not be measured: the log has the details.")
    return heard.in_song(tempo, 0.0, audio.rate)


def _wait(process: subprocess.Popen[bytes], context: Context) -> None:
    deadline = monotonic() + _PATIENCE
    while monotonic() < deadline:
        try:
            process.wait(_POLL)
        except subprocess.TimeoutExpired:
            context.check()
        else:
            return
