"""Parts of composed pieces made differently: again, varied, on another instrument, in other words, or one more."""

from dataclasses import replace
from pathlib import Path

from engine.compose.arrange import composed
from engine.compose.instruments import INSTRUMENTS, KITS, PERCUSSION
from engine.compose.piece import Variant
from engine.compose.score import Score
from engine.compose.understanding import understood
from engine.compose.variants import instruments_for, next_roll
from engine.compose.wish import SectionWish, Wish, family_of, felt_tempo
from engine.errors import EngineError
from engine.inference.arranging import Arrangement, arranged, line_of, new_take
from engine.inference.commission import Change
from engine.inference.composer import ComposerProcess
from engine.inference.compositions import Composition, clips_of, composition_of, rolls_of
from engine.jobs import Context
from engine.music.glossary import bundled
from engine.music.keys import parse_key
from engine.project.model import Clip, Project, Take

_FULL = 0.8  # density of the one section that a reworded part plays in


def reworked(
    composer: ComposerProcess, project: Project, folder: Path, clip: Clip, change: Change, context: Context
) -> tuple[Take, Project]:
    """A further take of a composed clip, and a project that holds its sounds (see `arranging.with_take`); a job's.

    Raises:
        EngineError: the clip is no composed part, or the part cannot be changed so.
        Cancelled: the user cancelled.
    """
    composition = _composition(clip)
    wish, rolls = Wish.from_dict(dict(composition.wish)), rolls_of(project, composition)
    variant = Variant(
        composition.label, composition.roll, composition.variation, composition.share, composition.instrument
    )
    if change.prompt is not None:
        wish, instrument = _reworded(wish, composed(wish, rolls=rolls), composition.role, change.prompt)
        composition = replace(composition, prompt=change.prompt)
        variant, rolls = Variant(composition.role, instrument=instrument), {}
    elif change.instrument:
        variant = replace(variant, instrument=change.instrument)
    elif change.share is not None:
        variant = replace(variant, variation=_latest(clip, composition) + 1, share=change.share)
    else:
        variant = replace(variant, roll=max(variant.roll, _latest_roll(clip, composition)), variation=0)
        variant = replace(variant, roll=next_roll(wish, variant, rolls))
    performance = composer.play_part(wish, variant, rolls, composition.gain_db, context)
    return new_take(project, folder, performance, variant, clip, composition, check=context.check)


def further_takes(
    composer: ComposerProcess, project: Project, folder: Path, piece: Composition, takes: int, seed: int,
    context: Context,
) -> tuple[Arrangement, str]:  # fmt: skip
    """Other arrangements of a piece, in its style, key and form (see `arranging.with_further_takes`); a job's.

    They are in the song's tempo. Also a line on what they are.

    Args:
        composer: composes and plays.
        project: the song as it is now.
        folder: its folder.
        piece: which; its parts lie in the song.
        takes: how many.
        seed: of the first, or one soon before it.
        context: of the job.

    Raises:
        EngineError: nothing else with the parts of the piece was found.
        Cancelled: the user cancelled.
    """
    clip = next(clip for _, clip in clips_of(project, piece.id))
    wish = Wish.from_dict(dict(piece.wish))
    tempo = felt_tempo(float(project.clock.tempo_at(clip.position)), wish.signature)
    performances = composer.compose(replace(wish, tempo=tempo), takes, context, seed=seed)
    score = performances[0].score
    arrangement = arranged(
        project, folder, performances, clip.position, prompt=piece.prompt, bars=round(score.length / score.bar),
        follow=False, composition_id=piece.id, asked=piece.asked, check=context.check,
    )  # fmt: skip
    return arrangement, line_of(score)


def with_part(
    composer: ComposerProcess, project: Project, folder: Path, clip: Clip, role: str, context: Context
) -> Arrangement:
    """One more part for the piece of a composed clip, ready to be put into the song; a job's.

    Raises:
        EngineError: the clip is no composed part, or the piece has the role already.
        Cancelled: the user cancelled.
    """
    composition = _composition(clip)
    wish = Wish.from_dict(dict(composition.wish))
    performance = composer.add_part(wish, role, rolls_of(project, composition), composition.gain_db, context)
    score = performance.score
    return arranged(
        project, folder, [performance], clip.position, prompt=composition.prompt,
        bars=round(score.length / score.bar), follow=False, composition_id=composition.id,
        asked=composition.asked, check=context.check,
    )  # fmt: skip


def instruments_of(clip: Clip) -> tuple[str, ...]:
    """What can play the part of a composed clip, the likeliest first; nothing for any other clip."""
    composition = composition_of(clip.chosen)
    if composition is None:
        return ()
    try:
        names = instruments_for(composition.genre, composition.role)
    except EngineError:  # of a newer version
        return ()
    return tuple(name for name in names if name != composition.played_by)


def _composition(clip: Clip) -> Composition:
    composition = composition_of(clip.chosen)
    if composition is None:
        raise EngineError("This clip was not composed: select a part that the composer wrote.")
    return composition


def _of_clip(clip: Clip, composition: Composition) -> list[Composition]:
    """The variants of a part that lie under a clip."""
    compositions = [composition_of(take) for take in clip.takes]
    return [each for each in compositions if each is not None and each.wish == composition.wish]


def _latest_roll(clip: Clip, composition: Composition) -> int:
    return max((each.roll for each in _of_clip(clip, composition)), default=0)


def _latest(clip: Clip, composition: Composition) -> int:
    return max((each.variation for each in _of_clip(clip, composition)), default=0)


def _reworded(wish: Wish, score: Score, role: str, prompt: str) -> tuple[Wish, str]:
    """A wish for one part from other words, to the chords, in the key and at the tempo of a piece.

    Also on which of the instruments that the words name it is played; empty for what the style has.
    """
    words, _ = understood(prompt, bundled, wish.seed)
    bars = round(score.length / score.bar)
    named = [term for group in words.instruments for term in group]
    playable = instruments_for(words.genre or score.genre, role)
    instruments = KITS if role == "drums" else PERCUSSION if role == "percussion" else INSTRUMENTS
    families = (name for term in named for name in playable if family_of(name) == term)
    instrument = next((name for name in named if name in instruments), next(families, ""))
    reworded = replace(
        words,
        genre=words.genre or score.genre,
        mood=words.mood or score.mood,
        tempo=score.tempo,
        key=parse_key(score.key),
        signature=score.signature,
        bars=None,
        sections=(SectionWish("verse", bars, _FULL),),
        chords=score.chords,
        roles=(role,),
        instruments=(),
        without=(),
    )
    return reworded, instrument
