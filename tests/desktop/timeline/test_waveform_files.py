"""The files that waveforms are drawn from, when they go or shrink between two looks."""

from pathlib import Path

import numpy as np
import pytest

from desktop.timeline.waveform_files import mapped
from engine.errors import AudioFileError
from engine.project.sample_file import SampleFile


def test_a_file_that_has_gone_or_shrunk_is_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "sound.f32"
    file = SampleFile(str(path), "<f4", 0, 1, 100)
    with pytest.raises(AudioFileError, match=r"sound\.f32"):
        mapped(file)
    path.write_bytes(np.zeros(99, "<f4").tobytes())
    with pytest.raises(AudioFileError, match=r"sound\.f32"):
        mapped(file)
    path.write_bytes(np.ones(100, "<f4").tobytes())
    samples = mapped(file)
    assert samples is not None
    assert samples.shape == (100, 1)
