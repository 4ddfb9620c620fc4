"""What a track can be played on: the programs of General MIDI, drum kits, and patches of the program's own."""

from dataclasses import dataclass, replace
from functools import cache

from engine.compose import drums, synth
from engine.compose.instruments import INSTRUMENTS, KITS, PROGRAM_LEVELS_DB
from engine.compose.midi_file import FAMILY_PLAYERS
from engine.compose.mixing import IMAGES, LEVELS
from engine.music.general_midi import FAMILIES
from engine.music.notes import instrument_title
from engine.project.model import DEFAULT_INSTRUMENT, Instrument, Track

KIT_FAMILY = "Drum kits"
OWN_FAMILY = "Synthesis"
GAIN_DB = -12.0
"""The gain of an instrument on a track that had none, so that the sum of several does not clip."""
_LEVEL_DB = -4.5  # in the mix, of a track without a role


@dataclass(frozen=True, slots=True)
class Voice:
    """An instrument to choose. family: under which heading it stands; words: what else it is found by."""

    family: str
    title: str
    instrument: Instrument
    words: str = ""

    def matches(self, text: str) -> bool:
        """Whether every word of `text` occurs in its names."""
        names = f"{self.family} {self.title} {self.words}".lower()
        return all(word in names for word in text.lower().split())


@cache
def voices() -> tuple[Voice, ...]:
    """All of them, by family."""
    return (*_programs(), *_kits(), *_patches())


def playing(track: Track, voice: Voice) -> Instrument:
    """The instrument of `voice` on a track: at the place in the mix that the track's instrument had.

    A SoundFont of the user's that the track plays goes on playing.
    """
    before, chosen = track.instrument, voice.instrument
    if before is None:
        return replace(chosen, level_db=LEVELS.get(track.role, _LEVEL_DB), gain_db=GAIN_DB)
    return replace(
        before,
        name=chosen.name,
        program=chosen.program,
        patch=chosen.patch,
        drums=chosen.drums,
        trim_db=chosen.trim_db,
        image=chosen.image,
        width=chosen.width,
    )


def voice_of(instrument: Instrument | None) -> Voice | None:
    """The voice that an instrument is; None for one that is not listed."""
    target = instrument or DEFAULT_INSTRUMENT
    key = (target.program, target.drums, target.patch if target.program is None else "")
    same = [each for each in voices() if _key(each.instrument) == key]
    return next((each for each in same if each.instrument.name == target.name), same[0] if same else None)


def _key(instrument: Instrument) -> tuple[int | None, bool, str]:
    return instrument.program, instrument.drums, instrument.patch if instrument.program is None else ""


def _programs() -> list[Voice]:
    voices = []
    for number, (family, titles) in enumerate(FAMILIES):
        stand_in = INSTRUMENTS[FAMILY_PLAYERS[number]]
        for place, title in enumerate(titles):
            program = 8 * number + place
            name = next((n for n, each in INSTRUMENTS.items() if each.program == program and each.own < 1), "")
            model = INSTRUMENTS[name] if name else stand_in
            image, width = IMAGES.get(model.family, ("point", 0.0))
            voices.append(
                Voice(
                    family,
                    title,
                    Instrument(
                        name or title.lower(), program, model.patch, image=image, width=width,
                        trim_db=model.level_db if name else PROGRAM_LEVELS_DB.get(program, 0.0),
                    ),
                    ", ".join((name, *model.words)) if name else "",
                )
            )  # fmt: skip
    return voices


def _kits() -> list[Voice]:
    """A voice for each kit of the SoundFont."""
    voices: dict[int, Voice] = {}
    for name, kit in KITS.items():
        if kit.own < 1 and kit.program not in voices:
            voices[kit.program] = Voice(
                KIT_FAMILY,
                instrument_title(name),
                Instrument(name, kit.program, kit.patch, True, trim_db=kit.level_db, image="kit", width=0.8),
                ", ".join(kit.words),
            )
    return list(voices.values())


def _patches() -> list[Voice]:
    """One voice for each patch and kit of our own that some piece is played with."""
    voices: dict[str, Voice] = {}
    for name, each in sorted(INSTRUMENTS.items(), key=lambda item: -item[1].own):
        if each.own > 0 and each.patch not in voices:
            image, width = IMAGES.get(each.family, ("point", 0.0))
            own = Instrument(name, None, each.patch, trim_db=synth.LEVELS_DB[each.patch], image=image, width=width)
            voices[each.patch] = Voice(OWN_FAMILY, instrument_title(name), own, ", ".join(each.words))
    kits: dict[str, Voice] = {}
    for name, kit in sorted(KITS.items(), key=lambda item: -item[1].own):
        if kit.own > 0 and kit.patch not in kits:
            own = Instrument(name, None, kit.patch, True, trim_db=drums.LEVELS_DB[kit.patch], image="kit", width=0.8)
            kits[kit.patch] = Voice(OWN_FAMILY, instrument_title(name), own, f"drums, {', '.join(kit.words)}")
    return [*voices.values(), *kits.values()]
