"""What a sound is, musically: where its beats fall, how fast it goes, in which key it is, and how it fits a song.

Listening takes processor time and memory, so the window has it done in a process of its own (`__main__`).
"""
