"""A place in the song."""

from fractions import Fraction

Position = int | Fraction
"""Frames at the project rate (`int`) or beats in quarter notes (`Fraction`)."""
