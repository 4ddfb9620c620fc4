"""The effects' inner loops: `source` in Python, `compiled` as machine code, `build` from the one to the other."""
