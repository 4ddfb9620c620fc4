"""Which takes of a song are parts of a composed piece, as their records say it. Nothing here composes or plays.

A piece is a *composition*: its parts lie on tracks of their own, and every take of a part keeps, in its record, the
wish of the piece and which variant of the part it is (`engine.compose.variants`). So a part can be made again, varied
or played by another instrument in any later session, while the others stay as they are.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.project import edits
from engine.project.model import Clip, Project, Take, Track

_LONGEST_TITLE = 40  # characters
KIND = "composed"
"""What a record of a composed take says of its kind."""
ROLE_TITLES = {
    "drums": "Drums", "percussion": "Percussion", "bass": "Bass", "chords": "Chords", "pad": "Pad", "arp": "Arp",
    "lead": "Melody", "counter": "Counter",
}  # fmt: skip
"""The roles of the composer's parts: what they are called in the window."""


@dataclass(frozen=True, slots=True)
class Composition:
    """What a take of a composed part says of itself.

    id: of the piece; all of its parts have it.
    wish: what the take's arrangement was composed from, as `Wish.to_dict` writes it.
    label: the part's name in its score.
    roll, variation, share, instrument: as `engine.compose.piece.Variant` has them.
    played_by: on what the part is played.
    gain_db: of the piece's stems.
    rolls: how often its parts had been made again.
    role, genre, key: of the part and the piece.
    prompt: as the user wrote it.
    asked: the `identity` of the commission that it was composed for; empty where it came otherwise.
    labels: of all parts that were composed with it.
    """

    id: str
    wish: Mapping[str, Any]
    label: str
    roll: int
    variation: int
    share: float
    instrument: str
    played_by: str
    role: str
    genre: str
    key: str
    gain_db: float
    rolls: Mapping[str, int] = field(default_factory=dict)
    prompt: str = ""
    asked: str = ""
    labels: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """The role, as the window calls it."""
        return ROLE_TITLES.get(self.role, self.role.capitalize())


def composition_of(take: Take) -> Composition | None:
    """What a take's record says of its composition; None for any other sound, or where the record is damaged."""
    record = take.provenance
    if not record or record.get("kind") != KIND:
        return None
    try:
        values = record["composition"]
        variant = values["variant"]
        wish = values["wish"]
        if not isinstance(wish, Mapping):
            return None
        return Composition(
            id=str(values["id"]),
            wish=wish,
            label=str(variant["label"]),
            roll=int(variant["roll"]),
            variation=int(variant["variation"]),
            share=float(variant["share"]),
            instrument=str(variant["instrument"]),
            played_by=str(values["played_by"]),
            role=str(values["role"]),
            genre=str(values["genre"]),
            key=str(values["key"]),
            gain_db=float(values["gain_db"]),
            rolls={str(name): int(count) for name, count in values["rolls"].items()},
            prompt=str(record.get("prompt", "")),
            asked=str(values.get("asked", "")),
            labels=tuple(str(label) for label in values.get("labels", ())),
        )
    except (LookupError, TypeError, ValueError, AttributeError):
        return None


def role_of(track: Track) -> str:
    """The role of a track, or of the composed part on it; empty where it has none."""
    if track.role:
        return track.role
    for clip in track.clips:
        if composition := composition_of(clip.chosen):
            return composition.role
    return ""


def clips_of(project: Project, composition_id: str) -> Iterator[tuple[Track, Clip]]:
    """The clips that play parts of a piece."""
    for track, clip in project.clips():
        composition = composition_of(clip.chosen)
        if composition is not None and composition.id == composition_id:
            yield track, clip


def rolls_of(project: Project, composition: Composition) -> dict[str, int]:
    """How often each part of a piece has been made again, as the song plays it now."""
    parts = [composition_of(clip.chosen) for _, clip in clips_of(project, composition.id)]
    return {**composition.rolls, **{each.label: each.roll for each in parts if each is not None}}


def key_of_song(project: Project) -> str:
    """The key of the first composed piece in a song; empty where there is none."""
    compositions = (composition_of(clip.chosen) for _, clip in project.clips())
    return next((each.key for each in compositions if each is not None), "")


