"""A composed piece in a song."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import soundfile

from engine.compose.performance import Performance
from engine.compose.render import Rendering
from engine.compose.score import Score
from engine.compose.wish import Wish
from engine.project import edits
from engine.project.files import create
from engine.project.model import new_project
from engine.studio.placing import place_performance
from engine.timing.position import Position
from tests.engine.studio.pieces import small_score

RATE = 48000


def _performance(score: Score) -> Performance:
    stems = {part.name: np.full((2, 480), 0.1 * number, np.float32) for number, part in enumerate(score.parts, 1)}
    return Performance(Wish(), score, {}, Rendering(RATE, 0, sum(stems.values()), stems))


def test_every_part_gets_a_track_of_its_own_and_the_song_before_stays(tmp_path: Path) -> None:
    p = edits.add_track(new_project("Song", rate=RATE), "Voice")
    create(tmp_path / "song", p)
    performance = _performance(small_score())
    placed, ids = place_performance(p, tmp_path / "song", performance, Position.at_beat(Fraction(8)))
    assert [track.name for track in placed.tracks] == ["Voice", "Bass", "Lead"]
    assert [[clip.id for clip in track.clips] for track in placed.tracks[1:]] == [[each] for each in ids]
    assert {placed.start_of(clip) for _, clip in placed.clips()} == {4 * RATE}
    for number, (_, clip) in enumerate(placed.clips(), 1):
        samples, _ = soundfile.read(tmp_path / "song" / placed.sources[clip.chosen.source].file)
        np.testing.assert_allclose(samples, np.full((480, 2), 0.1 * number), atol=1e-6)
    assert [track.name for track in p.tracks] == ["Voice"]
