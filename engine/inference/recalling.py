"""The form of pieces whose records do not say it, worked out from what they were composed from."""

from engine.compose.arrange import planned
from engine.compose.wish import Wish
from engine.errors import EngineError
from engine.inference.arranging import sections_of_piece
from engine.inference.compositions import composition_of
from engine.inference.song_form import Form, form_of, remember
from engine.project.model import Project


def recall_forms(p: Project) -> bool:
    """Lets `song_form.form_of` know the chords and sections of all composed takes of a song; says whether any was new.

    Songs of versions that kept no form in their records need it. Takes milliseconds a piece; a job's.
    """
    new = False
    forms: dict[str, Form] = {}
    for _, clip in p.clips():
        for take in clip.takes:
            composition = composition_of(take)
            if composition is None or form_of(take) is not None:
                continue
            wish = repr(composition.wish)
            if wish not in forms:
                try:
                    plan = planned(Wish.from_dict(dict(composition.wish)))
                except (EngineError, LookupError, TypeError, ValueError):  # a damaged record, or of a newer version
                    continue
                chords = tuple(chord for section in plan.harmony for chord in section)
                forms[wish] = Form(chords, sections_of_piece(plan.sections))
            remember(take, forms[wish])
            new = True
    return new
