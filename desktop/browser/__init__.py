"""The browser: sounds of the user's folders and of songs, found by words, by likeness, by key and tempo."""
