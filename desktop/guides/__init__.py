"""What music shall follow in time, drawn over a clip: melody, chords, accents, swell and words."""
