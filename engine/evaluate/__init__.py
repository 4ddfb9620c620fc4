"""What a model can do, measured on held-out pieces of the corpus: `session.evaluate` runs it, `figures` shows it.

`stages` judges the parts by themselves; `adherence`, `frechet`, `continuation`, `diversity`, `memorisation`,
`schedules`, `guides` and `stems` judge what comes out, `composer` the composer's pieces. The instruments
(`tempo_key_judges`, `classifier`, `sound_measures`) know nothing of the model, and every figure that they give has
beside it what they say of real pieces. `pictures` draws spectrograms.
"""
