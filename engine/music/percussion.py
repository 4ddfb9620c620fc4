"""What the pitches of a drum part mean: the percussion map of General MIDI (GM 1, table 3)."""

FIRST, LAST = 35, 81
"""The pitches that have a name."""

_NAMES = (
    "Kick 2", "Kick", "Side stick", "Snare", "Clap", "Snare 2", "Low floor tom", "Closed hat", "High floor tom",
    "Pedal hat", "Low tom", "Open hat", "Low-mid tom", "High-mid tom", "Crash", "High tom", "Ride", "China",
    "Ride bell", "Tambourine", "Splash", "Cowbell", "Crash 2", "Vibraslap", "Ride 2", "High bongo", "Low bongo",
    "Mute conga", "Open conga", "Low conga", "High timbale", "Low timbale", "High agogo", "Low agogo", "Cabasa",
    "Maracas", "Short whistle", "Long whistle", "Short guiro", "Long guiro", "Claves", "High woodblock",
    "Low woodblock", "Mute cuica", "Open cuica", "Mute triangle", "Open triangle",
)  # fmt: skip
KIT = (36, 37, 38, 39, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51)
"""The pitches of a drum kit's usual pieces."""


def percussion_name(pitch: int) -> str:
    """What a pitch plays on a drum part: 38 is “Snare”; “Note 20” outside of the map."""
    return _NAMES[pitch - FIRST] if FIRST <= pitch <= LAST else f"Note {pitch}"
