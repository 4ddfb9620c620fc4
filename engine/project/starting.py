"""The song that a person begins: empty, with a limiter on its master."""

from dataclasses import replace
from fractions import Fraction
from typing import Final

from engine.project.model import Device, Project, new_project
from engine.timing.signature import COMMON_TIME, Signature

CEILING_DBTP: Final = -1.0
"""The true-peak ceiling of the limiter on the master of new songs."""

LIMITER_ID: Final = "master-limiter"
"""The id of that limiter: the same in every song, so that two songs to which nothing was done are equal."""


def begin_song(
    name: str,
    *,
    rate: int = 48000,
    tempo: Fraction = Fraction(120),
    signature: Signature = COMMON_TIME,
    limiter: bool = True,
) -> Project:
    """An empty song for a person to work in: with `limiter`, a limiter at `CEILING_DBTP` is on its master.

    Below its ceiling the limiter leaves every sample as it is. Songs that come from elsewhere get none.
    """
    song = new_project(name, rate=rate, tempo=tempo, signature=signature)
    if not limiter:
        return song
    return replace(song, master_devices=(Device(LIMITER_ID, "limiter", values={"ceiling_db": CEILING_DBTP}),))
