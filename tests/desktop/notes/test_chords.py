"""The chords of a composed piece in the note editor: their tones are shaded, and notes are fitted to them."""

from dataclasses import replace
from fractions import Fraction

import pytest

from desktop.notes.layers import ground_of
from engine.inference.song_form import Form, form_record
from engine.music.chords import parse_chord
from engine.project import edits
from engine.project.model import Project
from tests.desktop.notes.conftest import BEAT, FIRST_BEAT, Player

FORM = Form((parse_chord("Am", 0.0, 2.0), parse_chord("F", 2.0, 6.0)), ())
VARIANT = {"label": "lead", "roll": 0, "variation": 0, "share": 0.0, "instrument": ""}


@pytest.fixture
def composed(player: Player) -> Player:
    """The melody as a part of a piece in A minor: A minor for two beats, then F."""
    record = {
        "kind": "composed",
        "prompt": "",
        "composition": {
            "id": "piece", "wish": {}, "variant": VARIANT, "played_by": "piano", "role": "lead", "genre": "pop",
            "key": "A minor", "gain_db": 0.0, "rolls": {}, "form": form_record(FORM),
        },
    }  # fmt: skip

    def edit(p: Project) -> Project:
        found = p.find_clip("melody")
        assert found
        return edits.replace_take(p, "melody", replace(found[1].chosen, provenance=record))

    player.document.apply("Compose", edit)
    return player


def test_the_tones_of_each_chord_are_shaded_while_it_sounds(composed: Player) -> None:
    spans = composed.editor.verbs.chord_spans()
    first = FIRST_BEAT * BEAT
    assert spans == (
        (first, first + 2 * BEAT, frozenset({9, 0, 4})),
        (first + 2 * BEAT, first + 8 * BEAT, frozenset({5, 9, 0})),
    )
    ground = ground_of(composed.session, composed.stage.viewport, spans)
    # at 80 px a beat, half a beat from the left edge
    assert [chord[:2] for chord in ground.chords] == [(40, 200), (200, 680)]


def test_notes_are_fitted_to_the_chords_under_them(composed: Player) -> None:
    assert "Fit to Chords" in [verb.text for verb in composed.editor.verbs.menu()]
    composed.session.choose(frozenset())
    composed.editor.verbs.fit_to_chords()
    # C and E over A minor stay; of F and A, as near to G, F is the lower one; C over F stays
    assert [pitch for _, _, pitch in composed.notes] == [60, 64, 65, 72]
    assert composed.steps[-1] == "Fit to chords"


def test_without_a_composed_piece_there_are_none(player: Player) -> None:
    assert player.editor.verbs.chords() == ()
    assert "Fit to Chords" not in [verb.text for verb in player.editor.verbs.menu()]


def test_the_song_s_key_is_the_scale_until_another_is_chosen(composed: Player) -> None:
    composed.session.forget_scale()
    assert composed.session.settings.scale == (9, "minor")
    composed.editor.toolbar.tonic.setCurrentIndex(composed.editor.toolbar.tonic.findData(2))
    composed.editor.toolbar.tonic.activated.emit(0)
    assert composed.session.settings.scale == (2, "minor")


def test_fractions_of_beats_hold_the_origin_of_a_moved_clip(composed: Player) -> None:
    from tests.places import length_of

    composed.document.apply("Move", lambda p: edits.move_clips(p, ["melody"], length_of(Fraction(4))))
    assert composed.session.origin == FIRST_BEAT + 4
    assert composed.editor.verbs.chords()[0].start == 0.0
