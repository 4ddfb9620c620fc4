"""What a sound is, musically: where its beats fall, how fast it goes, in which key it is, and how it fits a song.

librosa, which needs seconds to load and much memory, is loaded only by the functions that listen, and `process` runs
them in a process of their own.
"""
