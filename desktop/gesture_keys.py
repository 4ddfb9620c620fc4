"""Gestures and keys of the timeline, of automation and of the note editor, as the list of shortcuts tells them."""

CANVAS_KEYS = (
    ("Left, Right", "Nudge the selected clips by a grid step"),
    ("Shift+Left, Shift+Right", "Nudge finely"),
    ("Up, Down", "Select the track above or below"),
    ("Ctrl+Left, Ctrl+Right · Tab", "To the clip before or after"),
    ("F2", "Rename the clip or track"),
    ("Enter · Double-click", "Edit the notes of a clip"),
    ("1 … 9", "Choose a take"),
    ("Shift while dragging", "Bypass snapping; fine steps on values"),
    ("Alt while dragging", "Copy a clip; at its edge make more of it; select time beside clips"),
    ("Ctrl while dragging a clip", "Slip its sound"),
    ("Middle button · Ctrl+Alt+drag", "Move the view"),
    ("Wheel · Shift+Wheel · Ctrl+Wheel", "Scroll down · sideways · zoom"),
)
"""What the timeline itself does with keys and the mouse, for the overview."""

LANE_KEYS = (
    ("Click · Double-click", "Add a point · remove it"),
    ("Drag a point · the line · beside them", "Move points · both ends of a stretch · select points"),
    ("Ctrl or Alt · Shift while dragging", "Without snapping · finely, only up and down"),
    ("Alt+drag the line", "Bend the stretch"),
    ("Left, Right · Shift: as well", "To the point before or after"),
    ("Ctrl+Left, Ctrl+Right · Shift: finely", "Move the selected points in time"),
    ("Up, Down · Shift: finely", "Change their values"),
    ("Insert · Enter", "Add a point at the playhead · type the value"),
    ("P · A", "Pencil · hide the lanes"),
    ("Ctrl+A, X, C, V · Delete", "All points · cut · copy · paste · remove"),
)
"""What a lane of automation does with keys and the mouse, likewise."""

NOTE_KEYS = (
    ("Left, Right", "Move the selected notes by a grid step; the cursor, with none selected"),
    ("Up, Down · Shift: an octave", "Move them by a semitone or a row"),
    ("Shift+Left, Shift+Right", "Move them finely"),
    ("Alt+Left, Alt+Right", "Make them shorter or longer"),
    ("Alt+Up, Alt+Down", "Strike them harder or softer"),
    ("Enter", "Add a note at the cursor, or remove the one there"),
    ("Ctrl+Left, Ctrl+Right · Shift: as well", "To the note before or after"),
    ("Q · Shift+Q", "Quantise starts · starts and ends"),
    ("H · Shift+H", "Humanise · take the feel away"),
    ("T · S · A · Shift+A", "Legato · split at the playhead · accent · flam of drums"),
    ("Shift+R · Shift+V · Shift+G", "The composer writes other notes · varies them · goes on from them"),
    ("Shift+F · Shift+T", "A fill for the bar, in the drum grid · the selected notes as a theme"),
    ("Page Up, Page Down", "Edit the previous or the next of the selected clips"),
    ("P · F · G", "Pencil · fold to what sounds · other tracks' notes"),
    ("Ctrl+A, D, X, C, V · Delete", "All notes · duplicate · cut · copy · paste · delete"),
)
"""What the note editor does with keys, likewise."""
