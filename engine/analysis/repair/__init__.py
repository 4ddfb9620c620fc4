"""Faults of recordings: what of each is in a sound, and the sound without it. `repairing` holds the list of them."""
