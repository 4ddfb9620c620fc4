"""Dialogs for songs and settings; none but the questions about losing something is modal."""
