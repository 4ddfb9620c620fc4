"""An FFmpeg that hangs, is slow, or is cancelled: it is ended, and what it gave is taken."""

import os
import threading
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from numpy.testing import assert_array_equal

from engine import ffmpeg as module
from engine.audio import read_audio, read_info
from engine.errors import AudioFileError, Cancelled
from engine.jobs import Context
from tests.engine.test_decoding import decoded_by_ffmpeg, ffmpeg

if os.name == "posix":  # the programs in FFmpeg's place are shell scripts

    @pytest.fixture
    def sound(tmp_path: Path) -> Path:
        path = tmp_path / "a.m4a"
        ffmpeg("-f", "lavfi", "-i", "sine=300:d=1", "-ac", "1", path)
        return path

    @pytest.fixture
    def put(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
        """Puts a shell script in FFmpeg's place, where $REAL is FFmpeg; gives the file with its process id."""
        real, folder = module.program(), tmp_path / "bin"
        assert real

        def put(script: str) -> Path:
            folder.mkdir()
            pid = tmp_path / "pid"
            (folder / "ffmpeg").write_text(f"#!/bin/sh\nREAL={real}\necho $$ > {pid}\n{script}\n")
            (folder / "ffmpeg").chmod(0o755)
            monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
            return pid

        return put

    def gone(pid: Path) -> bool:
        return not psutil.pid_exists(int(pid.read_text()))

    def test_one_that_does_nothing_is_ended(
        sound: Path, put: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        pid = put("exec sleep 1000")
        monkeypatch.setattr(module, "STALL", 0.4)
        monkeypatch.setattr(module, "PATIENCE", 900.0)
        with pytest.raises(AudioFileError, match=r"FFmpeg gave nothing for \d+ seconds?\. Convert"):
            read_audio(sound)
        assert gone(pid)

    def test_one_that_works_without_end_is_ended(
        sound: Path, put: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        pid = put("while :; do :; done")
        monkeypatch.setattr(module, "STALL", 900.0)
        monkeypatch.setattr(module, "PATIENCE", 0.5)
        with pytest.raises(AudioFileError, match="FFmpeg gave nothing"):
            read_audio(sound)
        assert gone(pid)

    def test_one_that_works_before_it_gives_anything_is_waited_for(
        sound: Path, put: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        right = decoded_by_ffmpeg(sound, 1)
        put('i=0; while [ $i -lt 3000000 ]; do i=$((i+1)); done; exec "$REAL" "$@"')
        monkeypatch.setattr(module, "STALL", 1.0)  # shorter than its work
        monkeypatch.setattr(module, "PATIENCE", 900.0)
        assert_array_equal(read_audio(sound).samples, right)

    def test_one_that_hangs_at_its_end_has_given_all(
        sound: Path, put: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        right = decoded_by_ffmpeg(sound, 1)
        pid = put('"$REAL" "$@"; exec 1>&-; exec sleep 1000')
        monkeypatch.setattr(module, "STALL", 900.0)
        monkeypatch.setattr(module, "PATIENCE", 900.0)
        monkeypatch.setattr(module, "ENDING", 0.4)
        assert_array_equal(read_audio(sound).samples, right)
        assert gone(pid)

    def test_cancelling_ends_it(sound: Path, put: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch) -> None:
        pid = put("exec sleep 1000")
        monkeypatch.setattr(module, "STALL", 900.0)
        monkeypatch.setattr(module, "PATIENCE", 900.0)
        context = Context()
        timer = threading.Timer(0.3, context.cancel)
        timer.start()
        with pytest.raises(Cancelled):
            read_info(sound, context)
        timer.join()
        assert gone(pid)
