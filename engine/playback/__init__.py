"""From a project to sound: the plan, the one renderer, the player process and the bounce.

The renderer: `plan` (a song in frames and gains), `mixer`, `graph` (channels with effects), `gains`, `channel_levels`,
`comps`, `crossfades`, `samples`, `contents`; `note_sound` and `warped_sound` are files that it plays.
The player: `player` (the window's handle), `worker` (its process), `commands` and `state` (what is said), `updates`,
`transport` (ahead into the `ring`), `device`, `metronome`, `prefetch`; meters in `meters`, `master` and `spectrum`.
MIDI: `midi_ports` (what is plugged in), `midi_drivers`, `live_input`, `live_synth`, `midi_clock`, `recorded_notes`.
Inputs: `audio_input`, `capture` (written as it comes), `input_ring`, `recorded_audio`, `recording`; lined up by
`heard_clock`, `heard_frames`, `latency_probe`.
Files: `bounce` (mix and stems), `offline_render`, `stems`, `quantise`, `wavfile`, `atomic_output`, `clipping`,
`report`; what they say of themselves: `file_tags`, `filenames`, `credits`, `signing`. Sounds that stay in the song:
`consolidation`, `track_bounce`.
"""
