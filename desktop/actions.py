"""One table of everything that a user can do from a menu or by keys."""

from dataclasses import dataclass
from enum import Enum, auto


class Needs(Enum):
    """What has to be there for an action to make sense."""

    NOTHING = auto()
    SONG = auto()
    TRACK = auto()
    CLIPS = auto()
    TWO_CLIPS = auto()
    CLIPBOARD = auto()
    CLIP_OR_LIVE = auto()
    PART = auto()
    REVIEW = auto()
    UNDO = auto()
    REDO = auto()
    MISSING = auto()


@dataclass(frozen=True)
class ActionSpec:
    """One thing the user can do. `group` numbers the parts of a menu between separators."""

    id: str
    menu: str
    group: int
    text: str
    keys: tuple[str, ...] = ()
    icon: str = ""
    tip: str = ""
    needs: Needs = Needs.SONG
    checkable: bool = False


MENUS = ("File", "Edit", "Track", "Clip", "Generate", "Transport", "View", "Help")

ACTIONS: tuple[ActionSpec, ...] = (
    ActionSpec("new", "File", 0, "New Song", ("Ctrl+N",), "plus", "Start a new song", Needs.NOTHING),
    ActionSpec(
        "new_options",
        "File",
        0,
        "New Song with Options…",
        ("Ctrl+Alt+N",),
        "",
        "Choose name, place, rate and tempo",
        Needs.NOTHING,
    ),
    ActionSpec("new_template", "File", 0, "New from Template…", (), "", "Begin a song as another", Needs.NOTHING),
    ActionSpec("open", "File", 0, "Open Song…", ("Ctrl+O",), "folder-open", "Open a song's folder", Needs.NOTHING),
    ActionSpec("open_demo", "File", 0, "Open Demo Song", (), "music-notes", "A song to try things on", Needs.NOTHING),
    ActionSpec("save", "File", 1, "Save", ("Ctrl+S",), "floppy-disk", "Save the song"),
    ActionSpec(
        "save_as", "File", 1, "Save As…", ("Ctrl+Alt+S",), "", "Go on with the song in a folder of another name"
    ),
    ActionSpec("save_copy", "File", 1, "Save a Copy…", (), "", "Write the song into another folder, audio and all"),
    ActionSpec(
        "save_template", "File", 1, "Save as Template…", (), "", "Keep the song, audio and all, to begin others with"
    ),
    ActionSpec("import", "File", 2, "Import…", ("Ctrl+I",), "download-simple", "Bring in audio and MIDI files"),
    ActionSpec("export", "File", 2, "Export…", ("Ctrl+Shift+E",), "export", "Write the mix and stems as files"),
    ActionSpec("export_midi", "File", 2, "Export MIDI…", (), "", "Write the notes of the song as a MIDI file"),
    ActionSpec(
        "export_dawproject",
        "File",
        2,
        "Export DAWproject…",
        (),
        "",
        "Write the song for Bitwig Studio, Cubase, Studio One and other programs",
    ),
    ActionSpec("missing", "File", 2, "Locate Missing Audio…", (), "", "Find audio files that are gone", Needs.MISSING),
    ActionSpec(
        "audio_settings", "File", 3, "Audio Settings…", ("Ctrl+,",), "gear", "Device, rate and buffer", Needs.NOTHING
    ),
    ActionSpec("midi_settings", "File", 3, "MIDI Settings…", (), "", "Keyboards, channel and clock", Needs.NOTHING),
    ActionSpec("close_song", "File", 4, "Close Song", ("Ctrl+W",), "", "Back to the start page"),
    ActionSpec("quit", "File", 4, "Quit", ("Ctrl+Q",), "", "Leave Continuo", Needs.NOTHING),
    ActionSpec("undo", "Edit", 0, "Undo", ("Ctrl+Z",), "arrow-counter-clockwise", "Take back", Needs.UNDO),
    ActionSpec("redo", "Edit", 0, "Redo", ("Ctrl+Shift+Z", "Ctrl+Y"), "arrow-clockwise", "Do again", Needs.REDO),
    ActionSpec("cut", "Edit", 1, "Cut", ("Ctrl+X",), "scissors", "Cut the selected clips", Needs.CLIPS),
    ActionSpec("copy", "Edit", 1, "Copy", ("Ctrl+C",), "copy", "Copy the selected clips", Needs.CLIPS),
    ActionSpec("paste", "Edit", 1, "Paste", ("Ctrl+V",), "", "Paste at the playhead", Needs.CLIPBOARD),
    ActionSpec("duplicate", "Edit", 1, "Duplicate", ("Ctrl+D",), "", "Repeat the selected clips", Needs.CLIPS),
    ActionSpec(
        "warp_imports",
        "Edit",
        3,
        "Imported Loops Follow the Tempo",
        (),
        "",
        "Loops that say their tempo, or in which it is clear, come stretched to the song's",
        Needs.NOTHING,
        checkable=True,
    ),
    ActionSpec(
        "automation_follows",
        "Edit",
        3,
        "Automation Moves with Clips",
        (),
        "",
        "Points of automation under a clip move along with it",
        Needs.NOTHING,
        checkable=True,
    ),
    ActionSpec("delete", "Edit", 2, "Delete", ("Delete", "Backspace"), "trash", "Delete the clips", Needs.CLIPS),
    ActionSpec(
        "ripple_delete",
        "Edit",
        2,
        "Delete and Close the Gap",
        ("Ctrl+Delete", "Ctrl+Backspace"),
        "",
        "Delete the clips; later ones move up",
        Needs.CLIPS,
    ),
    ActionSpec(
        "insert_time",
        "Edit",
        2,
        "Insert Time",
        (),
        "",
        "Open as much empty time as is selected, or a bar",
    ),
    ActionSpec("select_all", "Edit", 3, "Select All", ("Ctrl+A",), "", "Select every clip"),
    ActionSpec("select_none", "Edit", 3, "Select Nothing", ("Ctrl+Shift+A",), "", "Drop the selection"),
    ActionSpec("add_track", "Track", 0, "Add Track", ("Ctrl+T",), "plus", "Add an empty track"),
    ActionSpec("duplicate_track", "Track", 0, "Duplicate Track", ("Ctrl+Shift+D",), "", "", Needs.TRACK),
    ActionSpec("remove_track", "Track", 0, "Remove Track", ("Shift+Delete",), "", "", Needs.TRACK),
    ActionSpec("track_up", "Track", 1, "Move Up", ("Alt+Up",), "", "", Needs.TRACK),
    ActionSpec("track_down", "Track", 1, "Move Down", ("Alt+Down",), "", "", Needs.TRACK),
    ActionSpec(
        "instrument",
        "Track",
        2,
        "Instrument…",
        ("Ctrl+Shift+I",),
        "",
        "Choose what plays the notes of the selected track",
        Needs.TRACK,
    ),
    ActionSpec("arm_track", "Track", 2, "Arm", ("Alt+R",), "", "Play and record the selected track", Needs.TRACK),
    ActionSpec(
        "track_input", "Track", 2, "Input…", (), "", "What the selected track records: notes, or sound", Needs.TRACK
    ),
    ActionSpec(
        "bounce_in_place", "Track", 2, "Bounce in Place", (), "", "Render the track with its devices", Needs.TRACK
    ),
    ActionSpec("freeze_track", "Track", 2, "Freeze or Unfreeze", (), "", "The same, to be given back", Needs.TRACK),
    ActionSpec(
        "automation",
        "Track",
        3,
        "Show Automation",
        ("A",),
        "",
        "Show or hide the lanes of automation of the selected track",
        Needs.TRACK,
    ),
    ActionSpec(
        "automation_mode",
        "Track",
        3,
        "Next Automation Mode",
        (),
        "",
        "Read, touch, latch, write: whether moves of faders and knobs become automation of the selected track",
        Needs.TRACK,
    ),
    ActionSpec(
        "back_to_automation",
        "Track",
        3,
        "Back to Automation",
        (),
        "",
        "Follow all lanes again whose faders and knobs were moved by hand",
    ),
    ActionSpec("mute_track", "Track", 2, "Mute", ("M",), "", "Mute the selected track", Needs.TRACK),
    ActionSpec("solo_track", "Track", 2, "Solo", ("Shift+S",), "", "Solo the selected track", Needs.TRACK),
    ActionSpec(
        "split", "Clip", 0, "Split", ("S",), "scissors", "Split at the playhead, or the selected time", Needs.SONG
    ),
    ActionSpec("join", "Clip", 0, "Join", ("Ctrl+J",), "", "Make clips that play on into one", Needs.TWO_CLIPS),
    ActionSpec(
        "consolidate",
        "Clip",
        0,
        "Consolidate",
        ("Ctrl+Alt+C",),
        "",
        "The selected clips, or their parts in the selected time, become one clip of sound on each track",
        Needs.CLIPS,
    ),
    ActionSpec("group_clips", "Clip", 0, "Group Clips", ("Ctrl+G",), "", "Clips that move together", Needs.TWO_CLIPS),
    ActionSpec("ungroup_clips", "Clip", 0, "Ungroup Clips", ("Ctrl+Alt+G",), "", "Dissolve the group", Needs.CLIPS),
    ActionSpec("crossfade", "Clip", 0, "Crossfade", ("X",), "", "Fade from one clip to the next", Needs.TWO_CLIPS),
    ActionSpec(
        "trim_overlaps", "Clip", 0, "Trim Overlaps", (), "", "Cut what lies under other clips away", Needs.CLIPS
    ),
    ActionSpec("reverse", "Clip", 1, "Reverse", ("Ctrl+R",), "", "Play backwards", Needs.CLIPS),
    ActionSpec(
        "loop_clip",
        "Clip",
        1,
        "Repeat Clip",
        ("Ctrl+L",),
        "",
        "A clip that is made longer repeats its sound",
        Needs.CLIPS,
    ),
    ActionSpec(
        "fit_chords",
        "Clip",
        1,
        "Fit to Chords",
        ("Ctrl+Shift+J",),
        "",
        "The notes of the selected clips go to tones of the song's chords; rhythm and contour stay",
        Needs.CLIPS,
    ),
    ActionSpec("mute_clip", "Clip", 1, "Mute Clip", ("Shift+M",), "", "", Needs.CLIPS),
    ActionSpec("no_fades", "Clip", 2, "Remove Fades", (), "", "", Needs.CLIPS),
    ActionSpec("flatten", "Clip", 2, "Keep Only the Chosen Take", (), "", "", Needs.CLIPS),
    ActionSpec(
        "loop_selection",
        "Clip",
        3,
        "Loop Playback of Selection",
        ("Shift+L",),
        "",
        "Play the selection round and round",
        Needs.CLIPS,
    ),
    ActionSpec(
        "export_clip_midi",
        "Clip",
        4,
        "Export Clip as MIDI…",
        (),
        "",
        "Write the notes of the selected clips as a MIDI file",
        Needs.CLIPS,
    ),
    ActionSpec(
        "convert_to_notes",
        "Clip",
        3,
        "Convert to Notes",
        ("Ctrl+Shift+N",),
        "",
        "Hear the notes and drums of the selected clip; they become clips on tracks of their own",
        Needs.CLIPS,
    ),
    ActionSpec(
        "hear_form",
        "Clip",
        3,
        "Hear Chords and Sections",
        (),
        "",
        "Hear the chords and sections of the selected clip; they are written over the ruler, where they can be changed",
        Needs.CLIPS,
    ),
    ActionSpec(
        "separate",
        "Clip",
        3,
        "Separate Drums",
        (),
        "",
        "Part the selected clip's drums from the rest: two tracks that add up to it",
        Needs.CLIPS,
    ),
    ActionSpec(
        "find_like",
        "Clip",
        3,
        "Find Sounds Like This",
        (),
        "",
        "Look for sounds that are like the selected clip",
        Needs.CLIPS,
    ),
    ActionSpec(
        "name_by_sound",
        "Clip",
        3,
        "Name by What Is Heard",
        (),
        "",
        "Name the selected clips of audio by genre, mood, instruments, tempo and key",
        Needs.CLIPS,
    ),
    ActionSpec(
        "repair", "Clip", 3, "Repair…", (), "", "Hum, hiss, clicks, clipping taken out: a new take", Needs.CLIPS
    ),
    ActionSpec(
        "sampler",
        "Clip",
        3,
        "Play as an Instrument",
        (),
        "",
        "A new track whose notes play the sound of the clip: C4 at its own pitch",
        Needs.CLIPS,
    ),
    ActionSpec(
        "export_clip_wav",
        "Clip",
        4,
        "Export Clip as WAV…",
        (),
        "",
        "Write the selected clips as a WAV file",
        Needs.CLIPS,
    ),
    ActionSpec("compose", "Generate", 0, "Compose…", ("F",), "music-notes", "Write a prompt and compose its parts"),
    ActionSpec(
        "part_again",
        "Generate",
        0,
        "Part Again",
        ("Shift+R",),
        "",
        "Other notes for the selected part; the rest stays",
        Needs.CLIPS,
    ),
    ActionSpec(
        "fill",
        "Generate",
        0,
        "Fill Track",
        ("Ctrl+Shift+F",),
        "",
        "A part for the empty stretch of the selected track, in the song's key and to its chords",
        Needs.TRACK,
    ),
    ActionSpec("generate", "Generate", 0, "Generate…", ("G",), "sparkle", "Write a prompt and generate music"),
    ActionSpec(
        "more_takes", "Generate", 0, "More Takes", ("Shift+T",), "", "Takes of the clip, made as its first", Needs.CLIPS
    ),
    ActionSpec(
        "continue_live",
        "Generate",
        1,
        "Continue Live",
        ("Shift+G",),
        "record",
        "Go on from the clip's end while it plays; once more to stop and keep it",
        Needs.CLIP_OR_LIVE,
    ),
    ActionSpec(
        "regenerate",
        "Generate",
        2,
        "Regenerate Selected Time",
        ("R",),
        "",
        "New takes of the selected part of the clip; the rest stays as it is",
        Needs.PART,
    ),
    ActionSpec("extend_left", "Generate", 2, "Extend Left by 4 Bars", (), "", "More before the clip", Needs.CLIPS),
    ActionSpec("extend_right", "Generate", 2, "Extend Right by 4 Bars", (), "", "More after the clip", Needs.CLIPS),
    ActionSpec("vary", "Generate", 2, "Variation", (), "", "The clip, a little different", Needs.CLIPS),
    ActionSpec(
        "make_loop",
        "Generate",
        2,
        "Make Seamless",
        (),
        "",
        "The clip's end leads into its start",
        Needs.CLIPS,
    ),
    ActionSpec("compare", "Generate", 3, "Compare", ("B",), "", "Hear what was before, or what is new", Needs.REVIEW),
    ActionSpec("accept", "Generate", 3, "Accept", ("Shift+B",), "check", "Keep what is heard", Needs.REVIEW),
    ActionSpec("discard", "Generate", 3, "Discard", ("Alt+B",), "", "Leave the clip as it was", Needs.REVIEW),
    ActionSpec("play", "Transport", 0, "Play or Stop", ("Space",), "play", "Play from the playhead, or stop"),
    ActionSpec("start", "Transport", 0, "Go to Start", ("Home",), "skip-back", "Playhead to the song's start"),
    ActionSpec("end", "Transport", 0, "Go to End", ("End",), "skip-forward", "Playhead to the song's end"),
    ActionSpec(
        "loop",
        "Transport",
        1,
        "Loop Playback",
        ("L",),
        "repeat",
        "Play the loop region round and round",
        checkable=True,
    ),
    ActionSpec(
        "metronome",
        "Transport",
        1,
        "Metronome",
        ("K",),
        "metronome",
        "Count along; never exported",
        Needs.NOTHING,
        checkable=True,
    ),
    ActionSpec(
        "follow",
        "Transport",
        1,
        "Follow Playhead",
        ("Shift+F",),
        "",
        "Scroll along while playing",
        Needs.NOTHING,
        checkable=True,
    ),
    ActionSpec(
        "return_on_stop",
        "Transport",
        1,
        "Return on Stop",
        (),
        "",
        "Stop puts the playhead back to where playing began",
        Needs.NOTHING,
        checkable=True,
    ),
    ActionSpec(
        "tap_tempo",
        "Transport",
        3,
        "Tap Tempo",
        ("T",),
        "",
        "Four taps or more, once a quarter note, set the tempo at the playhead",
    ),
    ActionSpec(
        "record",
        "Transport",
        4,
        "Record",
        ("F9",),
        "record",
        "Record what is played, over MIDI or into an audio input, onto the armed tracks",
        checkable=True,
    ),
    ActionSpec(
        "count_in",
        "Transport",
        4,
        "Count In",
        (),
        "",
        "A bar of clicks before a recording",
        Needs.NOTHING,
        checkable=True,
    ),
    ActionSpec(
        "punch",
        "Transport",
        4,
        "Punch In and Out",
        (),
        "",
        "Record only what lies in the loop region",
        Needs.NOTHING,
        checkable=True,
    ),
    ActionSpec(
        "overdub",
        "Transport",
        4,
        "Overdub",
        (),
        "",
        "Recording adds notes to the clip that is there",
        Needs.NOTHING,
        checkable=True,
    ),
    ActionSpec(
        "step_input",
        "Transport",
        4,
        "Step Input",
        ("Ctrl+Shift+S",),
        "",
        "Notes that are played go into the note editor at its cursor, one grid step after another",
        checkable=True,
    ),
    ActionSpec(
        "computer_piano",
        "Transport",
        5,
        "Computer Keyboard as Piano",
        ("Ctrl+Shift+K",),
        "",
        "The rows from A and W on play notes; Z and X change the octave",
        checkable=True,
    ),
    ActionSpec(
        "midi_learn",
        "Transport",
        5,
        "MIDI Learn",
        ("Ctrl+Shift+M",),
        "",
        "Move a fader or a pan, then the controller that shall move it",
        checkable=True,
    ),
    ActionSpec("midi_forget", "Transport", 5, "Forget Learnt Controllers", (), "", "", Needs.NOTHING),
    ActionSpec("marker", "Transport", 2, "Add Marker", ("Ctrl+M",), "", "Mark the playhead's place"),
    ActionSpec("previous_marker", "Transport", 2, "Previous Marker", ("Ctrl+PgUp",)),
    ActionSpec("next_marker", "Transport", 2, "Next Marker", ("Ctrl+PgDown",)),
    ActionSpec(
        "reset_meters", "Transport", 3, "Reset Meters", (), "", "Clip lights out, loudness from now", Needs.NOTHING
    ),
    ActionSpec("zoom_in", "View", 0, "Zoom In", ("Ctrl+=", "Ctrl++"), "magnifying-glass-plus", "Zoom in"),
    ActionSpec("zoom_out", "View", 0, "Zoom Out", ("Ctrl+-",), "magnifying-glass-minus", "Zoom out"),
    ActionSpec("fit", "View", 0, "Fit Song", ("Ctrl+F",), "arrows-out-line-horizontal", "Show the whole song"),
    ActionSpec(
        "zoom_selection",
        "View",
        0,
        "Zoom to Selection",
        ("Z",),
        "",
        "Show what is selected as large as it fits; once more to go back",
    ),
    ActionSpec(
        "song_form",
        "View",
        0,
        "Sections and Chords",
        ("Ctrl+Shift+C",),
        "",
        "The song's sections and chords over the ruler",
        checkable=True,
    ),
    ActionSpec("mixer", "View", 1, "Mixer", ("Ctrl+1",), "", "Levels of all tracks", Needs.NOTHING),
    ActionSpec("device", "View", 1, "Device", ("Ctrl+8",), "", "The effect opened in the mixer", Needs.NOTHING),
    ActionSpec("notes", "View", 1, "Note Editor", ("Ctrl+7",), "", "The notes of the selected clip", Needs.NOTHING),
    ActionSpec("browser", "View", 1, "Browser", ("Ctrl+9",), "", "Find sounds by words or likeness", Needs.NOTHING),
    ActionSpec(
        "guide",
        "View",
        1,
        "Guide",
        ("Ctrl+0",),
        "",
        "What takes follow: melody, chords, accents, swell",
        Needs.NOTHING,
    ),
    ActionSpec("jobs", "View", 1, "Jobs", ("Ctrl+2",), "", "What runs in the background", Needs.NOTHING),
    ActionSpec("history", "View", 1, "History", ("Ctrl+3",), "", "Every step, to go back to", Needs.NOTHING),
    ActionSpec("spectrogram", "View", 1, "Spectrogram", ("Ctrl+4",), "", "The clip's frequencies", Needs.NOTHING),
    ActionSpec(
        "loudness",
        "View",
        1,
        "Loudness",
        ("Ctrl+6",),
        "",
        "The master's loudness in LUFS, and its spectrum",
        Needs.NOTHING,
    ),
    ActionSpec("models", "View", 1, "Models", ("Ctrl+5",), "", "Load, measure and add models", Needs.NOTHING),
    ActionSpec(
        "install_runtime",
        "View",
        1,
        "Install Neural Runtime",
        (),
        "",
        "Fetch what neural models run in (1 to 4 GB), where this program came without it",
        Needs.NOTHING,
    ),
    ActionSpec("bottom_dock", "View", 2, "Bottom Panel", ("Ctrl+B",), "", "", Needs.NOTHING, checkable=True),
    ActionSpec("right_dock", "View", 2, "Side Panel", ("Ctrl+Shift+B",), "", "", Needs.NOTHING, checkable=True),
    ActionSpec(
        "full_screen",
        "View",
        3,
        "Full Screen",
        ("F11",),
        "",
        "The window over the whole screen, or back",
        Needs.NOTHING,
        checkable=True,
    ),
    ActionSpec("interface_size", "View", 3, "Interface Size…", (), "", "How large everything is drawn", Needs.NOTHING),
    ActionSpec("manual", "Help", 0, "Manual", ("F1",), "", "The page that fits what has the focus", Needs.NOTHING),
    ActionSpec("shortcuts", "Help", 0, "Keyboard Shortcuts", ("Ctrl+F1",), "keyboard", "", Needs.NOTHING),
    ActionSpec("show_log", "Help", 0, "Show Log File", (), "", "", Needs.NOTHING),
    ActionSpec("about", "Help", 1, "About Continuo", (), "", "", Needs.NOTHING),
)

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


def tooltip(spec: ActionSpec, keys: str) -> str:
    """What an action does, and its keys, if it has any."""
    text = spec.tip or spec.text.removesuffix("…")
    return f"{text}  ({keys})" if keys else text


def of_menu(menu: str) -> list[list[ActionSpec]]:
    """The entries of a menu, in groups."""
    specs = [spec for spec in ACTIONS if spec.menu == menu]
    return [[spec for spec in specs if spec.group == group] for group in sorted({spec.group for spec in specs})]
