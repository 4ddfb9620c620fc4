"""A library of sounds: what each file is like, in a database, to be found by words, likeness, key and tempo."""
