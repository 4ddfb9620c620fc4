"""Words of prompts: as they are sent, and short names made of them."""

import re
from collections.abc import Iterable

from engine.music.keys import key_in
from engine.timing.stated_tempo import at_tempo, other_tempo, tempo_in, tempo_text

LONGEST = 24
"""Characters of a track's name."""
ROLES = (
    ("Drums", r"drums?|drum kit|beats?|breakbeats?|hi-?hats?|kicks?|snares?"),
    ("Percussion", r"percussions?|congas?|bongos?|shakers?|claps?|tambourines?|timpani"),
    ("Bass", r"bass|basslines?|808s?|sub"),
    ("Piano", r"pianos?|keys|rhodes|wurlitzer|keyboards?"),
    ("Organ", r"organs?|hammond"),
    ("Guitar", r"guitars?|ukuleles?|banjos?"),
    ("Strings", r"strings?|violins?|violas?|cellos?|orchestra|orchestral"),
    ("Brass", r"brass|horns?|trumpets?|trombones?|tubas?"),
    ("Winds", r"flutes?|clarinets?|oboes?|saxophones?|sax|woodwinds?"),
    ("Bells", r"bells?|vibraphone|marimba|glockenspiel|celesta|chimes?|music box"),
    ("Vocals", r"vocals?|voices?|choirs?|singing|singers?"),
    ("Pads", r"pads?|drones?|ambient|ambience|atmospheres?"),
    ("Synth", r"synths?|synthesi[sz]ers?|arps?|arpeggios?|leads?|plucks?"),
    ("Rain", r"rain|thunder|storms?"),
    ("Texture", r"textures?|noises?|wind|waves|field recordings?"),
)
"""Names of tracks, and the words of prompts that stand for them."""
_ROLES = tuple((name, re.compile(rf"\b(?:{words})\b", re.IGNORECASE)) for name, words in ROLES)
_LEADING_ON = set("a an the and or with of in on at to for from by over under into like & +".split())  # noqa: SIM905
_NUMBERS = re.compile(r"\b\d+([.,]\d+)?\s*bpm\b", re.IGNORECASE)


def sent_prompt(prompt: str, tempo: float, key: str = "") -> str:
    """`prompt` with the song's tempo, also in place of another, and its key (such as “A minor”, if known)."""
    prompt, _ = at_tempo(" ".join(prompt.split()), tempo)
    added = [] if tempo_in(prompt) else [tempo_text(tempo)]
    if key and key_in(prompt) is None:
        added.append(key)
    return ", ".join(([prompt.rstrip(" .,;")] if added and prompt else [prompt] if prompt else []) + added)


def tempo_notice(prompt: str, tempo: float) -> str:
    """A sentence on the tempo in `prompt` that gives way to the song's; empty where none does."""
    return other_tempo(at_tempo(" ".join(prompt.split()), tempo)[1], tempo)


def track_name(prompt: str, taken: Iterable[str] = ()) -> str:
    """A name for a track from what it plays: “Piano”, “Drums & Bass”; else the first words of the prompt.

    At most `LONGEST` characters, whole words only, and none of the names `taken`.
    """
    places = [(match.start(), name) for name, words in _ROLES if (match := words.search(prompt))]
    played = [name for _, name in sorted(places)]
    name = " & ".join(played) if 0 < len(played) <= 2 else short_name(_NUMBERS.sub("", prompt), LONGEST)
    if len(played) > 2 and name.casefold() == "generated":
        name = "Mix"
    return unused(name, taken)


def unused(name: str, taken: Iterable[str]) -> str:
    """`name`, or with the first number from 2 on that makes it another than those `taken`."""
    others = {each.casefold() for each in taken}
    number, free = 1, name
    while free.casefold() in others:
        number += 1
        end = f" {number}"
        free = (name if len(name) + len(end) <= LONGEST else short_name(name, LONGEST - len(end))) + end
    return free


def short_name(prompt: str, longest: int = 28) -> str:
    """The first whole words of a prompt, without words at the end that lead on; “Generated” where none fits."""
    name = ""
    for word in prompt.split():
        if len(name) + bool(name) + len(word.rstrip(",;.")) > longest:
            break
        name = f"{name} {word}".strip()
    while (words := name.split()) and words[-1].lower().strip(",;.") in _LEADING_ON:
        name = " ".join(words[:-1])
    return name.strip(" ,;.&-–:")[:longest] or "Generated"
