"""Physics of the corpus' sound."""

from collections.abc import Callable, Hashable
from dataclasses import replace

import numpy as np
import pytest

from engine.compose import drums, effects, imaging, synth
from engine.compose.arrange import compose, composed
from engine.compose.genres import GENRES
from engine.compose.instruments import INSTRUMENTS, KITS, PERCUSSION
from engine.compose.render import BarCache, PartStream, bars_of, length_of, play_alone, render, render_stems, stem
from engine.compose.rhythm import EARLIEST
from engine.compose.score import Part, Score, Section
from engine.compose.soundfont import SoundFont, Voice, find_soundfont, open_soundfont
from engine.compose.strip import BLOCK, Strip
from engine.compose.wish import Wish
from engine.errors import ModelError
from engine.loudness import integrated_loudness
from engine.music.chords import Chord
from engine.music.notes import Note
from engine.paths import SOUNDFONT_VARIABLE
from engine.timing.signature import Signature

RATE = 24000


def test_the_mix_is_the_sum_of_its_stems() -> None:
    score = compose(4, genre="pop", bars=6)
    rendering = render(score, rate=RATE, channels=2)
    total = np.sum(list(rendering.stems.values()), axis=0)
    assert set(rendering.stems) == {part.name for part in score.parts}
    assert rendering.mix.dtype == np.float32
    assert np.abs(total - rendering.mix).max() < 2e-5


def test_without_stems_the_mix_is_the_same() -> None:
    score = compose(4, genre="soul", bars=4)
    whole = render(score, rate=RATE, channels=2).mix
    lean = render(score, rate=RATE, channels=2, stems=False)
    assert not lean.stems
    assert np.abs(whole - lean.mix).max() < 1e-3


def test_the_same_score_sounds_the_same_every_time() -> None:
    score = compose(9, genre="funk", bars=4)
    first = render(score, rate=RATE).mix
    render(compose(10, genre="jazz", bars=4), rate=RATE)
    assert np.array_equal(first, render(score, rate=RATE).mix)


@pytest.mark.parametrize("own", [False, True], ids=["soundfont", "own"])
def test_notes_start_on_their_frames(own: bool) -> None:
    notes = (Note(1.0, 0.2, 37, 120), Note(2.5, 0.2, 37, 120), Note(4.0 + 1 / 3, 0.2, 37, 120))
    part = Part("drums", "drums", "standard kit", "drums", None if own else 0, "acoustic", notes)
    score = _score(part)
    sound = render(score, rate=48000, channels=1).mix[0]
    onsets = score.onset_frames(part, 48000)
    for onset in onsets:
        assert np.abs(sound[onset - 400 : onset]).max() < 0.01 * np.abs(sound).max()
        assert np.abs(sound[onset : onset + 400]).max() > 0.1 * np.abs(sound).max()


def test_a_stretch_has_the_whole_pieces_notes() -> None:
    score = replace(compose(21, genre="techno", bars=16), glue=0.0)
    whole = render(score, rate=RATE, channels=1, stems=False).mix[0]
    first, frames = 6 * RATE + 123, 3 * RATE
    part = render(score, rate=RATE, channels=1, first=first, frames=frames, stems=False).mix[0]
    same = whole[first : first + frames]
    assert len(part) == frames
    assert np.corrcoef(part, same)[0, 1] > 0.97


@pytest.mark.parametrize("genre", list(GENRES))
def test_every_genre_is_as_loud_as_it_says_and_never_clips(genre: str) -> None:
    score = compose(11, genre=genre, bars=5)
    mix = render(score, rate=RATE, channels=2, stems=False).mix
    assert np.isfinite(mix).all()
    assert np.abs(mix).max() < 0.95
    loudness = integrated_loudness(mix.T, RATE)
    assert -24 < loudness < -10
    assert loudness == pytest.approx(score.loudness, abs=2.5)
    blocks = mix[:, : mix.shape[1] // 2400 * 2400].reshape(2, -1, 2400)
    silent = (np.sqrt((blocks**2).mean(axis=(0, 2))) < 1e-4).mean()
    assert silent < 0.25


def test_tempo_is_in_the_sound() -> None:
    for genre in ("house", "rock", "disco", "country"):
        score = compose(13, genre=genre)
        loud = max(score.sections, key=lambda s: s.density)
        first = score.frame(loud.start, RATE)
        sound = render(score, rate=RATE, channels=1, first=first, frames=10 * RATE, stems=False).mix[0]
        flux = _flux(sound)
        beat = 60 / score.tempo * 100  # in hundredths of a second
        correlation = np.correlate(flux, flux, "full")[len(flux) - 1 :]
        at_beat = correlation[[round(beat), int(beat), int(beat) + 1]].max()
        elsewhere = np.median(correlation[30:150])
        assert at_beat > elsewhere + 0.05 * correlation[0]


def test_patches_play_in_tune() -> None:
    for name in synth.PATCHES:
        pitch = 45 if "bass" in name or name in ("acid", "reese") else 69
        sound = synth.play(name, [(0, RATE, pitch, 100)], RATE, RATE)
        spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound)), 8 * RATE))
        f0 = 440 * 2 ** ((pitch - 69) / 12)
        harmonics = [round(8 * f0 * h) for h in range(1, 9)]
        peaks = [k - 200 + int(spectrum[k - 200 : k + 200].argmax()) for k in harmonics]
        best = max(range(8), key=lambda i: spectrum[peaks[i]])
        cents = 1200 * np.log2(peaks[best] / 8 / (best + 1) / f0)
        assert abs(cents) < 25, name


