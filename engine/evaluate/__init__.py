"""What a model can do, measured on held-out pieces of the corpus: `session.evaluate` runs it, `figures` shows it.

`voice` judges the parts by themselves; `adherence`, `frechet`, `continuation`, `diversity`, `copying` and `schedules`
judge what comes out. The instruments (`hearing`, `classifier`) know nothing of the model, and every figure that they
give has beside it what they say of real pieces. `pictures` draws spectrograms.
"""
