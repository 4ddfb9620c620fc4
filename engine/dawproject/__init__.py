"""DAWproject files (version 1.0): a song for Bitwig Studio, Cubase, Studio One and other programs."""
