"""Identifiers for values that the user makes."""

import os


def new_id() -> str:
    """A random identifier that no other value has."""
    return os.urandom(6).hex()
