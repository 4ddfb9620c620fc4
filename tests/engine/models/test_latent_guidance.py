"""Clean latents move towards the notes of a guide, where and as far as it says something."""

from collections.abc import Iterator

import pytest
import torch

from engine.models.latent_guidance import LatentGuidance, ToneReadout
from engine.models.vae_config import PRESETS
from engine.models.vae_decoders import InverseStftHead
from engine.models.vaegan import VaeGan
from engine.music.guide import ChordSpan, Guide, MelodyNote

RATE, FRAMES, TONES, LOWEST = 25.0, 50, 84, 55.0
A, C, E = (range(first, TONES, 12) for first in (0, 3, 7))


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Threads would wait for each other at each of some thousand small products."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def readout() -> ToneReadout:
    """Latents that are the log amplitudes themselves, all of the same loudness at 0."""
    return ToneReadout(torch.eye(TONES), torch.full((TONES,), -3.0), LOWEST)


def latents() -> torch.Tensor:
    return 0.3 * torch.randn(2, FRAMES, TONES, generator=torch.Generator().manual_seed(1))


def moved(guide: Guide, times: int = 40, first: int = 0) -> torch.Tensor:
    guidance, z = LatentGuidance(readout(), guide, first, FRAMES, RATE), latents()
    for _ in range(times):
        z = guidance.moved(z)
    return z


def test_a_note_gains_from_250_hz_on_while_it_sounds_and_nothing_else_moves() -> None:
    z = moved(Guide(melody=(MelodyNote(0.4, 0.8, 69),)))
    change = z - latents()
    assert not change[:, :10].any()
    assert not change[:, 30:].any()
    power = (2 * z[:, 10:30, 27:]).exp()
    ours = (2 * z[:, 10:30, [tone for tone in A if tone >= 27]]).exp()
    assert float((ours.sum(-1) / power.sum(-1)).min()) > 0.6


def test_a_chord_gets_its_notes_alike_and_a_melody_over_it_is_left_to_sound() -> None:
    z = moved(Guide(chords=(ChordSpan(0.0, 1.0, "Am"),)))
    loud = z[:, :25].exp().sum(1)  # (2, TONES)
    notes = torch.stack([loud[:, list(tones)].sum(-1) for tones in (A, C, E)], -1) / loud.sum(-1, keepdim=True)
    assert float(notes.min()) > 0.2
    assert not (z - latents())[:, 25:].any()
    both = moved(Guide((MelodyNote(0.0, 1.0, 74),), (ChordSpan(0.0, 1.0, "Am"),)))
    high = (2 * both[:, :25, 27:]).exp()
    song = (2 * both[:, :25, [tone for tone in range(5, TONES, 12) if tone >= 27]]).exp().sum(-1)
    assert float((song / high.sum(-1)).median()) > 0.5


def test_what_is_met_is_left_alone_and_no_step_is_long() -> None:
    guide = Guide((MelodyNote(0.0, 2.0, 69),), (ChordSpan(0.0, 2.0, "Am"),))
    guidance = LatentGuidance(readout(), guide, 0, FRAMES, RATE)
    wild = 40 * latents()
    assert float((guidance.moved(wild) - wild).norm(dim=-1).max()) <= 3 * 0.4 + 1e-4
    chord, note = torch.full((2, 1, FRAMES, TONES), -20.0)
    chord[..., [36, 39, 43]] = note[..., 36] = 0.0  # A, C, E
    for there, met in ((chord, Guide(chords=guide.chords)), (note, Guide(guide.melody))):
        left = LatentGuidance(readout(), met, 0, FRAMES, RATE).moved(there)
        assert float((left - there).abs().max()) < 1e-3


def test_no_frame_gets_louder() -> None:
    guide = Guide((MelodyNote(0.0, 1.0, 69),), (ChordSpan(0.0, 2.0, "Am"),))
    power = [(2 * z).exp().sum(-1).log() for z in (latents(), moved(guide, 5))]
    assert float((power[1] - power[0]).abs().max()) < 0.2
    assert float((moved(guide, 5) - latents()).norm(dim=-1).min()) > 1.0


def test_the_guides_seconds_are_counted_in_the_whole_piece() -> None:
    guide = Guide(melody=(MelodyNote(2.4, 0.4, 69),))
    change = moved(guide, 1, first=50) - latents()
    assert change[:, 10:20].any(-1).all()
    assert not change[:, :10].any()
    assert not change[:, 20:].any()
    assert LatentGuidance(readout(), guide, 90, FRAMES, RATE).empty


def test_a_decoder_with_octaves_of_oscillators_says_how_loud_they_are_and_one_with_few_does_not() -> None:
    torch.manual_seed(0)
    vae = VaeGan(PRESETS["starter"]).eval()
    found = vae.tone_readout()
    assert found is not None
    z = torch.zeros(1, 30, vae.config.latent_width)
    z[..., 5] = 0.4
    raw = 3.0 / vae.config.gain * vae.placed(z, 0)[..., : vae.config.encoded_width]
    assert isinstance(vae.decoder, InverseStftHead)
    with torch.no_grad():
        played = vae.decoder.played(raw)[1]
    assert played is not None
    middle = played[0, 75:80, 0].mean(0)
    assert torch.allclose(found(z[0, 15]), middle, atol=0.15)
    assert list(found.pitch_classes[:4]) == [9, 10, 11, 0]
    assert VaeGan(PRESETS["tiny"]).tone_readout() is None
