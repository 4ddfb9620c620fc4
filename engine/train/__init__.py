"""Training: music of our own, losses, the loop, and one recipe for each model."""
