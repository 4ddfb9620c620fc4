"""Edits of audio that follows the tempo, and of its pitch."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from fractions import Fraction

from engine.errors import EditError
from engine.project.edits.overlaps import shared_frames, without_excess
from engine.project.edits.structure import change_clips, clip_of, fitted, in_order, tracks_of, with_clip, with_tracks
from engine.project.model import AudioContent, Clip, Content, Project, Take, WarpMarker
from engine.project.model.warp import FINE_TUNE, TRANSPOSE, beat_of_frame, marker_fault
from engine.project.recorded import was_generated
from engine.project.warping import SteadyBeats, even_markers, on_grid, sound_frame, source_frame
from engine.timing.tempo_map import TEMPO

_PARTS = 1 << 20  # of a quarter note, to which the beat of a new marker is rounded
_MOST_SPEED = 4.0
"""A sound may follow a tempo that is so many times its own, or that part of it."""


def warp_clip(
    p: Project, clip_id: str, tempo: Fraction | None = None, *, markers: Sequence[WarpMarker] = ()
) -> Project:
    """Lets a clip of audio follow the song's tempo.

    It plays what it played, from the same place on, in as many beats as that has. Its other takes are warped with it.

    Args:
        p: the song.
        clip_id: which clip.
        tempo: of its sound, in quarter notes a minute. Without it and without markers the clip takes up the markers
            that it had.
        markers: where the beats of the chosen take lie; they begin at its first frame.

    Raises:
        EditError: it holds no audio, is growing, has no tempo yet, or its tempo is too far from the song's.
    """
    _, clip = clip_of(p, clip_id)
    if clip.content.follows_tempo and not tempo and not markers:
        return p
    if fault := marker_fault(markers):
        raise EditError(f"This clip {fault}: remove those that are out of place.")

    def warped(take: Take) -> Content:
        audio = _audio(p, take.content)
        plain = _unwarped(p, clip, audio)[0] if audio.warp else audio
        own = tuple(markers) if take is clip.chosen else ()
        if not own:
            frames = p.sources[audio.source].frames_at(p.rate)
            own = even_markers(frames, p.rate, _within(tempo)) if tempo else plain.markers
        if not own:
            raise EditError("The tempo of this clip is not known: say its tempo, or let its beats be heard first.")
        return replace(plain, warp=True, markers=own, limited=was_generated(take.provenance))

    _check_speed(p, clip, warped(clip.chosen))
    return _with(p, clip, [warped(take) for take in clip.takes])


def warp_take_to_grid(p: Project, clip_id: str, first_beat: int, quarter: float, step: Fraction) -> Project:
    """Lets a clip's chosen take follow the song's tempo, with its beats on the song's.

    The clip keeps its place and length, and its other takes stay as they are. The take begins with what it began with,
    or up to ⅞ of a beat later.

    Args:
        p: the song.
        clip_id: which clip.
        first_beat: a frame of its source, at the song's rate, on which a beat lies.
        quarter: frames of its source in a quarter note.
        step: quarter notes from beat to beat.

    Raises:
        EditError: it holds no audio, is growing, or its tempo is too far from the song's.
    """
    track, clip = clip_of(p, clip_id)
    audio = _audio(p, clip.content)
    frames, begin = p.sources[audio.source].frames_at(p.rate), _unwarped(p, clip, audio)[0].first
    new = on_grid(audio, p.start_of(clip), p.clock, SteadyBeats(frames, first_beat, quarter, step), begin=begin)
    new = replace(new, limited=was_generated(clip.chosen.provenance))
    _check_speed(p, clip, new)
    contents = [new if take is clip.chosen else take.content for take in clip.takes]
    return with_clip(p, track, clip, clip.with_contents(contents))


def unwarp_clips(p: Project, ids: Iterable[str]) -> Project:
    """Lets clips play their sound at its own speed; they keep their markers for the next time."""
    for clip_id in ids:
        _, clip = clip_of(p, clip_id)
        if clip.content.derived and clip.content.follows_tempo and isinstance(clip.content, AudioContent):
            contents = [
                _unwarped(p, clip, take.content)[0] if isinstance(take.content, AudioContent) else take.content
                for take in clip.takes
            ]
            length = _unwarped(p, clip, clip.content)[1]
            p = _placed(p, clip, clip.stretched(contents, length))
    return p


def set_markers(p: Project, clip_id: str, markers: Sequence[WarpMarker]) -> Project:
    """Gives the chosen take of a warped clip other markers; the clip keeps its place and its length.

    Raises:
        EditError: the clip is not warped, or the markers are not one after another.
    """
    track, clip = clip_of(p, clip_id)
    content = clip.content
    if not isinstance(content, AudioContent) or not content.warp:
        raise EditError("This clip does not follow the tempo: warp it first.")
    if len(markers) < 2 or marker_fault(markers):
        raise EditError("Warp markers follow one another from the first frame of the sound: move this one less far.")
    new = replace(content, markers=tuple(markers))
    _check_speed(p, clip, new)
    contents = [new if take is clip.chosen else take.content for take in clip.takes]
    return p if new == content else with_clip(p, track, clip, clip.with_contents(contents))


def add_warp_marker(p: Project, clip_id: str, frame: int) -> Project:
    """Puts a marker on frame `frame` of the sound of a warped clip, where it lies already: nothing sounds other yet."""
    content = _warped_content(p, clip_id)
    if not 0 < frame < content.markers[-1].frame or any(marker.frame == frame for marker in content.markers):
        return p
    new = WarpMarker(frame, beat_of_frame(content.markers, frame).limit_denominator(_PARTS))
    return set_markers(p, clip_id, sorted((*content.markers, new), key=lambda marker: marker.frame))


def move_warp_marker(p: Project, clip_id: str, frame: int, beat: Fraction) -> Project:
    """Lets the marker on frame `frame` of the sound of a warped clip lie at another beat, between its neighbours."""
    markers = _warped_content(p, clip_id).markers
    moved = [replace(marker, beat=beat) if marker.frame == frame else marker for marker in markers]
    return set_markers(p, clip_id, moved)


def remove_warp_marker(p: Project, clip_id: str, frame: int) -> Project:
    """Takes the marker on frame `frame` of the sound of a warped clip away; the first and the last stay."""
    markers = _warped_content(p, clip_id).markers
    if frame in (markers[0].frame, markers[-1].frame):
        raise EditError("The first and the last warp marker hold the sound's ends: they stay.")
    return set_markers(p, clip_id, [marker for marker in markers if marker.frame != frame])


def _warped_content(p: Project, clip_id: str) -> AudioContent:
    content = clip_of(p, clip_id)[1].content
    if not isinstance(content, AudioContent) or not content.warp:
        raise EditError("This clip does not follow the tempo: warp it first.")
    return content


def set_pitch(
    p: Project, ids: Iterable[str], *, transpose: int | None = None, fine_tune: float | None = None
) -> Project:
    """Transposes clips of audio, in all their takes: semitones and cents; None leaves a value as it is.

    Raises:
        EditError: one holds no audio, or is still growing.
    """

    def tuned(take: Take) -> Content:
        audio = _audio(p, take.content)
        new = replace(
            audio,
            transpose=audio.transpose if transpose is None else int(TRANSPOSE.clamp(transpose)),
            fine_tune=audio.fine_tune if fine_tune is None else float(FINE_TUNE.clamp(fine_tune)),
        )
        return replace(new, limited=new.derived and was_generated(take.provenance))

    def change(clip: Clip) -> Clip:
        changed = clip.with_contents([tuned(take) for take in clip.takes])
        return clip if changed == clip else changed

    return change_clips(p, ids, change)


def _audio(p: Project, content: Content) -> AudioContent:
    """`content`, which has to be audio that is whole."""
    if not isinstance(content, AudioContent):
        raise EditError("This clip holds no audio: its notes follow the tempo, and are transposed in the note editor.")
    source = p.sources.get(content.source)
    if source is None or source.growing:
        raise EditError("The sound of this clip is not complete yet: wait until it is.")
    return content


def _within(tempo: Fraction) -> Fraction:
    if tempo not in TEMPO:
        raise EditError(f"A tempo of {float(tempo):g} BPM is not possible: give a number from 20 to 400.")
    return tempo


def _check_speed(p: Project, clip: Clip, content: Content) -> None:
    """Refuses markers between which a sound would become too fast or too slow."""
    if not isinstance(content, AudioContent):
        return
    per_beat = p.clock.frames_per_beat_at(p.start_of(clip))
    for before, after in zip(content.markers, content.markers[1:], strict=False):
        ratio = float(after.beat - before.beat) * per_beat / (after.frame - before.frame)
        if not 1 / _MOST_SPEED <= ratio <= _MOST_SPEED:
            raise EditError(
                f"The sound would be stretched to {ratio:.2g} times its length, which is too far: choose another tempo."
            )


def _with(p: Project, clip: Clip, contents: Sequence[Content]) -> Project:
    """`p` with a clip that follows the tempo: from the frames of its sources to those of the stretched sounds."""
    start, clock = p.start_of(clip), p.clock
    before = _unwarped(p, clip, clip.content)

    def moved(content: Content) -> Content:
        if not isinstance(content, AudioContent):
            return content
        part = content.flat()
        low = sound_frame(part, part.offset, start, clock)
        if not part.loop_length:
            return replace(part, offset=low)
        length = max(sound_frame(part, part.offset + part.loop_length, start, clock) - low, 1)
        phase = sound_frame(part, part.offset + part.loop_phase, start, clock) - low
        return replace(part, offset=low, loop_length=length, loop_phase=min(max(phase, 0), length - 1))

    new = contents[clip.take]
    length = before[1]
    if isinstance(new, AudioContent):
        if new.loop_length:  # as many turns of the loop
            turn = getattr(moved(new), "loop_length", new.loop_length)
            length = max(round(length * turn / new.loop_length), 1)
        else:
            first = new.first
            ends = [sound_frame(new, edge, start, clock) for edge in (first, first + length)]
            length = max(ends[1] - ends[0], 1)
    return _placed(p, clip, clip.stretched([moved(content) for content in contents], length))


def _unwarped(p: Project, clip: Clip, content: Content) -> tuple[AudioContent, int]:
    """A content at its own speed, and how long its clip is then."""
    audio = _audio(p, content)
    if not audio.warp:
        return audio, clip.length
    start, clock = p.start_of(clip), p.clock
    low = source_frame(audio, audio.first, start, clock)
    plain = replace(audio.flat(), warp=False, offset=low, limited=audio.limited and audio.semitones != 0)
    if not audio.loop_length:
        return plain, max(source_frame(audio, audio.first + clip.length, start, clock) - low, 1)
    turn = max(source_frame(audio, audio.first + audio.loop_length, start, clock) - low, 1)
    phase = min(max(source_frame(audio, audio.first + audio.loop_phase, start, clock) - low, 0), turn - 1)
    length = max(round(clip.length * turn / audio.loop_length), 1)
    return replace(plain, loop_length=turn, loop_phase=phase), length


def _placed(p: Project, old: Clip, new: Clip) -> Project:
    """`p` with a clip that got another length: it ends where the next one begins at the latest."""
    clock = p.clock
    [(track, _)] = tracks_of(p, [old.id])
    clips = [fitted(new) if clip.id == old.id else clip for clip in track.clips]
    allowed = shared_frames(clock, track.clips)
    clips = list(in_order(without_excess(clock, clips, allowed), clock))
    return with_tracks(p, [replace(track, clips=tuple(clips))])
