"""Training of AudioLDM 2 (Liu et al. 2023): diffusion on the language of audio, its GPT-2, and both together."""
