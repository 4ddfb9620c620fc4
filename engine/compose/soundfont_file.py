"""SoundFont files (.sf2, .sf3): read with care, cut down to one program, and written.

A SoundFont is a RIFF file whose lists lead from presets over zones to instruments, over zones to samples (SoundFont
Technical Specification 2.04, 2006). The compressed kind, .sf3, holds an Ogg Vorbis stream in the place of each
sample. What is read here is checked before anything uses it: every index, and every stretch of samples.
"""

import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from engine.decoding import DecodingError, decode_vorbis
from engine.errors import ModelError, shown
from engine.safe_files import is_regular, size_of

MAX_BYTES = 2 << 30
_MAX_RECORDS = 1 << 20  # of a list
_MAX_FRAMES = 1 << 26  # of a program's samples together: 25 minutes
DRUM_BANK = 128
_GUARD = 46  # frames of silence behind each sample, as the specification asks for
_PAN = 17
_INSTRUMENT, _KEYS, _SAMPLE, _MODES, _ROOT, _SCALE_TUNING, _RELEASE = 41, 43, 53, 54, 58, 56, 38
_VORBIS = 0x10  # of a sample's type

_BAG = np.dtype([("generator", "<u2"), ("modulator", "<u2")])
_MODULATOR = np.dtype([("source", "<u2"), ("target", "<u2"), ("amount", "<i2"), ("by", "<u2"), ("transform", "<u2")])
_GENERATOR = np.dtype([("kind", "<u2"), ("amount", "<u2")])
_RECORDS: Mapping[bytes, np.dtype] = {
    b"phdr": np.dtype(
        [("name", "S20"), ("program", "<u2"), ("bank", "<u2"), ("bag", "<u2"), ("library", "<u4"), ("genre", "<u4"),
         ("morphology", "<u4")]
    ),
    b"pbag": _BAG,
    b"pmod": _MODULATOR,
    b"pgen": _GENERATOR,
    b"inst": np.dtype([("name", "S20"), ("bag", "<u2")]),
    b"ibag": _BAG,
    b"imod": _MODULATOR,
    b"igen": _GENERATOR,
    b"shdr": np.dtype(
        [("name", "S20"), ("start", "<u4"), ("end", "<u4"), ("loop_start", "<u4"), ("loop_end", "<u4"),
         ("rate", "<u4"), ("pitch", "u1"), ("correction", "i1"), ("link", "<u2"), ("type", "<u2")]
    ),
}  # fmt: skip

Zone = tuple[tuple[int, int], ...]
"""Generators of a zone, in their order: (kind, amount from 0 to 65535)."""


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """A recording: int16 (frames,), its rate in Hz, the MIDI pitch it sounds at, and its loop (empty: none)."""

    samples: np.ndarray
    rate: int
    pitch: int = 60
    cents: int = 0
    loop: tuple[int, int] = (0, 0)
    kind: int = 1  # mono 1, right 2, left 4


@dataclass(frozen=True, slots=True)
class Program:
    """A preset alone: its zones with the number of an instrument each, the instruments' zones, the samples.

    The first zone of a preset or an instrument may have no number: it holds what counts for all.
    """

    name: str
    zones: tuple[tuple[Zone, int | None], ...]
    instruments: tuple[tuple[tuple[Zone, int | None], ...], ...]
    samples: tuple[Sample, ...]


@dataclass(frozen=True, slots=True)
class KeyZone:
    """A sample over the pitches `low` to `high`; it sounds at its own pitch on `root`, or on every key if `fixed`.

    pan: from −1, left, to 1, right.
    """

    sample: Sample
    low: int = 0
    high: int = 127
    root: int = 60
    fixed: bool = False
    pan: float = 0.0


