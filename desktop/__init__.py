"""The Qt application. It builds engine objects once in `app.py` and connects every signal there.

Which file does what the entries of the menus say (their ids as in `actions.py`; a test compares):

    songs.py: new, new_options, new_template, open, open_demo, save, import, missing, close_song
    song_copies.py: save_as, save_copy, save_template
    export/dialog.py: export
    export/song_files.py: export_midi, export_dawproject
    export/clip_files.py: export_clip_midi, export_clip_wav
    dialogs/audio_settings.py: audio_settings
    recording/build.py: midi_settings, arm_track, track_input, step_input
    document.py: undo, redo, select_none
    editing.py: cut, copy, paste, duplicate, delete, ripple_delete, insert_time, select_all, add_track,
        duplicate_track, remove_track, track_up, track_down, mute_track, solo_track, split, join, group_clips,
        ungroup_clips, crossfade, trim_overlaps, reverse, loop_clip, fit_chords, mute_clip, no_fades, loop_selection,
        marker, previous_marker, next_marker
    consolidating.py: consolidate, flatten
    track_bouncing.py: bounce_in_place, freeze_track
    note_conversion.py: convert_to_notes
    form_hearing.py: hear_form
    drum_separation.py: separate
    line_transfer.py: play_on
    repairing.py: repair
    browser/build.py: browser, find_like, name_by_sound
    recording/sampler.py: sampler
    automation/build.py: master_automation, automation_mode
    automation/overrides.py: back_to_automation
    generation/composer_parts.py: compose, part_again, fill
    generation/build.py: generate
    generation/more_takes.py: more_takes
    generation/live.py: continue_live
    generation/inpainting.py: regenerate, extend_left, extend_right, vary, make_loop
    generation/review.py: compare, accept, discard
    bridge.py: play, loop, metronome
    recording/recorder.py: record, count_in, punch, overdub
    recording/computer_piano.py: computer_piano
    recording/midi_learn.py: midi_learn, midi_forget
    transport/tap_tempo.py: tap_tempo
    timeline/view.py: instrument, automation, follow, zoom_in, zoom_out, fit, zoom_selection, song_form
    mixer/mixer_view.py: mixer
    devices/panel.py: device
    editor_parts.py: notes
    guides/panel.py: guide
    docks/jobs_panel.py: jobs
    docks/history_panel.py: history
    docks/spectrogram_panel.py: spectrogram
    docks/metering.py: loudness
    models/panel.py: models
    models/runtime.py: install_runtime
    window.py: full_screen
    dialogs/interface_size.py: interface_size
    dialogs/manual.py: manual
    dialogs/shortcuts.py: shortcuts
    dialogs/about.py: about
    app.py: quit, warp_imports, automation_follows, start, end, return_on_stop, reset_meters, bottom_dock, right_dock,
        show_log

Menus of the right button (told in resources/manual/menus.md): of clips, takes, empty places, the ruler, its flags and
track headers `timeline/menus.py`; of sections and chords `timeline/form_lanes.py`; of lanes and points
`automation/lane.py`; of an armed track's button `recording/input_menu.py`; of devices, sends and groups
`mixer/inserts.py`; of a device's panel `devices/panel.py`; of the composer bar `generation/composer_bar.py` and
`generation/composer_verbs.py`; of a reference `generation/sound_field.py`; of guides `guides/panel.py`; of sounds that
were found `browser/panel.py`.

The mouse held down: `timeline/gestures/`, `timeline/ruler_drags.py`, `timeline/form_drags.py`, `notes/gestures.py`,
`automation/gestures.py`, `clip_editor/pointer.py`. A double-click on a clip opens it in `editors.py`.
"""
