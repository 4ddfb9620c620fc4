"""Drum grooves with fills and ghost notes, swing, and the way people play around the beat.

A groove has one line a drum, one character a step: `X` accent, `x` normal, `o` soft, `g` ghost (not played every time),
`.` rest. A line's steps divide the bar evenly, whatever their number; `|` separates bars of longer grooves.
"""

from random import Random

from engine.music.notes import Note

DRUMS = {
    "K": 36, "S": 38, "R": 37, "C": 39, "H": 42, "P": 44, "O": 46, "D": 51, "B": 53, "Y": 49, "T": 54, "W": 56,
    "F": 41, "M": 45, "U": 47, "G": 50, "A": 70, "c": 63, "l": 64, "m": 62, "b": 60, "d": 61, "V": 75, "w": 40,
}  # fmt: skip
"""Kick, Snare, Rim, Clap, Hat, Pedal hat, Open hat, riDe, Bell, crYsh, Tambourine, coWbell, toms F < M < U < G,
maracas (A), open (c), low (l) and mute (m) congas, bongos b and d, claVes, electric snare w."""

VELOCITY = {"X": 116, "x": 96, "o": 70, "g": 42}
EARLIEST = 0.125
"""Quarter notes that a note may be played before its place on the grid, at most."""
_BRIGHT = frozenset("HPODTAY")  # cymbals and shakers, which mixes keep low


def _grooves(text: str) -> dict[str, tuple[tuple[str, ...], ...]]:
    """Lines of `name: K x...x... S ....x...`; a name given twice has two variants."""
    table: dict[str, list[tuple[str, ...]]] = {}
    for line in text.strip().splitlines():
        name, _, body = line.partition(":")
        table.setdefault(name.strip(), []).append(tuple(body.split()))
    return {name: tuple(variants) for name, variants in table.items()}


