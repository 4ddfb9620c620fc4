"""Musical time: places and lengths in frames or beats, tempo, time signatures, and the grid.

A beat is a quarter note, as in the tempo "120 BPM"; the beats that a user counts inside a bar are the notes of the time
signature's denominator. Bars and their beats are counted from 1. Only this package knows what a tempo does to time.
"""