class SoundFontFile:
    """The lists of a SoundFont, checked. Samples are read from the file when a program asks for them."""

    def __init__(self, path: Path) -> None:
        """Reads the lists of the file at `path`.

        Raises:
            ModelError: it is missing, damaged, or no SoundFont.
        """
        self.path = path
        if not is_regular(path.resolve()):
            raise ModelError(f"The SoundFont “{shown(path)}” is missing: put it back, or choose another one.")
        if (size_of(path.resolve()) or 0) > MAX_BYTES:
            raise ModelError(f"The SoundFont “{shown(path)}” is larger than 2 GB: choose a smaller one.")
        try:
            self._data = np.memmap(path, np.uint8, "r")
        except (OSError, ValueError) as error:
            raise self._damaged("it is empty or cannot be opened") from error
        self._lists: dict[bytes, np.ndarray] = {}
        self._samples = (0, 0)
        self._read_chunks()
        for name in _RECORDS:
            if len(self._lists.get(name, ())) < 1:
                raise self._damaged(f"its list “{name.decode()}” is missing")
        if not self._samples[1]:
            raise self._damaged("it holds no samples")
        self._check()

    def presets(self) -> list[tuple[int, int, str]]:
        """(bank, program, name) of each preset, sorted."""
        rows = self._lists[b"phdr"][:-1]
        return sorted((int(row["bank"]), int(row["program"]), _text(row["name"])) for row in rows)

    def program(self, program: int, *, drums: bool) -> Program:
        """A program alone, with its samples decoded; the nearest that there is where the font lacks it.

        program: General MIDI's from 0. drums: whether it is one of the drum bank, 128.

        Raises:
            ModelError: the samples are damaged.
        """
        row = self._find(program, drums)
        numbers: dict[int, int] = {}
        zones: list[tuple[Zone, int | None]] = []
        for generators, instrument in self._zones(b"pbag", b"pgen", self._span(b"phdr", row), _INSTRUMENT):
            zones.append((generators, None if instrument is None else numbers.setdefault(instrument, len(numbers))))
        samples: dict[int, int] = {}
        instruments = []
        for instrument in numbers:
            parts: list[tuple[Zone, int | None]] = []
            for generators, sample in self._zones(b"ibag", b"igen", self._span(b"inst", instrument), _SAMPLE):
                parts.append((generators, None if sample is None else samples.setdefault(sample, len(samples))))
            instruments.append(tuple(parts))
        name = _text(self._lists[b"phdr"][row]["name"])
        return Program(name, tuple(zones), tuple(instruments), tuple(self._decoded(samples)))

    # inside

    def _read_chunks(self) -> None:
        data = self._data
        if len(data) < 12 or bytes(data[:4]) != b"RIFF" or bytes(data[8:12]) != b"sfbk":
            raise self._damaged("it is no SoundFont")
        for name, first, last in _chunks(data, 12, len(data)):
            if name == b"LIST" and last - first >= 4:
                for inner, begin, end in _chunks(data, first + 4, last):
                    if inner == b"smpl":
                        self._samples = begin, end - begin
                    elif (record := _RECORDS.get(inner)) is not None:
                        count = (end - begin) // record.itemsize
                        if count > _MAX_RECORDS:
                            raise self._damaged(f"its list “{inner.decode()}” is too long")
                        rows = bytes(data[begin : begin + count * record.itemsize])
                        self._lists[inner] = np.frombuffer(rows, record)

    def _check(self) -> None:
        """Raises `ModelError` where an index leads nowhere: nothing that reads the lists later has to look."""
        lists = self._lists
        for owner, bag, generator in ((b"phdr", b"pbag", b"pgen"), (b"inst", b"ibag", b"igen")):
            for name, field, target in ((owner, "bag", bag), (bag, "generator", generator)):
                indices = lists[name][field].astype(np.int64)
                if (np.diff(indices) < 0).any() or indices[-1] > len(lists[target]) - (target == bag):
                    raise self._damaged(f"its list “{name.decode()}” leads out of “{target.decode()}”")
        kinds = ((b"pgen", _INSTRUMENT, len(lists[b"inst"]) - 1), (b"igen", _SAMPLE, len(lists[b"shdr"]) - 1))
        for name, kind, count in kinds:
            used = lists[name][lists[name]["kind"] == kind]["amount"]
            if len(used) and int(used.max()) >= count:
                raise self._damaged(f"its list “{name.decode()}” names what is not there")
        if len(lists[b"phdr"]) < 2:
            raise self._damaged("it has no programs")
        rows = lists[b"shdr"][:-1]
        packed = (rows["type"] & _VORBIS) != 0
        limit = np.where(packed, self._samples[1], self._samples[1] // 2)
        start, end = rows["start"].astype(np.int64), rows["end"].astype(np.int64)
        if ((end > limit) | (start > end)).any():
            raise self._damaged("a sample lies outside its sound")

    def _find(self, program: int, drums: bool) -> int:
        """The row of a preset; as TinySoundFont falls back, to the bank's first, then to the font's."""
        rows = self._lists[b"phdr"][:-1]
        bank = 128 if drums else 0
        same_bank = rows["bank"] == bank
        for fits in (same_bank & (rows["program"] == program), rows["program"] == program, same_bank):
            indices = np.flatnonzero(fits)
            if len(indices) and (not drums or same_bank[indices[0]] or not same_bank.any()):
                return int(indices[0])
        return 0

    def _span(self, name: bytes, row: int) -> tuple[int, int]:
        bags = self._lists[name]["bag"]
        return int(bags[row]), int(bags[row + 1])

    def _zones(
        self, bag: bytes, generator: bytes, span: tuple[int, int], last: int
    ) -> Iterator[tuple[Zone, int | None]]:
        """(generators, what the zone leads to) of the zones of `span`."""
        bags, generators = self._lists[bag]["generator"], self._lists[generator]
        for row in range(*span):
            part = generators[int(bags[row]) : int(bags[row + 1])]
            pairs = [(int(each["kind"]), int(each["amount"])) for each in part]
            target = next((amount for kind, amount in pairs if kind == last), None)
            yield tuple(pair for pair in pairs if pair[0] not in (_INSTRUMENT, _SAMPLE)), target

    def _decoded(self, rows: Sequence[int] | Mapping[int, int]) -> Iterator[Sample]:
        total = 0
        for row in rows:
            record = self._lists[b"shdr"][row]
            start, end = int(record["start"]), int(record["end"])
            packed = bool(record["type"] & _VORBIS)
            first = self._samples[0] + start * (1 if packed else 2)
            last = self._samples[0] + end * (1 if packed else 2)
            data = bytes(self._data[first:last])
            if packed:
                try:
                    samples = decode_vorbis(data)
                except DecodingError as error:
                    raise self._damaged(f"the sample “{_text(record['name'])}” cannot be decoded") from error
            else:
                samples = np.frombuffer(data, "<i2")
            total += len(samples)
            if total > _MAX_FRAMES:
                raise ModelError(f"A program of the SoundFont “{shown(self.path)}” is too large to be played live.")
            base = 0 if packed else start
            loop = int(record["loop_start"]) - base, int(record["loop_end"]) - base
            if not 0 <= loop[0] < loop[1] <= len(samples):
                loop = 0, 0
            rate = min(max(int(record["rate"]), 400), 192000)
            pitch = int(record["pitch"]) if record["pitch"] < 128 else 60
            yield Sample(samples, rate, pitch, int(record["correction"]), loop, int(record["type"]) & 0x0F)

    def _damaged(self, why: str) -> ModelError:
        return ModelError(f"The file “{shown(self.path)}” is no SoundFont that can be read: {why}.")


def check_soundfont(path: Path) -> None:
    """Reads the lists of a SoundFont.

    Raises:
        ModelError: it is damaged; the sentence says how.
    """
    SoundFontFile(path)


def program_of_samples(name: str, zones: Sequence[KeyZone], release_seconds: float = 0.05) -> Program:
    """A program that plays recordings on the keys that are given to each."""
    release = round(1200 * np.log2(max(release_seconds, 0.001))) & 0xFFFF
    parts: list[tuple[Zone, int | None]] = []
    for number, zone in enumerate(zones):
        generators = [(_KEYS, zone.low | zone.high << 8), (_RELEASE, release), (_ROOT, zone.root)]
        if zone.pan:
            generators.append((_PAN, round(500 * zone.pan) & 0xFFFF))
        if zone.fixed:
            generators.append((_SCALE_TUNING, 0))
        if zone.sample.loop != (0, 0):
            generators.append((_MODES, 1))
        parts.append((tuple(generators), number))
    return Program(name, (((), 0),), (tuple(parts),), tuple(zone.sample for zone in zones))


def with_pad(kit: Program, pitch: int, sides: Sequence[tuple[Sample, float]], release_seconds: float = 0.15) -> Program:
    """A drum kit that plays recordings on one key, as they were recorded; on all others it plays what it did.

    Args:
        kit: the drum kit.
        pitch: the key.
        sides: each recording with its place, from −1, left, to 1, right.
        release_seconds: in which they fade when the key is let go.
    """
    others = tuple(
        tuple(
            zone
            for generators, sample in instrument
            for zone in ([(generators, None)] if sample is None else _beside(generators, sample, pitch))
        )
        for instrument in kit.instruments
    )
    own = [KeyZone(sample, pitch, pitch, fixed=True, pan=pan) for sample, pan in sides]
    pad = program_of_samples("pad", own, release_seconds)
    (parts,) = pad.instruments
    placed = tuple((generators, number + len(kit.samples)) for generators, number in parts if number is not None)
    zones = (*kit.zones, (((_KEYS, pitch | pitch << 8),), len(kit.instruments)))
    return Program(kit.name, zones, (*others, placed), (*kit.samples, *pad.samples))


def _beside(generators: Zone, sample: int, pitch: int) -> Iterator[tuple[Zone, int | None]]:
    """A zone of an instrument below and above one key."""
    keys = next((amount for kind, amount in generators if kind == _KEYS), 127 << 8)
    rest = tuple(pair for pair in generators if pair[0] != _KEYS)
    for low, high in ((keys & 0xFF, min(keys >> 8, pitch - 1)), (max(keys & 0xFF, pitch + 1), keys >> 8)):
        if low <= high:
            yield ((_KEYS, low | high << 8), *rest), sample


def write_program(path: Path, program: Program, bank: int = 0) -> None:
    """Writes a SoundFont with one preset, program 0 of a bank, into a new file."""
    lists = _Lists()
    lists.add_zones("p", program.zones, _INSTRUMENT)
    for zones in program.instruments:
        lists.add_instrument(zones)
    sound = bytearray()
    samples = np.zeros(len(program.samples) + 1, _RECORDS[b"shdr"])
    for row, sample in zip(samples, program.samples, strict=False):
        start = len(sound) // 2
        sound += np.ascontiguousarray(sample.samples, "<i2").tobytes() + bytes(2 * _GUARD)
        end = start + len(sample.samples)
        loop = (start + sample.loop[0], start + sample.loop[1]) if sample.loop != (0, 0) else (start, end)
        row["name"], row["start"], row["end"], row["rate"] = b"sample", start, end, sample.rate
        row["loop_start"], row["loop_end"] = loop
        row["pitch"], row["correction"], row["type"] = sample.pitch, sample.cents, sample.kind
    samples[-1]["name"] = b"EOS"
    preset = np.zeros(2, _RECORDS[b"phdr"])
    preset["name"] = program.name.encode("ascii", "replace")[:19], b"EOP"
    preset[0]["bank"] = bank
    preset[1]["bag"] = len(program.zones)
    info = _chunk(b"ifil", struct.pack("<HH", 2, 1)) + _chunk(b"isng", b"EMU8000\0") + _chunk(b"INAM", b"Continuo\0")
    hydra = {b"phdr": preset, **lists.written(), b"shdr": samples}
    body = _chunk(b"LIST", b"INFO" + info) + _chunk(b"LIST", b"sdta" + _chunk(b"smpl", bytes(sound)))
    body += _chunk(b"LIST", b"pdta" + b"".join(_chunk(name, hydra[name].tobytes()) for name in _RECORDS))
    path.write_bytes(_chunk(b"RIFF", b"sfbk" + body))


class _Lists:
    """The lists of zones while a SoundFont is written."""

    def __init__(self) -> None:
        self._bags: dict[str, list[tuple[int, int]]] = {"p": [], "i": []}
        self._generators: dict[str, list[tuple[int, int]]] = {"p": [], "i": []}
        self._instruments: list[tuple[bytes, int]] = []

    def add_zones(self, level: str, zones: Sequence[tuple[Zone, int | None]], last: int) -> None:
        for generators, target in zones:
            self._bags[level].append((len(self._generators[level]), 0))
            self._generators[level] += generators
            if target is not None:
                self._generators[level].append((last, target))

    def add_instrument(self, zones: Sequence[tuple[Zone, int | None]]) -> None:
        self._instruments.append((f"instrument {len(self._instruments)}".encode(), len(self._bags["i"])))
        self.add_zones("i", zones, _SAMPLE)

    def written(self) -> dict[bytes, np.ndarray]:
        lists: dict[bytes, np.ndarray] = {}
        for level in ("p", "i"):
            generators = self._generators[level]
            bags = [*self._bags[level], (len(generators), 0)]
            lists[f"{level}bag".encode()] = np.array(bags, _BAG)
            lists[f"{level}gen".encode()] = np.array([*generators, (0, 0)], _GENERATOR)
            lists[f"{level}mod".encode()] = np.zeros(1, _MODULATOR)
        lists[b"inst"] = np.array([*self._instruments, (b"EOI", len(self._bags["i"]))], _RECORDS[b"inst"])
        return lists


def _chunks(data: np.ndarray, first: int, last: int) -> Iterator[tuple[bytes, int, int]]:
    """(name, first byte, byte after the last) of the chunks between two bytes; a size that lies is cut."""
    while first + 8 <= last:
        name, size = bytes(data[first : first + 4]), int.from_bytes(bytes(data[first + 4 : first + 8]), "little")
        yield name, first + 8, min(first + 8 + size, last)
        first += 8 + size
        if size % 2 and bytes(data[first : first + 1]) == b"\0":  # some programs leave the padding out
            first += 1


def _chunk(name: bytes, data: bytes) -> bytes:
    return name + struct.pack("<I", len(data)) + data + bytes(len(data) % 2)


def _text(name: bytes) -> str:
    return name.split(b"\0")[0].decode("latin-1").strip()
