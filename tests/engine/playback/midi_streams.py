"""What broken cables and drivers send: the bytes of a performance, mutated, in the pieces in which they come."""

import random

_KINDS = (0x80, 0x90, 0xA0, 0xB0, 0xC0, 0xD0, 0xE0)
_WISHES = {0xFA: "start", 0xFB: "continue", 0xFC: "stop"}

LAST_NOTE = ((0x90, 61, 101), (0x80, 61, 0))
"""A sound note that ends every stream."""


def performance(chance: random.Random, count: int) -> list[list[int]]:
    """So many whole messages: notes, pressure, controllers, programs, wheels, clock, transport, system exclusive."""
    messages: list[list[int]] = []
    for _ in range(count):
        if chance.random() < 0.15:
            dump = [0xF0, *(chance.randrange(128) for _ in range(chance.randrange(20))), 0xF7]
            place = [0xF2, chance.randrange(128), chance.randrange(128)]
            plain = [chance.choice((0xF8, 0xFA, 0xFB, 0xFC, 0xFE, 0xFF))]
            messages.append(chance.choice((plain, plain, dump, place)))
            continue
        kind = chance.choice((*_KINDS, 0x90, 0x90, 0x80))
        data = [chance.randrange(128) for _ in range(data_bytes(kind))]
        messages.append([kind | chance.randrange(16), *data])
    return messages


def mutated(seed: int, count: int = 60) -> list[list[int]]:
    """A performance with bytes changed, lost, doubled and put in, then sent piece by piece; `LAST_NOTE` follows.

    Most pieces begin where a message begins, as drivers cut them; some anywhere.
    """
    chance = random.Random(seed)
    pieces = performance(chance, count)
    for _ in range(chance.randrange(1, 40)):
        piece = pieces[chance.randrange(len(pieces))]
        at = chance.randrange(len(piece))
        change = chance.randrange(6)
        if change == 0:
            piece[at] ^= 1 << chance.randrange(8)
        elif change == 1:
            piece[at] = chance.randrange(256)
        elif change == 2 and len(piece) > 1:
            del piece[at]
        elif change == 3:
            piece[at:at] = piece[at : at + chance.randrange(1, 12)]
        elif change == 4:
            piece[at:at] = [chance.randrange(256) for _ in range(chance.randrange(1, 40))]
        else:
            piece += pieces[chance.randrange(len(pieces))]
    return [piece[:64] for piece in pieces] + [list(each) for each in LAST_NOTE]


def data_bytes(status: int) -> int:
    """How many bytes follow the status byte of a channel's message (MIDI 1.0, table 2)."""
    return 1 if status & 0xF0 in (0xC0, 0xD0) else 2


def channel_messages(pieces: list[list[int]]) -> list[tuple[int, int, int]]:
    """The whole messages of a channel among the pieces; what has one data byte gets 0 as its second."""
    return [
        (piece[0], piece[1], piece[2] if len(piece) == 3 else 0)
        for piece in pieces
        if 0x80 <= piece[0] < 0xF0 and len(piece) == 1 + data_bytes(piece[0]) and max(piece[1:]) < 0x80
    ]


def transport_messages(pieces: list[list[int]]) -> list[str]:
    """The wishes for the transport among the pieces."""
    return [_WISHES[piece[0]] for piece in pieces if len(piece) == 1 and piece[0] in _WISHES]
