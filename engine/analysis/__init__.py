"""What a sound is, musically: where its beats fall, how fast it goes, in which key it is, and how it fits a song.

Listening takes processor time and memory, so the window has it done in a process of its own (`__main__`, `questions`).

All of it: `hear`, kept by `hearing_cache`. Tempo and beats with a song's tempo: `fit`, `beats`, `loops`; with nothing
known: `heard_tempo`, `metre`, `beat_tracking`, `beat_placement`, `grid`, `bar_network`; what they share: `pulse`,
`tempo`.
What is played: `transcription`, of `strokes` (drums), `notes`, `low_line` and `pitch_line`; `chords`, `key`,
`sections`, `section_names`, `words`. Networks in numpy: `basic_pitch`, `chord_network`, `stroke_network`.
What sound is made of it: `stretch`, `transients`, `separation` (drums apart), `timbre_transfer` (another instrument),
`repair`. `library` finds sounds of folders; `spectrogram` is a picture.
"""
