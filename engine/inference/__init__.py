"""The generator in a process of its own: what the window and the shell say to it, and what it says back.

The window's process never imports torch. Models are loaded, run and freed in the generator process, which writes what
it makes into the project folder: finished takes into the pool, live ones into a growing file that the player follows.
"""
