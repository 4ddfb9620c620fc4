"""What is drawn into a guide by hand."""

from desktop.guides import drawing
from engine.music.guide import Accent, ChordSpan, Guide, GuidePart, MelodyNote, SwellPoint, TimedPrompt

LINE = Guide(melody=(MelodyNote(0.0, 2.0, 60), MelodyNote(3.0, 1.0, 62)))


def test_a_note_takes_the_place_of_what_it_covers() -> None:
    inside = drawing.with_note(LINE, MelodyNote(1.0, 0.5, 67))
    assert inside.melody == (MelodyNote(0.0, 1.0, 60), MelodyNote(1.0, 0.5, 67), MelodyNote(3.0, 1.0, 62))
    over = drawing.with_note(LINE, MelodyNote(1.5, 3.0, 67))
    assert over.melody == (MelodyNote(0.0, 1.5, 60), MelodyNote(1.5, 3.0, 67))
    before = drawing.with_note(LINE, MelodyNote(2.5, 0.75, 67))
    assert before.melody[1:] == (MelodyNote(2.5, 0.75, 67),)  # what was struck there is not struck later


def test_chords_are_written_renamed_and_removed() -> None:
    guide = drawing.with_chord(Guide(), 0.0, 4.0, "Am")
    guide = drawing.with_chord(guide, 2.0, 4.0, " F ")
    assert guide.chords == (ChordSpan(0.0, 2.0, "Am"), ChordSpan(2.0, 4.0, "F"))
    assert drawing.with_chord(guide, 0.0, 9.0, "C").chords[0] == ChordSpan(0.0, 2.0, "C")
    assert drawing.with_chord(guide, 2.0, 4.0, "").chords == (ChordSpan(0.0, 2.0, "Am"),)


def test_accents_points_and_prompts() -> None:
    guide = drawing.with_accent(Guide(), 1.0, 0.1)
    assert guide.accents == (Accent(1.0),)
    assert not drawing.with_accent(guide, 1.05, 0.1).accents
    guide = drawing.with_point(drawing.with_point(Guide(), 2.0, -6.0), 0.0, -99.0)
    assert guide.swell == (SwellPoint(0.0, -60.0), SwellPoint(2.0, -6.0))
    assert drawing.with_point(guide, 3.0, 0.0, guide.swell[1]).swell[1] == SwellPoint(3.0, 0.0)
    words = drawing.with_words(Guide(), 1.0, " with  drums ")
    assert words.words == (TimedPrompt(1.0, "with drums"),)
    assert not drawing.with_words(words, 1.0, "").words


def test_what_lies_at_a_place_is_found_and_removed() -> None:
    note = drawing.entry_at(LINE, GuidePart.MELODY, 1.0, 0.1)
    assert note is LINE.melody[0]
    assert drawing.entry_at(LINE, GuidePart.MELODY, 2.5, 0.1) is None
    assert drawing.without_entry(LINE, GuidePart.MELODY, note).melody == LINE.melody[1:]


def test_how_much_of_a_melody_is_heard() -> None:
    heard = (MelodyNote(0.0, 1.0, 72), MelodyNote(3.0, 1.0, 63))  # half of the first note, an octave up
    assert drawing.followed_share(LINE, heard) == 25 / 75
    assert drawing.followed_share(Guide(), heard) is None
