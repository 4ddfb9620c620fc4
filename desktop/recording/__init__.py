"""Tracks that are played over MIDI: armed, heard, recorded."""
