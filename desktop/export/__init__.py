"""Exports: the dialog, the song as a file of another program, clips and tracks that are dragged out or copied."""