GROOVES = _grooves("""
house: K X...x...X...x... C ....x.......x... O ..x...x...x...x. H xoooxoooxoooxooo
house: K X...x...X...x... C ....x.......x... O ..x...x...x...x. H x.ox.ooox.ox.ooo
house: K X...x...X...x..x|X...x...X...x... C ....x.......x...|....x.......x.g. O ..x...x...x...x. A oxoxoxoxoxoxoxox
techno: K X...X...X...X... H ..x...x...x...x. O ..o...o...o...o. R ...g..x....g..x.
techno: K X...X...X...X... H xoxoxoxoxoxoxoxo C ....x.......x... W ...o......o.....
techno: K X...X...X...X... O ..x...x...x...x. D o.o.o.o.o.o.o.o. R ......x..x....g.
trance: K X...X...X...X... O ..X...X...X...X. H o.ooo.ooo.ooo.oo C ....x.......x...
dnb: K X.........x..... S ....X.......X... H x.xgx.x.x.xgx.x.
dnb: K X.........x..... S ....X..g.g..X..g H x.x.x.x.x.x.x.x. D o...o...o...o...
dnb: K X.........x.....|X..x......x..... S ....X..g....X...|....X.......X.gg H xoxoxoxoxoxoxoxo O ..............x.
breaks: K X.x.......xx.... S ....X..g.g..X..g D x.x.x.x.x.x.x.x.
breaks: K X.x.......x.....|X.x...x...x..... S ....X..g.g..X...|....X..g.g....X. H x.x.x.x.x.x.x.x.
boombap: K X......x..x..... S ....X.......X... H x.x.x.x.x.x.x.x.
boombap: K X..x......x..x..|X......x..x..... S ....X..g....X..g H x.xgx.x.x.x.x.xg
boombap: K X.....x.x.x..... S ....X.......X..g H xoxoxoxoxoxoxoxo
trap: K X......x..x..... w ........X....... H x.x.x.xxx.x.xxxx O ..............x.
trap: K X.....x...x...x. C ........X....... H x.x.x.x.x.xxx.x.|xxxxx.x.x.x.xxxx
trap: K X..x......x.....|X.....x...xx.... w ........X....... R ......g......g.. H xoxoxoxoxoxoxoxo
pop: K X.......X.x..... S ....X.......X... H x.o.x.o.x.o.x.o.
pop: K X.....x.X....... S ....X.......X... H x.o.x.o.x.o.x.o. T ..o...o...o...o.
pop: K X..x..x.X....... S ....X.......X... C ....o.......o... H xoxoxoxoxoxoxoxo
rock: K X.......X.x..... S ....X.......X... H X.x.X.x.X.x.X.x.
rock: K X.....x.X.x..... S ....X..g....X... H X.x.X.x.X.x.X.x.
rock: K X.x.....X.x...x. S ....X.......X... D X.x.X.x.X.x.X.x.
rockhalf: K X......xx....... S ........X....... D X...x...X...x...
metal: K XxXxXxXxXxXxXxXx S ....X.......X... D X...X...X...X...
metal: K Xx.xx.x.Xx.xx.x. S ....X.......X... O X...X...X...X...
metal: K x.xxx.xxx.xxx.xx S ....X.......X... Y X...x...x...x...
metal: K x.x.x.x.x.x.x.x. S ..X...X...X...X. D X.x.X.x.X.x.X.x.
funk: K X.x....x..x..... S ....X..g.g..X..g H x.xxx.xxx.xxx.xx
funk: K X..x..x...x..x.. S ....X.gg.g..X.g. H xxxxxxxxxxxxxx.x O ..............x.
funk: K X.x...x...x..x.. S ....X..g.g.gX... H x.x.x.x.x.x.x.x. O ......x.......x.
disco: K X...x...X...x... S ....X.......X... H x.o.x.o.x.o.x.o. O ..x...x...x...x.
disco: K X...x...X...x... S ....X.......X..g O ..x...x...x...x. T o.ooo.ooo.ooo.oo
soul: K X.....x...x..... S ....X..g....X... H x.o.x.o.x.o.x.o. T ....o.......o...
soul: K X..x....X..x.... R ....X.......X... H x.ogx.o.x.ogx.o.
soul: K X......x..x....x S ....X.......X.g. H xgxoxgxoxgxoxgxo
swing: D x.xox.xo P ..x...x. K o.o.o.o. R .......g
swing: D x.xox.xo P ..x...x. K ...g..o. S .g...g..
swing: D X.xoX.xo P ..x...x. K o...o..g S ...g..g.
brush: S x.oox.oo P ..x...x. K o...o...
bossa: K x..xx..xx..xx..x R x..x..x...x..x.. H oooooooooooooooo
bossa: K x..xx..xx..xx..x R x..x...x..x.x... A xoxoxoxoxoxoxoxo
reggae: K ........X....... R ........X....... H x.ogx.o.x.ogx.o.
reggae: K ........X....... S ........X....... H ..x...x...x...x. O ......o.........
reggae: K X...X...X...X... R ........X......g H x.ogx.o.x.ogx.o.
folk: K X.......x....... T ....x.......x... A o.xoo.xoo.xoo.xo
folk: K X.......X.o..... S ....o.......o... H o.o.o.o.o.o.o.o.
country: K X.......X....... S ....X..g....X..g H x.o.x.o.x.o.x.o.
country: K X.......X....... S ..xg.gxg..xg.gxg
shuffle: K X.....x..... S ...X.....X.. H x.xx.xx.xx.x
shuffle: K X..x..X..x.. S ...X.....X.g D x.xx.xx.xx.x
synthwave: K X.......X....... S ....X.......X... H xoxoxoxoxoxoxoxo
synthwave: K X...X...X...X... S ....X.......X... H ..x...x...x...x.
synthwave: K X.....x.X.x..... S ....X.......X... H x.x.x.x.x.x.x.x. O ..............x.
chip: K X...x...X...x... S ....X.......X... H x.x.x.x.x.x.x.x.
chip: K X..x..x.X..x.... S ....X.......X..x H x.xxx.xxx.xxx.xx
slow: K X............... R ........x....... H o...o...o...o...
slow: K X.........o..... S ........o....... A o.o.o.o.o.o.o.o.
cinema: F X.....x.X..x.... U ....x.......x.xx
cinema: F X..x..x.X..x..x. K X.......X.......
cinema: K X.......x.x..... F ...xx......xx.xx
marchlike: S X.gox.gox.goxxox K X...x...X...x...
cumbia: K X...x...X...x... A xooxxooxxooxxoox c ..x...xx..x...xx
waltz: K X..... S ..o.o. H ..x.x.
waltz: K X........... R ....o...o... H x.o.x.o.x.o.
jazzwaltz: D x.xox. P ..x... K o.....
sixeight: K X..... S ...X.. H xooxoo
sixeight: K X....x...... S ......X..... H x.o.o.x.o.o.
sixeight: K X....xX..... S ......X....g D X.o.o.X.o.o.
percussion: c ...x..xx...x..xx m x.o...o.x.o...o. l ......o.......o.
percussion: A xoxoxoxoxoxoxoxo
percussion: T ..x...x...x...x.
percussion: c ..x....x..x..xx. b x.x...x.x.x...x. A o.o.o.o.o.o.o.o.
percussion3: A xoxoxo
percussion3: T ..x.x.
""")
"""Sixteen steps a bar unless the pattern's feel is in threes or its bar shorter."""

