"""A part's place in the mix: level, place and width between the loudspeakers, room, echo, colour."""

from dataclasses import dataclass
from random import Random

from engine.compose import drums, synth
from engine.compose.genres import Genre
from engine.compose.instruments import INSTRUMENTS, KITS, PERCUSSION
from engine.compose.score import Part

LEVELS = {
    "drums": -1.0, "percussion": -8.5, "bass": -3.5, "chords": -4.5, "pad": -7.5, "arp": -6.5, "lead": -2.5,
    "counter": -4.0,
}  # fmt: skip
"""Role: its part's level in the mix, in dB."""
_SPREAD = {"chords": 0.2, "pad": 0.1, "arp": 0.5, "lead": 0.12, "counter": 0.45, "percussion": 0.3}
_WET = {"drums": 0.6, "percussion": 0.9, "bass": 0.12, "lead": 1.2, "pad": 1.5, "counter": 1.4}
_DUCKED = {"bass": 0.8, "pad": 1.2, "chords": 0.8, "arp": 0.5}
_RECORDS_DB = -5.0
"""The tilt of every part: without it a mix is 5 to 9 dB brighter above 2 kHz than recordings are (116 pieces of game
music, log-mel bands)."""
_LOUD = ("overdriven guitar", "distorted guitar")  # whose saturation has made them quieter
IMAGES = {
    "piano": ("keys", 0.65), "mallets": ("keys", 0.7), "plucked": ("keys", 0.6), "organ": ("ensemble", 0.6),
    "strings": ("ensemble", 0.8), "choir": ("ensemble", 0.85), "brass": ("ensemble", 0.55),
    "synth pad": ("ensemble", 0.9), "synth lead": ("ensemble", 0.5), "guitar": ("double", 0.75),
}  # fmt: skip
"""How a family is spread between the loudspeakers, and how far."""
_SOLOISTS = ("violin", "cello", "trumpet", "trombone", "muted trumpet", "french horn", "oboe", "clarinet", "bassoon")


@dataclass(frozen=True, slots=True)
class Desk:
    """What all strips of a piece share. own: our own synthesis plays everything."""

    genre: Genre
    tilt: float
    wet: float
    own: bool
    mono: bool = False


def strip(rng: Random, desk: Desk, label: str, role: str, name: str) -> Part:
    """The part of a player, with its place in the mix and no notes yet."""
    genre = desk.genre
    percussive = role in ("drums", "percussion")
    kit = (KITS | PERCUSSION).get(name) if percussive else None
    instrument = None if percussive else INSTRUMENTS.get(name)
    sounding = kit or instrument
    if sounding is None:
        raise ValueError(f"{name!r} is neither an instrument nor a kit")
    synthetic = rng.random() < sounding.own or desk.own
    image, width = _image(role, name, "percussion" if instrument is None else instrument.family)
    pan = rng.choice((-1, 1)) * _SPREAD.get(role, 0.0) * rng.uniform(0.3, 1.0)
    electric = name in ("overdriven guitar", "distorted guitar", "rock organ", "acid bass", "reese bass", "dusty kit")
    drive = genre.drive * rng.uniform(0.5, 1.3) * (1.0 if electric or role in ("bass", "drums") else 0.4)
    echoes = role in ("lead", "arp", "chords") and genre.wet >= 0.1
    echoes = rng.random() < (0.5 if genre.loose < 0.004 else 0.12) and echoes
    chorused = name in ("electric piano", "clean guitar", "jazz guitar", "fretless bass", "polysynth pad", "soft lead")
    chorused = rng.random() < 0.5 and chorused
    return Part(
        name=label,
        role=role,
        instrument=name,
        family=("drums" if role == "drums" else "percussion") if instrument is None else instrument.family,
        program=None if synthetic else sounding.program,
        patch=sounding.patch,
        notes=(),
        trim_db=(drums.LEVELS_DB if percussive else synth.LEVELS_DB)[sounding.patch]
        if synthetic
        else sounding.level_db,
        level_db=round(LEVELS[role] + _adjustment(genre, role, name) + rng.gauss(0, 1.0), 2),
        pan=round(pan, 2),
        room=round(min(0.9, desk.wet * _WET.get(role, 1.0)), 3),
        echo=round(rng.uniform(0.12, 0.35), 2) if echoes else 0.0,
        chorus=round(rng.uniform(0.3, 0.9), 2) if chorused else 0.0,
        drive=round(min(drive, 0.9), 2),
        tilt_db=round(_RECORDS_DB + desk.tilt + rng.gauss(0, 1.0), 2),
        duck=round(min(0.9, genre.duck * _DUCKED.get(role, 0.0)), 2),
        image="point" if desk.mono else image,
        width=0.0 if desk.mono else round(width * rng.uniform(0.8, 1.1), 2),
    )


def _image(role: str, name: str, family: str) -> tuple[str, float]:
    if role in ("drums", "percussion"):
        return "kit", 0.8
    if role == "bass":
        return "point", 0.0
    if name in _SOLOISTS or (role == "lead" and family == "guitar"):
        return "point", 0.0
    return IMAGES.get(family, ("point", 0.0))


def _adjustment(genre: Genre, role: str, name: str) -> float:
    """What a part's level needs beside its role's, in dB."""
    if name in _LOUD:
        return 5.0
    # deep kicks and basses leave room for the rest
    return -1.5 if role in ("drums", "bass") and genre.form in ("club", "beat") else 0.0
