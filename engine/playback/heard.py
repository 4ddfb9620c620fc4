"""What of a song is heard: on which tracks, which clips, and up to which frame."""

from collections.abc import Iterator

from engine.playback.gains import gain_of
from engine.project.model import MIN_GAIN_DB, Clip, Project, Track


def left_out_because(project: Project, track: Track) -> str:
    """Why `track` is in no file, to go on after its name (“, which is muted”); empty if it may be heard."""
    if track.mute:
        return ", which is muted"
    if any(each.solo for each in project.tracks) and not track.solo:
        return ", because another track is soloed"
    return "" if track.clips else ", which has no clips"


def heard_clips(project: Project) -> Iterator[tuple[Track, Clip]]:
    """Every clip that is heard, with its track, in the order of the tracks."""
    for track in project.tracks:
        if not left_out_because(project, track) and gain_of(track.gain_db) > 0.0 and quiet_from(project, track) != 0:
            yield from ((track, clip) for clip in track.clips if _sounds(clip))


def heard_end(project: Project) -> int:
    """The frame after the last in which a clip sounds; 0 where nothing is heard.

    What is muted, not soloed or turned all the way down does not count, nor what of a clip lies outside its sound.
    Silence inside a sound does: it is part of it.
    """
    if gain_of(project.master_gain_db) == 0.0:
        return 0
    end = 0
    for track, clip in heard_clips(project):
        start, quiet = project.start_of(clip), quiet_from(project, track)
        last = start + sounding_length(project, clip)
        if last > start and (quiet is None or quiet > start):
            end = max(end, last if quiet is None else min(last, quiet))
    return end


def quiet_from(project: Project, track: Track) -> int | None:
    """The frame from which on a track's automation keeps it silent to the end; None if it does not."""
    quiet = None
    for index, point in enumerate(track.automation):
        if point.gain_db > MIN_GAIN_DB:
            quiet = None
        elif quiet is None:
            quiet = project.clock.frames(point.position) if index else 0
    return quiet


def sounding_length(project: Project, clip: Clip) -> int:
    """The frames of `clip` up to the last that lies inside its sound."""
    return clip.content.sounding_length(clip.length, project.sources, project.rate)


def _sounds(clip: Clip) -> bool:
    return not clip.mute and gain_of(clip.gain_db) * gain_of(clip.chosen.gain_db) > 0.0
