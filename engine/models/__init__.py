"""MeLoDy's networks, one architecture a file (after “Efficient Neural Music Generation”, Lam et al., 2023).

Letters used in every shape comment: B batch, T_wav samples, C channels, L latent frames, D latent width, M chunks,
S segments, K segment length, H hidden width, T denoising steps, T_ST semantic tokens.
"""
