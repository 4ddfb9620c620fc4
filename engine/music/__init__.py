"""Plain values of music that the composer, the listening and the generators share: keys, scales, chords, notes.

Nothing here makes sound or reads files of a song: `keys` names keys and finds them in texts, `scales` and `chords` hold
intervals and names, `notes` the note, `general_midi` the names of programs and drums, `glossary` everyday words in the
words of captions.
"""
