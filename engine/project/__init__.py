"""The project as an immutable value, its edits, its history and its folder on disk.

The value: `model`, `edits`, `note_edits`, `history` (undo), `curves`, `lane_points`, `routing` (mute, solo, groups),
`tempos`, `turns`, `clip_time`, `excerpt`, `starting` (a new song).
On disk: `layout`, `files` (open and save), `project_file`, `codec`, `lock`, `whole_file`, `backups`, `autosave`,
`journal`, `recovery` (after a crash), `copying` (Save As), `templates`, `view_state`.
Its sound: `importing`, `file_facts`, `pool`, `sample_file`, `storing`, `growing` (still being made), `recorded`,
`sources` (what is missing), `checking` (what changed on the disk), `peaks` (waveforms); `derived` and `warping` (what
recipes make).
"""
