"""Identifiers for values that the user makes."""

import uuid


def new_id() -> str:
    """A random identifier that no other value has."""
    return uuid.uuid4().hex[:12]
