"""A decoder in layers without phases: oscillators, noise in bands, strokes on a bank of one-shots; 48 kHz stereo.

Latents say what sounds (notes, envelopes, events), never where a wave stands, because a small diffusion model cannot
foretell phases. In the order in which they are read: `bands` (spectra and bands), `analysis` (the layers of a sound in
closed form), `player` (layers to sound, as they come), `vae` (the network between).

Sound is mid and side (B, 2, T) at 48 kHz. Frames are 10 ms, slots 5 ms, latents 20 ms.
"""
