"""Training of the decoder in layers and of what is built on it.

In the order of the data: `excerpts` (a mix, its drums and some of its parts), `bank` (one-shots cut from drums),
`strokes` (which one-shots a stroke is), `vae` (the recipe), `encode` (latents and tokens of mixes and parts), `context`
(the recipes of the language model and the diffusion), `everything` (all of it by one command), `plan` (how it divides
its time), `parcel` (a model in small files, which travel) and `keeping` (the decoder of a run in progress, to go on
elsewhere: `engine/train/kept`).
"""