def test_every_instrument_and_kit_has_a_patch_that_sounds() -> None:
    for instrument in INSTRUMENTS.values():
        assert instrument.patch in synth.OWN_PATCHES
    for patch in synth.OWN_PATCHES:
        assert patch in synth.LEVELS_DB
        sound = synth.play(patch, [(100, 6000, 60, 100)], 12000, RATE)
        assert np.abs(sound[:100]).max() == 0
        assert np.abs(sound).max() > 0.01
        assert abs(np.diff(sound)).max() < 1.0
    for kit in (KITS | PERCUSSION).values():
        assert kit.patch in drums.KITS
        assert kit.patch in drums.LEVELS_DB


def test_a_closed_hat_ends_an_open_one() -> None:
    ringing = drums.play("909", [(0, 10, 46, 127)], RATE, RATE)
    ended = drums.play("909", [(0, 10, 46, 127), (2400, 2410, 42, 1)], RATE, RATE)
    assert np.abs(ringing[2500:4000]).max() > 10 * np.abs(ended[2500:4000]).max()


def _stripped(dry: np.ndarray, **changes: object) -> np.ndarray:
    """What a strip makes of a mono sound, (2, frames)."""
    part = replace(Part("lead", "lead", "flute", "woodwind", 73, "flute", (), room=0.0), **changes)
    strip = Strip(part, quarter_seconds=0.5, room_seconds=0.8, gain_db=0.0, rate=RATE)
    blocks = dry.reshape(-1, BLOCK)
    both = [np.stack((block, block)) for block in blocks]
    return np.concatenate([strip.advance(block, n * BLOCK) for n, block in enumerate(both)], axis=1)


def test_a_strip_does_what_it_says() -> None:
    rng = np.random.default_rng(1)
    noise = (0.1 * rng.standard_normal(4 * BLOCK)).astype(np.float32)
    low, high = _bands(_stripped(noise, tilt_db=6.0)[0]) / _bands(_stripped(noise)[0])
    assert 10 * np.log10(high / low) == pytest.approx(6.0, abs=1.5)
    click = np.zeros(4 * BLOCK, np.float32)
    click[0] = 0.5
    dotted = round(0.75 * 0.5 * RATE)  # three sixteenths at 120 BPM
    repeats = _stripped(click, echo=0.5)[0] - _stripped(click)[0]
    assert repeats[dotted] == pytest.approx(0.5 * 0.5 * 0.55, rel=1e-3)
    assert repeats[2 * dotted] == pytest.approx(0.5 * 0.5 * 0.55**2, rel=1e-3)
    assert np.abs(repeats[10 : dotted - 10]).max() < 1e-4
    room = _stripped(click, room=0.5) - _stripped(click)
    early, late = (room[:, :4800] ** 2).sum(), (room[:, 16000:20800] ** 2).sum()
    assert early > 100 * late
    assert (room**2).sum() == pytest.approx(2 * (0.5 * 0.5) ** 2, rel=0.2)
    swell = _stripped(np.full(4 * BLOCK, 0.1, np.float32) * np.sin(np.arange(4 * BLOCK)).astype(np.float32),
                      expression=((0.0, 1.0), (2.0, 0.25)))  # fmt: skip
    assert np.abs(swell[0, RATE : RATE + 4000]).max() == pytest.approx(0.25 * np.abs(swell[0, :200]).max(), rel=0.1)
    loud = _stripped(20 * noise, level_db=12.0)
    assert np.abs(loud).max() <= 1.0
    duck = effects.ducking([1000], 0.6, RATE, RATE, 0.2)
    assert duck[999] == 1
    assert duck.min() == pytest.approx(0.4, abs=0.05)
    assert duck[-1] == 1


