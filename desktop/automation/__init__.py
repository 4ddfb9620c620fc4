"""Lanes of automation under the tracks, and what moves of faders and knobs do to them."""
