"""The chords and sections that composed clips say of a song."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from engine.inference.recalling import recall_forms
from engine.inference.song_form import Form, chords_between, form_of, form_record, section_starts, song_form
from engine.music.chords import parse_chord
from engine.project import edits
from engine.project.model import Clip, NoteContent, NoteEvent, Project, Take, new_project
from engine.timing.position import Position

BAR = 96000
FORM = Form(
    tuple(parse_chord(*each) for each in (("Am", 0, 4), ("F", 4, 4), ("C/E", 8, 2), ("C/E", 10, 6))),
    ((Fraction(0), Fraction(8), "verse"), (Fraction(8), Fraction(8), "chorus")),
)  # fmt: skip


def record(
    form: Form | None = FORM, *, piece: str = "piece", role: str = "bass", key: str = "A minor"
) -> dict[str, Any]:
    composition = {
        "id": piece, "wish": {}, "variant": {"label": role, "roll": 0, "variation": 0, "share": 0.5, "instrument": ""},
        "played_by": "finger bass", "role": role, "genre": "pop", "key": key, "gain_db": 0.0, "rolls": {},
    }  # fmt: skip
    if form is not None:
        composition["form"] = form_record(form)
    return {"kind": "composed", "prompt": "", "composition": composition}


def song_of(*clips: Clip) -> Project:
    project = new_project("Song")
    for clip in clips:
        project = edits.add_track(project)
        project = edits.add_clip(project, project.tracks[-1].id, clip)
    return project


def clip_of(values: dict[str, Any], bar: int = 1, bars: int = 4, clip_id: str = "clip") -> Clip:
    content = NoteContent((NoteEvent(Fraction(0), Fraction(1), 60),))
    take = Take(f"{clip_id}_take", content, provenance=values)
    return Clip(clip_id, Position.at_beat(Fraction(4 * (bar - 1))), bars * BAR, (take,))


def chords(project: Project) -> list[tuple[float, float, str]]:
    return [(float(each.start), float(each.end), each.symbol) for each in song_form(project).chords]


def test_a_record_holds_the_form_of_its_piece() -> None:
    form = form_of(clip_of(record()).chosen)
    assert form == FORM
    assert form_of(clip_of(record(None)).chosen) is None
    damaged = record()
    damaged["composition"]["form"]["chords"][0][2] = "H7"
    assert form_of(clip_of(damaged).chosen) is None


def test_the_chords_lie_where_the_clip_lies_and_neighbours_are_one() -> None:
    project = song_of(clip_of(record(), bar=3))
    assert chords(project) == [(8, 12, "Am"), (12, 16, "F"), (16, 24, "C/E")]
    sections = [(float(each.start), float(each.end), each.name) for each in song_form(project).sections]
    assert sections == [(8, 16, "verse"), (16, 24, "chorus")]


def test_chords_are_spelt_in_the_key_of_their_piece() -> None:
    form = Form((parse_chord("E/Ab", 0.0, 4.0),), ())
    assert chords(song_of(clip_of(record(form, key="A major"), bars=1))) == [(0, 4, "E/G#")]
    assert chords(song_of(clip_of(record(form, key="nothing"), bars=1))) == [(0, 4, "E/Ab")]


def test_a_cut_clip_and_a_looped_one_say_what_they_play() -> None:
    project = song_of(clip_of(record()))
    cut = edits.split(project, ["clip"], Position.at_beat(Fraction(6)))
    left = [clip.id for _, clip in cut.clips() if cut.start_of(clip) == 0]
    assert chords(edits.remove_clips(cut, left)) == [(6, 8, "F"), (8, 16, "C/E")]
    looped = edits.set_loop(song_of(clip_of(record(), bars=4)), "clip", 2 * BAR)
    assert chords(looped) == [(0, 4, "Am"), (4, 8, "F"), (8, 12, "Am"), (12, 16, "F")]


def test_two_parts_of_a_piece_say_the_same_once_and_the_first_piece_wins() -> None:
    other = Form((parse_chord("G", 0.0, 32.0),), ((Fraction(0), Fraction(32), "bridge"),))
    project = song_of(
        clip_of(record(role="drums"), clip_id="drums"),
        clip_of(record(), clip_id="bass"),
        clip_of(record(other, piece="other", role="lead"), bar=3, bars=4, clip_id="other"),
    )
    assert chords(project) == [(0, 4, "Am"), (4, 8, "F"), (8, 16, "C/E"), (16, 24, "G")]
    assert [each.name for each in song_form(project).sections] == ["verse", "chorus", "bridge"]


def test_muted_clips_say_nothing() -> None:
    assert chords(song_of(replace(clip_of(record()), mute=True))) == []


def test_chords_between_two_beats_count_from_the_first() -> None:
    project = song_of(clip_of(record(), bar=2))
    found = chords_between(project, Fraction(6), Fraction(14))
    assert [(each.start, each.length, each.symbol) for each in found] == [(0, 2, "Am"), (2, 4, "F"), (6, 2, "C/E")]


def test_records_of_earlier_versions_are_worked_out_again() -> None:
    from engine.compose.arrange import composed
    from engine.compose.wish import Wish

    wish = Wish(genre="pop", bars=4, tempo=120.0, seed=3, roles=("bass",))
    values = record(None)
    values["composition"]["wish"] = wish.to_dict()
    project = song_of(clip_of(values))
    assert chords(project) == []
    assert recall_forms(project)
    score = composed(wish)
    assert song_form(project).chords[0].chord == score.chords[0]
    assert form_of(next(project.clips())[1].chosen) == Form(
        score.chords, tuple((Fraction(s.start), Fraction(s.length), s.name) for s in score.sections)
    )
    assert not recall_forms(project), "known by now"
    values["composition"]["wish"] = {"genre": "nothing"}
    damaged = song_of(clip_of(dict(values)))
    assert not recall_forms(damaged)


def test_what_is_written_by_hand_goes_before_what_clips_say() -> None:
    project = edits.write_span(song_of(clip_of(record())), "chords", Fraction(2), Fraction(6), "Dm7")
    assert chords(project) == [(0, 2, "Am"), (2, 6, "Dm7"), (6, 8, "F"), (8, 16, "C/E")]
    project = edits.write_span(project, "chords", Fraction(8), Fraction(16), "")
    assert chords(project) == [(0, 2, "Am"), (2, 6, "Dm7"), (6, 8, "F")]
    project = edits.write_span(project, "sections", Fraction(8), Fraction(16), "Bridge")
    sections = [(each.name, each.by_hand) for each in song_form(project).sections]
    assert sections == [("verse", False), ("Bridge", True)]
    assert [each.symbol for each in chords_between(project, Fraction(0), Fraction(4))] == ["Am", "Dm7"]


def test_sections_leave_as_markers_of_a_midi_file(tmp_path: Path) -> None:
    import mido

    from engine.midi.writing import write_midi

    project = edits.add_marker(song_of(clip_of(record())), Position.at_beat(Fraction(2)), "Here")
    write_midi(project, tmp_path / "song.mid", sections=section_starts(project))
    file, at = mido.MidiFile(tmp_path / "song.mid"), 0
    markers = []
    for message in file.tracks[0]:
        at += message.time
        if message.type == "marker":
            markers.append((at / file.ticks_per_beat, message.text))
    assert markers == [(0, "Verse"), (2, "Here"), (8, "Chorus")]
