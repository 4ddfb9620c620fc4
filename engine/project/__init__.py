"""The project as an immutable value, its edits, its history and its folder on disk."""
