"""The composer: music as a score, seeded, with every truth known, and its sound.

`arrange.compose(seed)` gives a `score.Score`; `render.render(score)` plays it; `captions.captions` and `captions.tags`
describe it. Seeds are split into training, validation and test by `score.split`; `words.FREE_PROMPTS` holds the words
that are kept for evaluation.

How a piece is made: `genres` (data) and `moods` decide; `harmony`, `melody`, `rhythm` and `idioms` are the crafts;
`performers` ply them section by section. How it is played: `soundfont`, `synth` and `drums` make dry parts, `effects`
and `render` mix them.
"""