def title_of_song(project: Project) -> str:
    """What a song may be called: the first words of the prompt of its first composed piece; empty where there is none.

    They end at the first comma, full stop or line.
    """
    compositions = (composition_of(clip.chosen) for _, clip in project.clips())
    prompt = next((each.prompt for each in compositions if each is not None and each.prompt.strip()), "")
    words = " ".join(re.split(r"[,.;:\n]", prompt.strip(), maxsplit=1)[0].split())
    if len(words) > _LONGEST_TITLE:
        words = words[:_LONGEST_TITLE].rsplit(" ", 1)[0]
    return words[:1].upper() + words[1:]


def parts_of(p: Project, composition_id: str) -> dict[str, Clip]:
    """The clips of a piece by the labels of their parts; empty where they do not lie as one piece any more.

    That is so where a part was cut or copied, or lies elsewhere or is shorter than the others.
    """
    clips = [clip for _, clip in clips_of(p, composition_id)]
    labels = [found.label for clip in clips if (found := composition_of(clip.chosen)) is not None]
    whole = len({(p.start_of(clip), clip.length) for clip in clips}) == 1 and len(set(labels)) == len(clips)
    return dict(zip(labels, clips, strict=True)) if whole else {}


def piece_asked_for(
    p: Project, asked: str, frame: int, selected: Collection[str], *, exact: bool = False
) -> Composition | None:
    """The piece that gets further takes when the same is asked for again; None where there is none.

    It was composed for the same, lies as it was made with all its parts, and is selected whole or lies at a frame.

    Args:
        p: the song.
        asked: the identity of the commission.
        frame: where new music would go.
        selected: the ids of the selected clips.
        exact: whether the piece has to begin at `frame`.
    """
    takes = [clip.chosen for _, clip in p.clips() if _asked_of(clip.chosen) == asked]
    pieces = [composition for take in takes if (composition := composition_of(take)) is not None]
    for piece in reversed({each.id: each for each in pieces}.values()):
        parts = parts_of(p, piece.id)
        clips = list(parts.values())
        if not clips or not set(piece.labels) <= parts.keys():
            continue
        start, end = p.start_of(clips[0]), p.end_of(clips[0])
        if {clip.id for clip in clips} == set(selected) or (frame == start if exact else start <= frame < end):
            return piece
    return None


def arrangements_of(p: Project, composition_id: str) -> list[int]:
    """The seeds of the arrangements of a piece that can be played whole, the oldest first.

    A part that was added or written anew belongs to the arrangement that it was made for.
    """
    clips = [clip for _, clip in clips_of(p, composition_id)]
    seeds = [list(dict.fromkeys(_seed_of(take) for take in clip.takes)) for clip in clips]
    order = dict.fromkeys(seed for each in seeds for seed in each if seed is not None)
    return [seed for seed in order if sum(seed in each for each in seeds) >= min(2, len(clips))]


def arrangement_played(p: Project, composition_id: str) -> int | None:
    """Which of `arrangements_of` all parts of a piece play, where they have it; None where they play different ones."""
    order = arrangements_of(p, composition_id)
    clips = [clip for _, clip in clips_of(p, composition_id)]
    common = [clip for clip in clips if len({_seed_of(take) for take in clip.takes}) > 1] or clips
    played = {_seed_of(clip.chosen) for clip in common}
    seed = played.pop() if len(played) == 1 else None
    return order.index(seed) if seed in order else None


def choose_arrangement(p: Project, composition_id: str, index: int) -> Project:
    """Lets every part of a piece play its first take of arrangement `index` of `arrangements_of`, where it has one."""
    order = arrangements_of(p, composition_id)
    if index >= len(order):
        return p
    for _, clip in list(clips_of(p, composition_id)):
        takes = [number for number, take in enumerate(clip.takes) if _seed_of(take) == order[index]]
        if takes:
            p = edits.choose_take(p, clip.id, takes[0])
    return p


def _asked_of(take: Take) -> object:
    """What the record of a take says, as far as it says it, that its piece was composed for."""
    values = take.provenance.get("composition") if take.provenance else None
    return values.get("asked") if isinstance(values, Mapping) else None


def _seed_of(take: Take) -> int | None:
    """The seed of the arrangement that a take was made for."""
    composition = composition_of(take)
    seed = composition.wish.get("seed") if composition else None
    return seed if isinstance(seed, int) else None
