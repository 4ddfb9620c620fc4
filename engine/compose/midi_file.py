"""Reads Standard MIDI Files: tempo, time signature, and the notes of every track, whoever wrote them."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from engine.compose.instruments import INSTRUMENTS
from engine.compose.wish import SIGNATURES, KeptPart
from engine.errors import EngineError
from engine.music.midi_parsing import parsed_midi
from engine.music.notes import Note
from engine.timing.signature import Signature

_DRUMS = 9  # the channel of drums, counted from 0
_STRUM = 0.06  # quarter notes between two notes of a chord, which a hand does not strike at once, at most
FAMILY_PLAYERS = (
    "grand piano", "vibraphone", "drawbar organ", "nylon guitar", "finger bass", "violin", "strings", "trumpet",
    "tenor sax", "flute", "saw lead", "warm pad", "sweep pad", "sitar", "kalimba", "synth pluck",
)  # fmt: skip
"""General MIDI's sixteen families: who plays in place of a program that is not ours."""


@dataclass(frozen=True, slots=True)
class MidiTrack:
    """The notes of one channel of one track. `program` is General MIDI's, from 0."""

    name: str
    drums: bool
    program: int
    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class MidiFile:
    """What a file holds. `tempo` is the first one, in quarter notes a minute."""

    tempo: float
    signature: Signature
    tracks: tuple[MidiTrack, ...]


def read_midi(path: Path) -> MidiFile:
    """Reads a MIDI file.

    Raises:
        EngineError: it is missing or damaged, or is no MIDI file.
    """
    file = parsed_midi(path)
    tempo, signature = 120.0, Signature()
    for message in reversed([each for track in file.tracks for each in track]):  # the first one counts
        if message.type == "set_tempo" and message.tempo > 0:
            tempo = min(max(60e6 / message.tempo, 20.0), 400.0)
        elif message.type == "time_signature":
            try:
                signature = Signature(message.numerator, message.denominator)
            except EngineError:
                signature = Signature()
    tracks = [each for track in file.tracks for each in _tracks(track, file.ticks_per_beat)]
    return MidiFile(tempo, signature, tuple(tracks))


def _tracks(track: Sequence[Any], ticks: int) -> list[MidiTrack]:
    """A track, divided by channels."""
    name, at = "", 0
    sounding: dict[tuple[int, int], list[tuple[int, int]]] = {}
    notes: dict[int, list[Note]] = {}
    programs: dict[int, int] = {}

    def end(channel: int, pitch: int) -> None:
        queue = sounding.get((channel, pitch))
        if queue:
            start, velocity = queue.pop(0)
            length = max((at - start) / ticks, 1 / ticks)
            notes.setdefault(channel, []).append(Note(start / ticks, length, pitch, velocity))

    for message in track:
        at += message.time
        match message.type:
            case "track_name":
                name = message.name
            case "program_change":
                programs.setdefault(message.channel, message.program)
            case "note_on" if message.velocity > 0:
                sounding.setdefault((message.channel, message.note), []).append((at, message.velocity))
            case "note_on" | "note_off":
                end(message.channel, message.note)
    for channel, pitch in list(sounding):
        while sounding[channel, pitch]:
            end(channel, pitch)
    return [
        MidiTrack(name, channel == _DRUMS, programs.get(channel, 0), tuple(sorted(notes[channel])))
        for channel in sorted(notes)
    ]


def melody_of(tracks: Sequence[MidiTrack]) -> tuple[Note, ...]:
    """The notes of the first track that is not drums; nothing where there is none."""
    return next((track.notes for track in tracks if track.notes and not track.drums), ())


def kept_parts(file: MidiFile) -> tuple[KeptPart, ...]:
    """The tracks as parts that are given, each with a guess at its role and its instrument."""
    parts: list[KeptPart] = []
    counts: dict[str, int] = {}
    for track in file.tracks:
        role, instrument = guess(track)
        counts[role] = counts.get(role, 0) + 1
        name = role if counts[role] == 1 else f"{role} {counts[role]}"
        parts.append(KeptPart(name, role, instrument, track.notes))
    return tuple(parts)


def playable(signature: Signature) -> Signature | None:
    """The signature, if the composer writes in it."""
    return signature if (signature.numerator, signature.denominator) in SIGNATURES else None


def guess(track: MidiTrack) -> tuple[str, str]:
    """A role and an instrument for a track that has notes, by its program, channel and range."""
    if track.drums:
        return "drums", "standard kit"
    own = [name for name, each in INSTRUMENTS.items() if each.program == track.program and each.own < 1]
    instrument = own[0] if own else FAMILY_PLAYERS[track.program // 8]
    family = INSTRUMENTS[instrument].family
    pitches = sorted(note.pitch for note in track.notes)
    if family == "bass" or pitches[len(pitches) // 2] < 48:
        return "bass", instrument
    starts = sorted(note.start for note in track.notes)
    if sum(after - before > _STRUM for before, after in pairwise(starts)) + 1 < 0.7 * len(starts):
        return ("pad" if family in ("synth pad", "strings", "choir") else "chords"), instrument
    return "lead", instrument