@pytest.mark.parametrize("genre", ["funk", "rock", "ambient", "chiptune"])
def test_a_piece_that_grows_bar_by_bar_is_the_finished_piece(genre: str) -> None:
    score = compose(4, genre=genre, bars=4)
    frames = length_of(score, RATE)
    bars = round(score.length / score.bar)
    for part in score.parts:
        stream = PartStream(part, score, RATE)
        blocks = []
        for number, notes in enumerate(bars_of(part, score.bar, bars)):
            stream.push(notes)
            ready = int(((number + 1) * score.bar - EARLIEST) * score.quarter_seconds * RATE)
            blocks += list(stream.pull(ready))
        blocks += list(stream.pull(-(-frames // BLOCK) * BLOCK))
        grown = np.concatenate(blocks, axis=1)[:, :frames]
        assert np.array_equal(grown, stem(part, score, rate=RATE, frames=frames)), part.name


def test_strokes_take_turns_and_lie_in_their_places() -> None:
    events = [(n * 6000, n * 6000 + 100, 38, 100) for n in range(3)] + [
        (20000, 20100, 41, 100),
        (26000, 26100, 50, 100),
    ]
    snares = drums.perform("acoustic", imaging.voices("kit", events, 0.0, 0.8, (), RATE), RATE)
    first, second = snares[0, :3000], snares[0, 6000:9000]
    assert np.abs(first).max() == pytest.approx(np.abs(second).max(), rel=0.3)
    assert np.abs(first - second).max() > 0.02  # not the same sample again
    low, high = snares[:, 20000:23000], snares[:, 26000:29000]
    assert (low[0] ** 2).sum() > 2 * (low[1] ** 2).sum()
    assert (high[1] ** 2).sum() > 2 * (high[0] ** 2).sum()


def test_the_limiter_holds_its_ceiling() -> None:
    rng = np.random.default_rng(2)
    x = rng.standard_normal((2, RATE)).astype(np.float32)
    gain = effects.limiting(x, 0.9, RATE)
    assert np.abs(x * gain).max() <= 0.9 + 1e-6
    assert np.abs(np.diff(gain)).max() < 0.02


def test_the_soundfont_can_be_named_and_its_absence_is_a_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    found = find_soundfont()
    assert found.suffix in (".sf2", ".sf3")
    folder = tmp_path_factory.mktemp("fonts")
    monkeypatch.setenv(SOUNDFONT_VARIABLE, str(folder / "none.sf2"))
    with pytest.raises(ModelError, match="does not exist"):
        find_soundfont()
    assert find_soundfont(found) == found
    monkeypatch.delenv(SOUNDFONT_VARIABLE)
    assert find_soundfont().parent.parent.name == "resources"
    monkeypatch.setattr("engine.compose.soundfont.resources", lambda: folder)
    with pytest.raises(ModelError, match="is missing: install Continuo again"):
        find_soundfont()
    broken = folder / "broken.sf2"
    broken.write_bytes(b"RIFF nothing")
    with pytest.raises(ModelError, match="no SoundFont"):
        SoundFont(broken)


def test_the_soundfont_plays_in_tune_at_low_rates() -> None:
    font = open_soundfont(find_soundfont())
    sound = font.play([Voice([(0, RATE, 69, 100)])], 73, False, RATE)[0, :RATE]
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(RATE), 4 * RATE))
    assert abs(spectrum.argmax() / 4 - 440) < 4


def test_the_wheel_bends_both_kinds_of_instrument() -> None:
    def pitch(sound: np.ndarray) -> float:
        spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound)), 8 * RATE))
        return float(spectrum.argmax() / 8)

    voice = Voice([(0, 2 * RATE, 69, 100)], bends=((0, 0.0), (RATE // 2, 1.0)))
    font = open_soundfont(find_soundfont()).play([voice], 79, False, RATE)[0]
    assert pitch(font[RATE : RATE + RATE // 2]) == pytest.approx(440 * 2 ** (1 / 12), rel=0.01)
    own = synth.perform("triangle", [Voice([(0, 2 * RATE, 69, 100)], bends=((0, 1.0), (2 * RATE, 1.0)))], RATE)[0]
    assert pitch(own[RATE : RATE + RATE // 2]) == pytest.approx(440 * 2 ** (1 / 12), rel=0.01)


def _score(part: Part) -> Score:
    return Score(
        seed=1, genre="pop", mood="calm", tempo=100, signature=Signature(), tonic=0, mode="major", swing=0, energy=0.5,
        chords=(Chord(0, 8, 0, "maj", 0),), sections=(Section("verse", 0, 8, 1),), parts=(part,), length=8, glue=0,
    )  # fmt: skip


def _flux(sound: np.ndarray) -> np.ndarray:
    hop, window = RATE // 100, 1024
    index = np.arange((len(sound) - window) // hop)[:, None] * hop + np.arange(window)
    spectrum = np.log1p(100 * np.abs(np.fft.rfft(sound[index] * np.hanning(window), axis=1)))
    flux = np.maximum(np.diff(spectrum, axis=0), 0).sum(axis=1)
    return flux - flux.mean()


def _bands(x: np.ndarray) -> np.ndarray:
    spectrum = np.abs(np.fft.rfft(x)) ** 2
    return np.array([spectrum[50:200].sum(), spectrum[6000:11000].sum()])


class CountedBars(BarCache):
    """Counts the bars that had to be played."""

    played = 0

    def get(self, key: Hashable, play: Callable[[], np.ndarray]) -> np.ndarray:
        def counted() -> np.ndarray:
            self.played += 1
            return play()

        return super().get(key, counted)


def test_a_changed_bar_is_played_beside_those_that_are_kept() -> None:
    """With every effect, the sound with kept bars is that without them, and one bar alone is played anew."""
    notes = tuple(Note(beat / 2, 0.4, 50 + beat, 90) for beat in range(32))
    part = Part(
        "lead", "lead", "saw lead", "synth lead", None, "saw", notes, room=0.3, echo=0.2, chorus=0.5, drive=0.2,
        tilt_db=1.0, image="keys", width=0.6,
    )  # fmt: skip
    score = Score(0, "", "", 150.0, Signature(), 0, "major", 0.0, 0.5, (), (), (part,), 16.0, reverb_seconds=0.6)
    changed = replace(part, notes=(*notes[:9], notes[9]._replace(pitch=80), *notes[10:]))
    bars = CountedBars(64 << 20)

    def sound(part: Part, bars: BarCache | None) -> np.ndarray:
        return np.concatenate(list(play_alone(part, score, 16000, bars=bars)), axis=1)

    before = sound(part, bars)
    assert bars.played == 4
    after = sound(changed, bars)
    assert bars.played == 5
    np.testing.assert_array_equal(after, sound(changed, None))
    assert np.abs(after - before).max() > 0.01


def test_old_bars_are_forgotten_where_new_ones_need_their_room() -> None:
    bars = CountedBars(1000)
    for key in (0, 1, 2, 2, 1):
        bars.get(key, lambda: np.zeros((2, 50), np.float32))  # 400 bytes
    assert bars.played == 3
    bars.get(0, lambda: np.zeros((2, 50), np.float32))
    assert bars.played == 4


@pytest.mark.parametrize("blocks", [1, 3, 4, 9])
def test_a_strip_gives_the_same_samples_in_steps_of_any_size(blocks: int) -> None:
    part = Part(
        "arp", "arp", "saw lead", "synth lead", None, "saw", (), room=0.4, echo=0.3, chorus=0.6, drive=0.3, tilt_db=2.0,
        expression=((0.0, 0.2), (9.0, 1.0)),
    )  # fmt: skip
    dry = np.random.default_rng(0).standard_normal((2, 9 * BLOCK)).astype(np.float32)

    def played(size: int) -> np.ndarray:
        strip = Strip(part, quarter_seconds=0.5, room_seconds=0.8, gain_db=0.0, rate=RATE)
        steps = range(0, dry.shape[1], size)
        return np.concatenate([strip.advance(dry[:, at : at + size], at) for at in steps], axis=1)

    np.testing.assert_array_equal(played(blocks * BLOCK), played(BLOCK))


@pytest.mark.parametrize("drum", [54, 70], ids=["tambourine", "shaker"])
def test_our_own_percussion_is_as_loud_as_that_of_the_soundfont(drum: int) -> None:
    voices = [Voice([(stroke * 6000, stroke * 6000 + 1500, drum, 90) for stroke in range(4)])]
    theirs = open_soundfont(find_soundfont()).play(voices, 0, True, RATE)
    ours = drums.perform("acoustic", voices, RATE) * 10 ** (drums.LEVELS_DB["acoustic"] / 20)
    levels = [20 * np.log10(np.sqrt(np.mean(sound[:, :RATE] ** 2))) for sound in (theirs, ours)]
    assert levels[1] == pytest.approx(levels[0], abs=3.0)


def test_a_piece_rings_out_to_the_end_of_its_room() -> None:
    score = composed(Wish(genre="ambient", bars=2, seed=3, tempo=120.0, roles=("lead",), instruments=(("piano",),)))
    score = replace(score, reverb_seconds=3.0)
    sound = render_stems(score, rate=16000).mix
    assert sound.shape[1] == 4 * 16000 + round(3.8 * 16000), "two bars; half a second, and 1.1 of the room's three"
    last, loudest = np.abs(sound[:, -800:]).max(), np.abs(sound).max()
    assert 0 <= last < 0.002 * loudest, "60 dB below the loudest but for what is rounded"
    dry = replace(score, reverb_seconds=0.5)
    assert render_stems(dry, rate=16000).mix.shape[1] == 6 * 16000
