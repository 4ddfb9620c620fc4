"""The demo song: music that the program synthesises itself, arranged with its own tools.

`voices` are the instruments, `parts` is what they play, `arrangement` makes the song of it.
"""
