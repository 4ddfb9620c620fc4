"""What the composer is called in records, in the list of models, and in reports."""

ID, NAME, LICENCE = "composer", "Composer", "Apache-2.0"
VERSION = "2"
"""Rises when the same request would give other notes or another sound."""
