"""The players: General MIDI programs and our own patches, with their families, ranges and names.

Each instrument has both a program and a patch of our own synthesis, so that any piece can also be played without a
SoundFont; `own` marks those that our synthesis plays best.
"""

from dataclasses import dataclass

FAMILIES = (
    "piano", "mallets", "organ", "guitar", "bass", "strings", "choir", "brass", "woodwind", "synth lead", "synth pad",
    "plucked", "drums", "percussion",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Instrument:
    """A pitched instrument."""

    family: str
    program: int  # General MIDI, counted from 0
    patch: str  # a key of `synth.PATCHES`
    low: int
    high: int
    words: tuple[str, ...]  # how captions call it
    own: float = 0.0  # share of pieces in which our own synthesis plays it
    level_db: float = 0.0  # makes the SoundFont's programs equally loud


@dataclass(frozen=True, slots=True)
class Kit:
    """A drum kit."""

    program: int  # of General MIDI's bank 128
    patch: str  # a key of `drums.KITS`
    words: tuple[str, ...]
    own: float = 0.0
    level_db: float = 0.0


def _table(text: str) -> dict[str, Instrument]:
    """Rows of: name; family; program; patch; low-high; own; level dB; words separated by commas."""
    table = {}
    for row in text.strip().splitlines():
        name, family, program, patch, span, own, level, words = (cell.strip() for cell in row.split(";"))
        low, high = (int(pitch) for pitch in span.split("-"))
        table[name] = Instrument(
            family, int(program), patch, low, high, tuple(word.strip() for word in words.split(",")), float(own),
            float(level),
        )  # fmt: skip
    return table


INSTRUMENTS = _table("""
grand piano; piano; 0; piano; 36-96; 0; 9.2; piano, grand piano, acoustic piano
bright piano; piano; 1; piano; 36-96; 0; 5.3; bright piano, piano
upright piano; piano; 3; piano; 36-90; 0; 11; honky-tonk piano, old upright piano
electric piano; piano; 4; epiano; 36-90; 0.2; 2.3; electric piano, warm keys, suitcase piano
fm piano; piano; 5; epiano; 36-90; 0.2; 7.9; FM electric piano, glassy keys, digital piano
harpsichord; plucked; 6; harp; 40-88; 0; 9.6; harpsichord
celesta; mallets; 8; bell; 60-100; 0; 8.6; celesta
glockenspiel; mallets; 9; bell; 67-100; 0; 4.3; glockenspiel, little bells
music box; mallets; 10; bell; 60-96; 0.2; -4.5; music box
vibraphone; mallets; 11; bell; 53-89; 0; 1.2; vibraphone, vibes
marimba; mallets; 12; mallet; 45-90; 0; 5.2; marimba
xylophone; mallets; 13; mallet; 65-100; 0; 4.4; xylophone
kalimba; mallets; 108; mallet; 55-90; 0.2; -1.1; kalimba, thumb piano
drawbar organ; organ; 16; organ; 36-90; 0.2; -2.3; organ, drawbar organ, tonewheel organ
percussive organ; organ; 17; organ; 36-90; 0.2; -5.9; percussive organ, organ
rock organ; organ; 18; organ; 36-90; 0; 0.9; rock organ, overdriven organ
church organ; organ; 19; organ; 36-90; 0; 0.3; church organ, pipe organ
accordion; organ; 21; organ; 45-88; 0; 3.7; accordion
harmonica; woodwind; 22; reed; 55-88; 0; 1.7; harmonica, blues harp
nylon guitar; guitar; 24; pluck; 40-84; 0; 6.5; nylon-string guitar, classical guitar, Spanish guitar
steel guitar; guitar; 25; pluck; 40-84; 0; 11.2; acoustic guitar, steel-string guitar
jazz guitar; guitar; 26; pluck; 40-86; 0; 0.5; jazz guitar, hollow-body guitar
clean guitar; guitar; 27; pluck; 40-86; 0; -5.9; clean electric guitar, electric guitar
muted guitar; guitar; 28; mute; 40-80; 0; -0.7; muted guitar, palm-muted guitar
overdriven guitar; guitar; 29; fuzz; 40-88; 0; 2.9; overdriven guitar, crunchy guitar, electric guitar
distorted guitar; guitar; 30; fuzz; 40-88; 0; 2.2; distorted guitar, heavy guitar, electric guitar
upright bass; bass; 32; bass; 28-55; 0; -0.8; double bass, upright bass, acoustic bass
finger bass; bass; 33; bass; 28-55; 0; -2.6; bass guitar, fingered bass, electric bass
pick bass; bass; 34; bass; 28-55; 0; -2.5; picked bass, bass guitar
fretless bass; bass; 35; bass; 28-55; 0; 4.7; fretless bass
slap bass; bass; 36; bass; 28-57; 0; 0.4; slap bass, slapped bass
synth bass; bass; 38; saw bass; 28-55; 0.6; 13; synth bass, analogue bass
square bass; bass; 39; square bass; 28-55; 0.7; -1.8; square-wave bass, synth bass
sub bass; bass; 38; sub; 26-50; 1; 13; sub bass, deep bass
808 bass; bass; 38; 808; 26-50; 1; 13; 808 bass, booming sub bass
reese bass; bass; 38; reese; 26-50; 1; 13; reese bass, growling bass
acid bass; bass; 38; acid; 30-60; 1; 12.9; acid bass, squelchy bassline
violin; strings; 40; solo strings; 55-96; 0; -1.3; violin, fiddle
cello; strings; 42; solo strings; 36-76; 0; -0.1; cello
strings; strings; 48; strings; 36-92; 0.1; -3.9; strings, string section, string ensemble
slow strings; strings; 49; strings; 36-92; 0.1; -6.7; slow strings, strings, lush strings
pizzicato; strings; 45; pizzicato; 43-88; 0; 0.7; pizzicato strings, plucked strings
tremolo strings; strings; 44; strings; 40-88; 0; -2; tremolo strings, strings
synth strings; synth pad; 50; warm pad; 36-92; 0.4; -2.9; synth strings, string machine
harp; plucked; 46; harp; 36-96; 0; 5.7; harp
choir; choir; 52; choir; 43-84; 0.2; -0.6; choir, choir voices
voices; choir; 53; choir; 48-84; 0.2; -2.3; wordless voices, vocal oohs
trumpet; brass; 56; brass; 55-84; 0; -9.7; trumpet
trombone; brass; 57; brass; 40-70; 0; -13.7; trombone
muted trumpet; brass; 59; brass; 55-84; 0; -11.3; muted trumpet
french horn; brass; 60; brass; 41-74; 0; -6.3; French horn, horns
brass section; brass; 61; brass; 45-82; 0; -9.8; brass section, horn section, brass
synth brass; synth lead; 62; saw; 45-84; 0.4; 1.7; synth brass, big analogue brass
soprano sax; woodwind; 64; reed; 56-86; 0; -6.5; soprano saxophone, saxophone
alto sax; woodwind; 65; reed; 49-80; 0; -5.1; alto saxophone, saxophone
tenor sax; woodwind; 66; reed; 44-76; 0; -5.2; tenor saxophone, saxophone, sax
oboe; woodwind; 68; reed; 58-90; 0; -4.5; oboe
clarinet; woodwind; 71; reed; 50-88; 0; 0.1; clarinet
bassoon; woodwind; 70; reed; 36-70; 0; -0.6; bassoon
flute; woodwind; 73; flute; 60-96; 0; -2; flute
pan flute; woodwind; 75; flute; 60-94; 0.1; -1.9; pan flute, pan pipes
whistle; woodwind; 78; flute; 64-96; 0.1; -14; whistling, whistle
square lead; synth lead; 80; square; 48-96; 0.6; -0.7; square lead, square-wave synth, synth lead
saw lead; synth lead; 81; saw; 48-96; 0.6; -4.5; saw lead, sawtooth synth, synth lead
soft lead; synth lead; 82; triangle; 48-96; 0.6; 3; soft synth lead, mellow synth
pulse lead; synth lead; 80; pulse; 48-100; 1; -0.7; pulse-wave lead, chip lead
triangle bass; bass; 38; triangle; 28-55; 1; 13; triangle-wave bass, chip bass
synth pluck; synth lead; 84; synth pluck; 48-96; 0.8; -14; plucky synth, synth pluck
super saw; synth pad; 90; super saw; 48-88; 1; 5.6; supersaw chords, wide synth chords
synth stab; synth lead; 90; stab; 48-86; 1; 5.7; synth stabs, chord stabs
new age pad; synth pad; 88; soft pad; 40-90; 0.4; 9.9; shimmering pad, synth pad
warm pad; synth pad; 89; warm pad; 36-88; 0.5; 8.3; warm pad, synth pad, soft pad
polysynth pad; synth pad; 90; warm pad; 40-88; 0.5; 5.5; polysynth, synth pad
glass pad; synth pad; 92; soft pad; 40-92; 0.4; 0.1; glassy pad, bowed-glass pad
sweep pad; synth pad; 95; soft pad; 36-88; 0.4; -10.8; sweeping pad, morphing pad
sitar; plucked; 104; harp; 48-80; 0; -1.1; sitar
banjo; plucked; 105; harp; 48-86; 0; -4; banjo
dulcimer; plucked; 15; harp; 48-90; 0; 13; hammered dulcimer, dulcimer
steel drum; mallets; 114; bell; 52-88; 0; -5.6; steel drum, steel pan
""")

PROGRAM_LEVELS_DB: dict[int, float] = {
    2: 6.6, 7: 3.7, 14: -2.9, 20: 6.4, 23: 7.3, 31: 1.7, 37: -5.4, 41: 1.2, 43: 4.1, 47: 2.9, 51: 1.5, 54: 3.9,
    55: 2.4, 58: -13.1, 63: -3.2, 67: -1.3, 69: 2.6, 72: 2.2, 74: -1.1, 76: -6.1, 77: -6.2, 79: -9.9, 83: -6.0,
    85: -8.7, 86: 12.0, 87: -1.5, 91: -1.3, 93: -9.8, 94: -3.5, 96: 0.7, 97: 7.1, 98: 12.0, 99: 2.7, 100: -1.1,
    101: 1.6, 102: 6.0, 103: 3.8, 106: 11.5, 107: -3.2, 109: -4.8, 110: -8.6, 111: -9.5, 112: -1.2, 113: 12.0,
    115: 12.0, 116: 3.4, 117: 6.3, 118: -5.9, 119: 3.0, 120: -5.9, 121: -6.1, 122: 3.5, 123: -11.0, 124: -10.5,
    125: 12.0, 126: -1.7, 127: -8.6,
}  # fmt: skip
"""General MIDI programs that none of `INSTRUMENTS` plays: the gain that makes the bundled SoundFont as loud as theirs.

Measured (BS.1770) on eight quarter notes at 120 BPM from middle C, basses two octaves lower; at most 12 dB.
"""

KITS: dict[str, Kit] = {
    "standard kit": Kit(0, "acoustic", ("drums", "drum kit", "acoustic drums", "live drums"), 0.0, 0.2),
    "room kit": Kit(8, "acoustic", ("drums", "roomy drums", "drum kit", "live drums"), 0.0, 0.8),
    "power kit": Kit(16, "rock", ("big drums", "powerful drums", "drums", "drum kit"), 0.0, -2.3),
    "electronic kit": Kit(24, "electro", ("electronic drums", "drum machine"), 0.4, -1.2),
    "808 kit": Kit(25, "808", ("808 drums", "drum machine", "808 beat"), 0.6, -9.5),
    "909 kit": Kit(24, "909", ("909 drums", "drum machine", "electronic drums"), 1.0, -1.2),
    "break kit": Kit(8, "break", ("breakbeat drums", "chopped drums", "drums"), 0.5, 0.8),
    "dusty kit": Kit(0, "dusty", ("dusty drums", "boom-bap drums", "sampled drums"), 0.6, 0.2),
    "gated kit": Kit(16, "gated", ("gated drums", "eighties drums", "drum machine"), 0.5, -2.3),
    "chip kit": Kit(24, "chip", ("8-bit noise drums", "chip drums"), 1.0, -1.2),
    "jazz kit": Kit(32, "acoustic", ("jazz drums", "drums", "ride cymbal and drums"), 0.0, 0.7),
    "brush kit": Kit(40, "acoustic", ("brushed drums", "brushes", "soft drums"), 0.0, 0.6),
    "orchestra kit": Kit(48, "cinema", ("orchestral percussion", "timpani and drums"), 0.2, -5.7),
    "taiko kit": Kit(48, "cinema", ("huge cinematic drums", "pounding drums", "taiko drums"), 1.0, -5.7),
}
PERCUSSION: dict[str, Kit] = {
    "hand percussion": Kit(0, "acoustic", ("percussion", "congas", "hand percussion"), 0.1, 0.2),
    "shaker": Kit(0, "acoustic", ("shaker", "shakers"), 0.3, 0.2),
    "tambourine": Kit(0, "acoustic", ("tambourine",), 0.2, 0.2),
}
