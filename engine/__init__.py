"""Everything that makes sound. Runs without a screen and knows nothing of Qt."""

__version__ = "0.1.0"
