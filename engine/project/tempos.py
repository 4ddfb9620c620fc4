"""The song's tempo in words, and which clips' sound belongs to another tempo, as sound keeps its speed."""

from collections.abc import Callable, Mapping
from fractions import Fraction

from engine.project.model import Clip, Project, Take
from engine.timing.position import Position
from engine.timing.stated_tempo import tempo_in

_NEAR = 0.05  # BPM


def change_lines(project: Project, most: int | None = None) -> list[str]:
    """A line on the changes of tempo and one on those of the time signature, where there are any; `most` of each."""
    tempos = [
        f"{'to ' * point.ramp}{float(point.bpm):g} BPM at {project.clock.text(Position.at_beat(point.beat))}"
        for point in project.tempo_changes
    ]
    signatures = [f"{each.signature} from bar:{each.bar}" for each in project.signature_changes]
    lines = []
    for title, changes in (("Tempo changes", tempos), ("Time signatures", signatures)):
        more = [f"and {len(changes) - most} more"] if most is not None and len(changes) > most else []
        if changes:
            lines.append(f"{title}: {', '.join([*changes[:most], *more])}")
    return lines


def tempo_of(take: Take) -> float | None:
    """The tempo that a take was made or stretched to, as its record says; None where it does not."""
    record = take.provenance or {}
    fit = record.get("fit")
    stretched = fit.get("stretched") if isinstance(fit, Mapping) else None
    tempo = stretched.get("tempo") if isinstance(stretched, Mapping) else None
    if isinstance(tempo, int | float) and not isinstance(tempo, bool):
        return float(tempo)
    prompt = record.get("prompt")
    return tempo_in(prompt) if isinstance(prompt, str) else None


def clips_off_tempo(p: Project, came_at: Callable[[Clip], Fraction]) -> list[Clip]:
    """The clips of `p` whose sound belongs to another tempo.

    `came_at` says the song's tempo when a clip's sound came into it, for takes whose record says nothing.
    """
    clips = []
    clock = p.clock
    for _, clip in p.clips():
        if clip.content.follows_tempo:
            continue
        tempo = tempo_of(clip.chosen)
        here = float(clock.tempo_at(clip.position))
        if abs((float(came_at(clip)) if tempo is None else tempo) - here) > _NEAR:
            clips.append(clip)
    return clips


def tempo_sentence(p: Project, off: int, tempo: Fraction | None = None, *, in_time: bool = False, cut: int = 0) -> str:
    """What has become of the clips after the tempo changed, to `tempo` (the song's); empty where none is off it."""
    if not off:
        return ""
    clips, each = (
        ("1 clip keeps the tempo it was", "It") if off == 1 else (f"{off} clips keep the tempo they were", "Each")
    )
    now = f"The tempo is {float(p.tempo if tempo is None else tempo):g} BPM now."
    sentence = f"{now} {clips} made at, as sound is not stretched."
    if in_time:
        return f"{sentence} Nothing has moved in time, so bars and beats lie elsewhere."
    trimmed = ("1 clip ends" if cut == 1 else f"{cut} clips end") + " where the next begins." if cut else ""
    return f"{sentence} {each} begins at its bar and beat as before. {trimmed}".strip()
