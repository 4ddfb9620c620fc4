"""What lies in an audio file, read from its bytes: streams, true lengths and speakers. Decoding is `engine.audio`'s."""
