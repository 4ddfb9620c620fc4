"""The composer as a generator: words become notes, and notes sound, behind the same door as the neural models."""
