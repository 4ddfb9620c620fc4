"""Models of other makers, run through diffusers and transformers, as generators (see `engine.generate.interface`)."""
