"""Adaptive crossfades: the correlation of two clips where they overlap decides between equal gain and equal power."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from engine.playback.mixer import PIECE, Mixer
from engine.playback.plan import compile_plan
from engine.project.model import Clip, Fade, FadeShape, Project, Track

ALIKE, UNLIKE = 0.99, 0.02
"""Correlations from which on two sounds count as one, and up to which as unrelated."""
LONGEST = 20.0
"""Seconds of an overlap that are analysed, around its middle."""


def matched(project: Project, folder: Path, left_id: str, right_id: str) -> Project:
    """The song with the crossfade of two clips fitted to their sounds, so that its power neither bumps nor dips.

    `left_id` is the clip whose fade-out lies over the other's fade-in. One sound in both gets equal gains, unrelated
    sounds get equal power, and what lies between, a curve in between. Reads the sound of the overlap: a moment's work.
    """
    found_left, found_right = project.find_clip(left_id), project.find_clip(right_id)
    if found_left is None or found_right is None:
        return project
    left, right = found_left[1], found_right[1]
    likeness = correlation(project, folder, left, right)
    if likeness >= ALIKE:
        shape, likeness = FadeShape.LINEAR, 0.0
    else:
        shape, likeness = FadeShape.EQUAL_POWER, round(likeness, 3) if likeness > UNLIKE else 0.0
    new = {
        left.id: replace(left, fade_out=Fade(left.fade_out.length, shape, correlation=likeness)),
        right.id: replace(right, fade_in=Fade(right.fade_in.length, shape, correlation=likeness)),
    }
    tracks = tuple(
        replace(track, clips=tuple(new.get(clip.id, clip) for clip in track.clips))
        if any(clip.id in new for clip in track.clips)
        else track
        for track in project.tracks
    )
    return replace(project, tracks=tracks)


def correlation(project: Project, folder: Path, left: Clip, right: Clip) -> float:
    """Correlation of two clips where both sound, without fades and gains: 0 (unrelated) to 1 (identical).

    0 as well where they do not overlap, where one of them is silent, or where a sound is missing.
    """
    start = max(project.start_of(left), project.start_of(right))
    end = min(project.end_of(left), project.end_of(right))
    most = round(LONGEST * project.rate)
    if end - start > most:
        start = (start + end - most) // 2
        end = start + most
    tracks = tuple(
        replace(
            _bare_track(project, clip),
            id=name,
            clips=(replace(clip, fade_in=Fade(), fade_out=Fade(), gain_db=0.0, mute=False),),
        )
        for name, clip in (("left", left), ("right", right))
    )
    plan = compile_plan(replace(project, tracks=tracks, master_gain_db=0.0, master_devices=(), master_lanes=()), folder)
    product, powers = 0.0, [0.0, 0.0]
    with Mixer(plan) as mixer:
        for first in range(start, end, PIECE):
            frames = min(PIECE, end - first)
            a, b = (mixer.render(first, frames, tracks=(track.id,)).ravel().astype(float) for track in tracks)
            product += float(a @ b)
            powers = [powers[0] + float(a @ a), powers[1] + float(b @ b)]
    power = float(np.sqrt(powers[0] * powers[1]))
    return min(max(product / power, 0.0), 1.0) if power > 0.0 else 0.0


def _bare_track(project: Project, clip: Clip) -> Track:
    """A track that plays nothing yet, with the instrument of the one on which `clip` lies."""
    place = project.find_clip(clip.id)
    return Track("bare", "", role=place[0].role, instrument=place[0].instrument) if place else Track("bare", "")