FILLS = (
    "S ........xoxoXxXx", "S ............xxXX K X...X...",
    "S ........X.x. U ..........xx M ............xx F ..............XX",
    "G ........xx...... U ..........xx.... M ............xx.. F ..............XX", "S ....X...x.xoxxxX",
    "S ........x..x..x. K X.......X..X..X.", "C ........x...x.xx", "S ..............xx",
    "O ............X... S ........o.ox..xx",
)  # fmt: skip
FILLS_THREE = ("S ......xoxxXX", "S ........X.XX", "G ......xx.... U ........xx.. F ..........XX")


def bar_notes(lines: tuple[str, ...], index: int, start: float, bar: float, rng: Random, ghosts: float) -> list[Note]:
    """One bar of a groove that starts at `start`; `index` counts bars since the groove began."""
    notes: list[Note] = []
    for name, pattern in zip(lines[::2], lines[1::2], strict=True):
        bars = pattern.split("|")
        steps = bars[index % len(bars)]
        width = bar / len(steps)
        pitch = DRUMS[name]
        force = 0.82 if name in _BRIGHT else 1.0
        for step, mark in enumerate(steps):
            if mark == "." or (mark == "g" and rng.random() > ghosts):
                continue
            notes.append(Note(start + step * width, 0.2, pitch, int(force * VELOCITY[mark])))
    return notes


def drum_section(
    rng: Random,
    groove: tuple[str, ...],
    start: float,
    bars: int,
    bar: float,
    *,
    density: float,
    ghosts: float,
    fills: float,
    crash: bool,
    build: bool = False,
) -> list[Note]:
    """Drums for a section: the groove, a fill at the end (and a smaller one half-way), a crash on the first beat.

    Below a density of 0.5 only the quieter drums play. A `build` ends in a snare roll that doubles its speed.
    """
    notes: list[Note] = []
    thin = tuple(
        cell
        for name, pattern in zip(groove[::2], groove[1::2], strict=True)
        if name not in ("SKCw" if density < 0.25 else "SCw")
        for cell in (name, pattern)
    )
    lines = thin if density < 0.42 and thin else groove
    for index in range(bars):
        played = bar_notes(lines, index, start + index * bar, bar, rng, ghosts)
        ending = index == bars - 1 or (index % 4 == 3 and rng.random() < 0.4)
        if ending and not build and rng.random() < fills and density > 0.42:
            full = fill_bar(rng, bar, start + index * bar)
            first = min(note.start for note in full if note.pitch != 36)
            played = [note for note in played if note.start < first - 1e-6] + full
        notes += played
    if crash and bars:
        notes.append(Note(start, 1.0, DRUMS["Y"], 108))
    if build:
        notes += _roll(start, bars * bar)
    return notes


def fill_bar(rng: Random, bar: float, start: float = 0.0) -> list[Note]:
    """A fill of the drums in the bar at `start`, `bar` quarter notes long: all of its strokes."""
    fill = rng.choice(FILLS if bar == 4 else FILLS_THREE).split()
    return bar_notes(tuple(fill), 0, start, bar, rng, 1)


def _roll(start: float, length: float) -> list[Note]:
    """A snare roll over `length` quarter notes: quarters, eighths, then sixteenths, ever louder."""
    notes, time = [], 0.0
    while time < length - 1e-6:
        share = time / length
        notes.append(Note(start + time, 0.1, 38, int(52 + 62 * share)))
        time += 1.0 if share < 0.5 else 0.5 if share < 0.75 else 0.25
    return notes


def swung(time: float, amount: float, unit: float) -> float:
    """Moves the second of each pair of `unit`s later: 0 straight, 1 triplets."""
    if amount == 0:
        return time
    pair, inside = divmod(time, 2 * unit)
    middle = unit * (1 + amount / 3)
    moved = inside / unit * middle if inside < unit else middle + (inside - unit) / unit * (2 * unit - middle)
    return pair * 2 * unit + moved


def humanised(
    rng: Random, notes: list[Note], *, late: float, spread: float, dynamics: float, swing: float, unit: float
) -> tuple[Note, ...]:
    """Swings and loosens a part: every note is `late` quarter notes behind on average, give or take `spread`."""
    gauss = rng.gauss
    result = []
    for start, length, pitch, velocity, offset in notes:
        time = swung(start, swing, unit)
        end = swung(start + length, swing, unit) if length > unit else time + length
        shift = late + gauss(0, spread) if spread else late
        loud = int(velocity + (gauss(0, dynamics) if dynamics else 0))
        played = max(time + offset + shift, 0.0, start - EARLIEST)
        result.append(Note(start, max(end - time, 0.05), pitch, min(max(loud, 12), 127), played - start))
    result.sort(key=lambda note: (note.onset, note.pitch))
    return tuple(result)
