"""What a mood does to mode, tempo, register, brightness and force."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mood:
    """A mood's pull on a piece."""

    name: str
    light: float  # -1 minor modes to 1 major modes
    pace: float  # -1 the slow end of the genre's tempo range to 1 the fast end
    register: int  # semitones
    tilt: float  # dB, treble against bass
    energy: float  # 0 to 1
    motion: int = 0  # busier (1) or calmer (-1) melodies


MOODS: dict[str, Mood] = {
    mood.name: mood
    for mood in (
        Mood("happy", 0.9, 0.35, 2, 1.0, 0.65, 1),
        Mood("sad", -0.9, -0.7, -1, -1.5, 0.25, -1),
        Mood("calm", 0.3, -0.7, 0, -2.0, 0.15, -1),
        Mood("energetic", 0.1, 0.8, 0, 1.5, 0.95, 1),
        Mood("dark", -1.0, -0.2, -4, -2.5, 0.5),
        Mood("romantic", 0.4, -0.5, 0, -1.0, 0.3),
        Mood("dreamy", 0.2, -0.4, 3, -0.5, 0.3, -1),
        Mood("epic", -0.2, 0.2, 0, 0.5, 0.9),
        Mood("tense", -1.0, 0.4, -1, 0.5, 0.7),
        Mood("playful", 0.8, 0.4, 4, 1.0, 0.6, 1),
        Mood("hopeful", 0.9, 0.0, 1, 0.5, 0.45),
    )
}
