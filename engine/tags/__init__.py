"""What audio files say about themselves: title, tempo, key, cover, cues, loops, and where their sound comes from.

One file a way of writing it down: ID3 (MP3, WAV, AIFF), Vorbis comments (FLAC, Opus), XMP, and the chunks of WAV files.
"""
