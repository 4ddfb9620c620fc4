"""Music from prompts: the window's side of the generator, and the panel that asks it."""
