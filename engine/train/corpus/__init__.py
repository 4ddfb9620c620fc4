"""Music that we synthesise ourselves: endless, seeded, with every truth known.

`arrange.compose(seed)` gives a `score.Score`; `render.render(score)` plays it; `captions.captions` and `captions.tags`
describe it; `crops.crops(CropRequest(…))` streams pieces of sound with their truth for training, and
`folder.folder_crops` does the same from a user's recordings; `write.write` puts pieces on disk. Seeds are split by
`score.split`; `words.FREE_PROMPTS` holds the words that are kept for evaluation.

How a piece is made: `genres` (data) and `moods` decide; `harmony`, `melody`, `rhythm` and `idioms` are the crafts;
`players` ply them section by section. How it is played: `soundfont`, `synth` and `drums` make dry parts, `effects` and
`render` mix them.
"""
