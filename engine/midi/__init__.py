"""Standard MIDI Files: read into tracks of notes with instruments, and written from them, equal to the tick."""
