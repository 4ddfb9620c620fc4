"""Small composed pieces for tests."""

from engine.compose.score import Part, Score, Section
from engine.music.notes import Note
from engine.timing.signature import Signature


def small_score() -> Score:
    """One bar at 120 BPM: a bass and a lead of our own synthesis."""
    bass = Part("bass", "bass", "synth bass", "bass", None, "bass", (Note(0.0, 1.0, 36, 100), Note(2.0, 1.0, 43, 90)))
    lead = Part("lead", "lead", "saw lead", "synth lead", None, "saw", (Note(1.0, 0.5, 72, 80),))
    section = Section("verse", 0.0, 4.0, 1.0)
    return Score(1, "pop", "calm", 120.0, Signature(), 0, "major", 0.0, 0.5, (), (section,), (bass, lead), 4.0)
