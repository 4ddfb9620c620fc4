"""What would be clipped is told before anything is written, and the ceiling mends it for every file."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from engine.playback.clipping import SAFE_PEAK, ClippedFile, WouldClipError
from engine.playback.wavfile import SampleFormat
from tests.engine.playback.test_bounce import Song, noise

PCM = [SampleFormat.PCM_16, SampleFormat.PCM_24]


@pytest.fixture
def song(tmp_path: Path) -> Song:
    return Song(tmp_path)


def hot(peak: float = 1.3, frames: int = 20_000, seed: int = 1) -> np.ndarray:
    sound = noise(frames, seed, level=0.05)
    sound[5000:5010, 0] = peak
    sound[9000, 1] = -peak
    return sound.astype(np.float32)


def written(song: Song) -> list[Path]:
    return sorted(path for path in song.out.rglob("*") if path.is_file()) if song.out.exists() else []


@pytest.mark.parametrize("sample_format", PCM)
@pytest.mark.parametrize("rate", [None, 44100])
def test_nothing_is_clipped_unasked(song: Song, sample_format: SampleFormat, rate: int | None) -> None:
    song.add(hot(), "Drums")
    with pytest.raises(WouldClipError, match=r"“mix\.wav” would be clipped: .*by up to 2\.\d dB") as refusal:
        song.bounce(format=sample_format, rate=rate)
    assert written(song) == []
    assert not song.out.exists()
    if rate is None:
        assert refusal.value.samples == 11
        assert refusal.value.over_db == pytest.approx(20 * np.log10(1.3), abs=1e-4)


def test_what_was_there_stays_when_an_export_would_clip(song: Song) -> None:
    song.add(hot(), "Drums")
    song.out.mkdir()
    (song.out / "mix.wav").write_text("old")
    with pytest.raises(WouldClipError):
        song.bounce(format=SampleFormat.PCM_24, overwrite=True)
    assert written(song) == [song.out / "mix.wav"]
    assert (song.out / "mix.wav").read_text() == "old"


def test_a_gain_that_a_target_asks_for_counts(song: Song) -> None:
    song.add(noise(96_000, 1, level=0.2), "Drums")
    with pytest.raises(WouldClipError):
        song.bounce(format=SampleFormat.PCM_24, lufs=0.0)
    assert written(song) == []
    song.bounce(format=SampleFormat.PCM_24, lufs=-20.0)


@pytest.mark.parametrize("sample_format", PCM)
def test_the_ceiling_keeps_mix_and_stems_whole(song: Song, sample_format: SampleFormat) -> None:
    """Two hot tracks that cancel each other: the mix is harmless, the stems are not."""
    song.add(hot(1.6), "One")
    song.add(-hot(1.6) * 0.9, "Other")
    stems = song.out / "stems"
    song.bounce(format=sample_format)
    with pytest.raises(WouldClipError, match=r"“01 One\.wav” and 1 more file would be clipped"):
        song.bounce(format=sample_format, stems=stems, overwrite=True)
    report = song.bounce(format=sample_format, stems=stems, overwrite=True, true_peak=SAFE_PEAK)
    assert report.clipped == 0
    sounds = [soundfile.read(path)[0] for path in written(song)]
    assert len(sounds) == 3
    mix, one, other = sounds
    assert np.abs(one).max() == pytest.approx(10 ** (-0.1 / 20), abs=2e-3)
    assert one[5000, 0] / other[5000, 0] == pytest.approx(-1 / 0.9, rel=1e-3)  # the balance is kept
    # dither and rounding move each of the three files by less than one and a half steps: in whole steps, four at most
    assert np.abs(one + other - mix).max() <= 4 / sample_format.scale
    assert "stem" in report.target


def test_the_ceiling_alone_mends_a_clipping_mix(song: Song) -> None:
    song.add(hot(2.7), "Drums")
    report = song.bounce(format=SampleFormat.PCM_24, true_peak=SAFE_PEAK)
    assert report.mix.true_peak_db == pytest.approx(SAFE_PEAK, abs=0.02)
    assert report.clipped == 0


def test_floats_keep_every_peak(song: Song) -> None:
    song.add(hot(2.7), "Drums")
    song.bounce(format=SampleFormat.FLOAT, stems=song.out / "stems")
    for path in written(song):
        np.testing.assert_array_equal(soundfile.read(path, dtype="float32")[0], hot(2.7))


def test_full_scale_itself_is_no_clipping(song: Song) -> None:
    song.add(hot(1.0), "Drums")
    song.bounce(format=SampleFormat.PCM_24)
    assert np.abs(soundfile.read(song.out / "mix.wav")[0]).max() > 0.9999998


def test_a_hot_float_file_stays_float_in_the_pool(song: Song) -> None:
    """Its peaks are there when the fader is lowered, at its own rate and at another."""
    for rate in (48000, 44100):
        song.add(np.full((20_000, 2), 4.0, np.float32), "Hot", rate=rate)
    for number in (0, 1):
        song.change(number, gain_db=-20.0)
    song.change(1, mute=True)
    song.bounce(format=SampleFormat.PCM_24)
    assert soundfile.read(song.out / "mix.wav")[0][5000:15000] == pytest.approx(0.4, abs=1e-5)
    song.change(0, mute=True)
    song.change(1, mute=False)
    song.bounce(format=SampleFormat.PCM_24, overwrite=True)
    assert soundfile.read(song.out / "mix.wav")[0][5000:15000] == pytest.approx(0.4, abs=1e-5)


def test_the_sentence_says_how_much() -> None:
    error = WouldClipError([ClippedFile("a.wav", 1, 0.0001)])
    assert error.what == "“a.wav” would be clipped: 1 sample lies beyond full scale, by up to 0.1 dB"
    error = WouldClipError([ClippedFile("a.wav", 3, 2.0), ClippedFile("b.wav", 4, 6.01), ClippedFile("c.wav", 1, 1.0)])
    assert error.what == ("“a.wav” and 2 more files would be clipped: 8 samples lie beyond full scale, by up to 6.1 dB")
    assert error.samples == 8


def test_stems_alone_are_told_too(song: Song) -> None:
    song.add(hot(), "Drums")
    song.change(0, name="Kit")
    with pytest.raises(WouldClipError, match=r"“01 Kit\.wav”"):
        song.bounce(mix=None, stems=song.out / "stems", format=SampleFormat.PCM_16)
    assert written(song) == []


def test_an_early_refusal_ends_at_the_first_samples_beyond_full_scale(song: Song) -> None:
    sound = np.full((30 * 48000, 2), 0.5, np.float32)
    sound[100:103] = 1.3
    sound[-100:] = 2.0
    song.add(sound, "Drums")
    with pytest.raises(WouldClipError) as late:
        song.bounce(format=SampleFormat.PCM_24)
    assert (late.value.samples, late.value.seconds) == (206, None)
    with pytest.raises(WouldClipError) as early:
        song.bounce(format=SampleFormat.PCM_24, refuse_early=True)
    assert early.value.samples == 6
    assert early.value.seconds is not None
    assert 0 < early.value.seconds < 29
    assert early.value.over_db == pytest.approx(20 * np.log10(1.3), abs=1e-4)
    assert written(song) == []
    song.bounce(format=SampleFormat.FLOAT, refuse_early=True)


def test_a_target_that_would_clip_is_refused_when_the_mix_is_measured(song: Song) -> None:
    song.add(noise(96_000, 1, level=0.2), "Drums")
    levels = song.bounce(format=SampleFormat.FLOAT).mix
    with pytest.raises(WouldClipError) as refusal:
        song.bounce(format=SampleFormat.PCM_24, lufs=0.0, refuse_early=True, overwrite=True)
    assert refusal.value.over_db == pytest.approx(levels.peak_db - levels.integrated, abs=0.02)
    assert "the loudest sample would lie beyond full scale" in refusal.value.what
    song.bounce(format=SampleFormat.PCM_24, lufs=0.0, refuse_early=True, overwrite=True, clip=True)


def test_an_early_refusal_says_how_far_it_looked() -> None:
    error = WouldClipError([ClippedFile("a.wav", 1, 0.0001)], 2.5)
    assert error.what == (
        "“a.wav” would be clipped: 1 sample of the first 3 seconds lies beyond full scale, by up to 0.1 dB"
    )
