"""A composed take is composed again from its record, and compared note for note with what lies in the song."""

from collections import Counter
from dataclasses import dataclass

from engine.compose.piece import Variant
from engine.compose.variants import variant_score
from engine.compose.wish import Wish
from engine.errors import EngineError
from engine.inference.compositions import composition_of
from engine.inference.placing import content_of_part
from engine.plain_text import counted
from engine.project.model import NoteContent, Take


@dataclass(frozen=True, slots=True)
class Recomposed:
    """A take that was composed again. missing: notes of the record that are not in the song; added: the other way."""

    missing: int
    added: int

    @property
    def identical(self) -> bool:
        """Whether every note is the same."""
        return not self.missing and not self.added

    @property
    def text(self) -> str:
        """For the user."""
        if self.identical:
            return "Recreated: identical, note for note."
        changes = [f"{counted(self.missing, 'note')} changed or taken out"] if self.missing else []
        changes += [f"{counted(self.added, 'note')} changed or added"] if self.added else []
        return f"Recreated: the take was edited since; {', '.join(changes)}."


def recompose(take: Take) -> Recomposed:
    """Composes a take again from its record, and compares the notes; any thread.

    Raises:
        EngineError: it was not composed, or its record is damaged or of another version.
    """
    composition = composition_of(take)
    content = take.content
    if composition is None or not isinstance(content, NoteContent):
        raise EngineError("This take has no record of how it was composed: it cannot be recreated.")
    variant = Variant(
        composition.label, composition.roll, composition.variation, composition.share, composition.instrument
    )
    try:
        score = variant_score(Wish.from_dict(dict(composition.wish)), variant, composition.rolls)
    except (LookupError, TypeError, ValueError) as error:
        raise EngineError("The record of how this take was composed is damaged: it cannot be recreated.") from error
    composed, present = Counter(content_of_part(score.parts[0]).notes), Counter(content.notes)
    return Recomposed((composed - present).total(), (present - composed).total())
