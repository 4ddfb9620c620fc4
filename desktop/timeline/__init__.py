"""The arrangement on the screen: ruler, track headers and the painted timeline.

`view` holds all of it: `ruler` with `tempo_flags` and `ruler_drags`, `form_lanes` (sections and chords), `headers` of
`track_header`s, and the `canvas`.
The mouse: `pointer` asks `hit_test` and begins one of `gestures`; keys in `keys`, menus of the right button in
`menus`.
Painting: `rows`, `clip_layout`, `row_painter`, `strip_cache`, `contents` (by kind), `note_drawing`, `waveform` of
`peakstore` and `peak_atlas`, `clip_decorations`, `overlay`; `placeholders` are sounds on their way, `take_preview`
plays a take that is not chosen.
"""
