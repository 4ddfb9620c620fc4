"""Writes a score as a Standard MIDI File, for looking at it in any sequencer."""

import struct
from pathlib import Path

from engine.compose.score import Part, Score
from engine.music.general_midi import BEND_RANGE

TICKS = 480
"""Ticks of a quarter note."""
_DRUM_CHANNEL = 9


def midi_bytes(score: Score) -> bytes:
    """The score as a format 1 file: a track of tempo, metre, key words and chords, then one track a part."""
    tracks = [_conductor(score)]
    channel = 0
    for part in score.parts:
        if part.drums:
            tracks.append(_track(part, _DRUM_CHANNEL))
        else:
            tracks.append(_track(part, channel % 16))
            channel += 2 if channel + 1 == _DRUM_CHANNEL else 1
    header = b"MThd" + struct.pack(">IHHH", 6, 1, len(tracks), TICKS)
    return header + b"".join(b"MTrk" + struct.pack(">I", len(data)) + data for data in tracks)


def write_midi(score: Score, path: Path) -> None:
    """Writes the score to `path`."""
    path.write_bytes(midi_bytes(score))


def _number(value: int) -> bytes:
    """A variable-length quantity."""
    out = bytes([value & 0x7F])
    while value := value >> 7:
        out = bytes([0x80 | value & 0x7F]) + out
    return out


def _meta(kind: int, data: bytes) -> bytes:
    return bytes([0xFF, kind]) + _number(len(data)) + data


def _text(kind: int, text: str) -> bytes:
    return _meta(kind, text.encode("ascii", "replace"))


def _joined(events: list[tuple[int, int, bytes]]) -> bytes:
    """Events (tick, order, bytes) with the time between them, and the end of the track."""
    out, at = [], 0
    for tick, _, data in sorted(events):
        out.append(_number(tick - at) + data)
        at = tick
    return b"".join(out) + b"\x00" + _meta(0x2F, b"")


def _tick(time: float) -> int:
    return max(0, round(time * TICKS))


def _conductor(score: Score) -> bytes:
    microseconds = round(score.quarter_seconds * 1e6)
    signature = score.signature
    events = [
        (0, 0, _text(0x03, f"{score.genre}, {score.mood}, {score.key}")),
        (0, 1, _meta(0x51, microseconds.to_bytes(3, "big"))),
        (0, 2, _meta(0x58, bytes([signature.numerator, signature.denominator.bit_length() - 1, 24, 8]))),
    ]
    events += [(_tick(section.start), 3, _text(0x06, section.name)) for section in score.sections]
    events += [(_tick(chord.start), 4, _text(0x01, chord.symbol)) for chord in score.chords]
    return _joined(events)


def _track(part: Part, channel: int) -> bytes:
    events = [(0, 0, _text(0x03, f"{part.name}: {part.instrument}"))]
    if part.program is not None:
        events.append((0, 1, bytes([0xC0 | channel, part.program])))
    for note in part.notes:
        begin, end = _tick(note.onset), _tick(note.end)
        events.append((begin, 3, bytes([0x90 | channel, note.pitch, note.velocity])))
        events.append((max(end, begin + 1), 2, bytes([0x80 | channel, note.pitch, 0])))
    for time, semitones in part.bends:
        wheel = round(8192 + 8191 * min(max(semitones / BEND_RANGE, -1.0), 1.0))
        events.append((_tick(time), 1, bytes([0xE0 | channel, wheel & 0x7F, wheel >> 7])))
    for time, gain in part.expression:
        events.append((_tick(time), 1, bytes([0xB0 | channel, 11, round(127 * min(max(gain, 0.0), 1.0) ** 0.5)])))
    for down, up in part.pedal:
        events.append((_tick(down), 1, bytes([0xB0 | channel, 64, 127])))
        events.append((_tick(up), 1, bytes([0xB0 | channel, 64, 0])))
    return _joined(events)
