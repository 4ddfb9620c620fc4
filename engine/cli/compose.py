"""`continuo compose PROMPT`: words become parts, as notes and stems, at once."""

import argparse
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from engine.cli.sampling import NO_CREDENTIALS
from engine.cli.song import opened_for_editing
from engine.cli.terminal import add_json, between, job, print_json
from engine.errors import EngineError
from engine.music.general_midi import MIDI_SUFFIXES

if TYPE_CHECKING:
    from engine.compose.piece import Performance
    from engine.compose.wish import Wish
    from engine.jobs import Context


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the command's arguments."""
    parser.add_argument("prompt", metavar="PROMPT", nargs="?", default="", help="what to play, in words; may be empty")
    parser.add_argument("--bars", type=int, metavar="N", help="exactly so many bars (default: a whole song's form)")
    parser.add_argument("--tempo", type=partial(between, 20, 400), metavar="BPM", help="beats a minute")
    parser.add_argument("--key", metavar="K", help="such as “A minor”, “Bb” or “D dorian”")
    parser.add_argument("--time-signature", metavar="N/D", help="4/4, 3/4 or 6/8")
    parser.add_argument("--chords", metavar="C", help="repeated, one a bar, as “Am F C G”; “Am F | C G” has bar lines")
    parser.add_argument("--sections", metavar="S", help="such as “intro 4, verse 8, chorus 8”")
    parser.add_argument("--roles", metavar="R", help="drums, percussion, bass, chords, pad, arp, lead, counter")
    parser.add_argument("--theme", type=Path, metavar="FILE.mid", help="a melody that returns, answered and varied")
    parser.add_argument(
        "--keep",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help="what is composed around and kept: MIDI files, or one of audio, whose tempo and chords are heard",
    )
    parser.add_argument("--seed", type=int, default=0, metavar="S", help="same wish and seed, same piece (default: 0)")
    parser.add_argument("--again", metavar="PART", help="make this part of --of again; all others stay bit by bit")
    parser.add_argument("--of", type=Path, metavar="SCORE.json", help="the score.json of a composed piece")
    parser.add_argument("--out", type=Path, metavar="DIR", help="folder for mix.wav, stems, song.mid and score.json")
    parser.add_argument("--into", type=Path, metavar="SONG", help="also put the parts onto tracks of this song")
    parser.add_argument("--at", default="bar:1", metavar="POS", help="where in the song (default: bar:1)")
    parser.add_argument("--no-credentials", action="store_true", help=NO_CREDENTIALS)
    add_json(parser)
    parser.set_defaults(usage=parser.error)


def run(arguments: argparse.Namespace) -> int:
    """Composes, plays and writes a piece, or makes a part of one again."""
    if arguments.out is None and arguments.into is None:
        arguments.usage("give --out DIR, --into SONG, or both")
    if (arguments.again is None) != (arguments.of is None):
        arguments.usage("--again and --of belong together")
    from engine.compose.files import read_given, read_score
    from engine.compose.performance import performed, performed_again

    notices: list[str] = []
    with job() as context:
        if arguments.again is not None:
            wish, score, rolls = read_score(arguments.of)
            sounds = read_given(arguments.of)
            performance = performed_again(wish, score, arguments.again, rolls, given=sounds, check=context.check)
        else:
            sound = _kept_sound(arguments)
            wish, notices = _wish(arguments)
            if sound is not None:
                from engine.audio import read_finite
                from engine.generate.composer.accompaniment import USUAL_ROLES, along_sound

                wish = wish if wish.roles or wish.instruments else replace(wish, roles=USUAL_ROLES)
                performance, more = along_sound(wish, read_finite(sound), arguments.bars, context.check)
                notices += more
            else:
                performance = performed(wish, check=context.check)
        if arguments.out is not None:
            from engine.compose.files import write_performance

            notices += write_performance(
                arguments.out, performance, context.check, credentials=not arguments.no_credentials
            )
        if arguments.into is not None:
            _put_into(arguments, performance, context)
    print_piece(arguments, performance, notices)
    return 0


def _wish(arguments: argparse.Namespace) -> tuple["Wish", list[str]]:
    """What the arguments and the prompt wish for; the arguments win."""
    from engine.compose.theme import normalised
    from engine.compose.understanding import understood
    from engine.compose.wish import parse_roles
    from engine.inference.wishing import with_fields
    from engine.music.glossary import bundled
    from engine.timing.signature import parse_signature

    wish, notices = understood(arguments.prompt, bundled, arguments.seed)
    if arguments.bars is not None:
        wish = replace(wish, bars=arguments.bars, sections=())
    if arguments.tempo is not None:
        wish = replace(wish, tempo=arguments.tempo)
    if arguments.time_signature is not None:
        wish = replace(wish, signature=parse_signature(arguments.time_signature))
    roles = () if arguments.roles is None else parse_roles(arguments.roles)
    wish = with_fields(wish, key=arguments.key or "", sections=arguments.sections or "", roles=roles)
    if arguments.bars is not None:
        wish = replace(wish, bars=arguments.bars)
    wish, more = _with_given(arguments, wish)
    wish = with_fields(wish, chords=arguments.chords or "")
    if arguments.theme is not None:
        from engine.compose.midi_file import melody_of, playable, read_midi

        file = read_midi(arguments.theme)
        signature = wish.signature or playable(file.signature) or parse_signature("4/4")
        theme = normalised(melody_of(file.tracks), float(signature.bar))
        wish = with_fields(replace(wish, signature=signature), theme=theme)
    if arguments.into is not None and wish.tempo is None:
        wish = _at_songs_tempo(arguments.into, wish)
    return wish, [*notices, *more]


def _with_given(arguments: argparse.Namespace, wish: "Wish") -> tuple["Wish", list[str]]:
    """The wish with the parts of the files that are to be kept."""
    from engine.compose.midi_file import kept_parts, playable, read_midi
    from engine.timing.signature import Signature

    notices: list[str] = []
    for path in arguments.keep:
        if path.suffix.lower() not in MIDI_SUFFIXES:
            continue
        file = read_midi(path)
        parts = kept_parts(file)
        if not parts:
            raise EngineError(f"“{path}” has no notes: there is nothing in it to keep.")
        names = {part.name for part in wish.keep}
        renamed = []
        for part in parts:
            number, name = 2, part.name
            while name in names:
                name, number = f"{part.role} {number}", number + 1
            names.add(name)
            renamed.append(replace(part, name=name))
        signature = wish.signature or playable(file.signature)
        if signature is None:
            notices.append(f"“{path}” is in {file.signature}, which the composer does not write in: it takes 4/4.")
            signature = Signature()
        beat = 1.5 if signature.denominator == 8 else 1.0
        tempo = wish.tempo or round(file.tempo / beat, 3)
        wish = replace(wish, keep=(*wish.keep, *renamed), signature=signature, tempo=tempo)
    return wish, notices


def _kept_sound(arguments: argparse.Namespace) -> Path | None:
    """The file of audio that is to be kept; None where there is none.

    Raises:
        EngineError: there are several, or what else is asked for does not go with it.
    """
    sounds = [path for path in arguments.keep if path.suffix.lower() not in MIDI_SUFFIXES]
    if not sounds:
        return None
    if len(sounds) > 1:
        raise EngineError("Only one audio file can be kept (--keep): mix them into one first.")
    for option in ("chords", "sections", "theme"):
        if getattr(arguments, option) is not None:
            raise EngineError(f"--{option} does not go with an audio file that is kept: its chords and bars are heard.")
    if arguments.into is not None:
        raise EngineError("What is composed around an audio file cannot be put into a song yet: leave --into out.")
    return sounds[0]


def _at_songs_tempo(song: Path, wish: "Wish") -> "Wish":
    """The wish at the song's tempo and, where the composer writes in it, its time signature."""
    from engine.compose.midi_file import playable
    from engine.project.files import ProjectFolder

    with ProjectFolder.open(song) as folder:
        project = folder.project
    signature = wish.signature or playable(project.signature)
    beat = 1.5 if signature and signature.denominator == 8 else 1.0
    return replace(wish, tempo=float(project.tempo) / beat, signature=signature)


def _put_into(arguments: argparse.Namespace, performance: "Performance", context: "Context") -> None:
    """Adds a track for every part to the song, each with one clip, in one edit."""
    from engine.inference.arranging import place_piece

    with opened_for_editing(arguments.into) as folder:
        position = folder.project.clock.parse(arguments.at)
        prompt = " ".join(arguments.prompt.split())
        project, _ = place_piece(folder.project, folder.folder, performance, position, prompt, check=context.check)
        folder.save(project)


def print_piece(arguments: argparse.Namespace, performance: "Performance", notices: list[str]) -> None:
    """Prints what was composed, as text or as JSON, and what has to be said of it."""
    score = performance.score
    from engine.music.keys import Key

    key = Key(score.tonic, score.mode)
    bars = round(score.length / score.bar)
    symbols = [chord.symbol_in(key) for chord in score.chords]
    if arguments.json:
        print_json(
            {
                "out": str(arguments.out) if arguments.out else None,
                "genre": score.genre, "mood": score.mood, "tempo": score.tempo, "key": score.key,
                "time_signature": str(score.signature), "bars": bars, "chords": symbols,
                "sections": [{"name": s.name, "bars": round(s.length / score.bar)} for s in score.sections],
                "parts": [
                    {"name": p.name, "role": p.role, "instrument": p.instrument, "notes": len(p.notes)}
                    for p in score.parts
                ],
                "notices": notices,
            }
        )  # fmt: skip
        return
    print(f"{score.genre}, {score.mood}: {score.tempo:g} BPM, {score.key}, {score.signature}, {bars} bars")
    print("sections: " + ", ".join(f"{s.name} {round(s.length / score.bar)}" for s in score.sections))
    for section in score.sections:
        inside = [c.symbol_in(key) for c in score.chords if section.start - 1e-6 <= c.start < section.end - 1e-6]
        print(f"chords of the {section.name}: {' '.join(inside)}")
    print("parts: " + ", ".join(f"{part.name} ({part.instrument})" for part in score.parts))
    if arguments.out:
        print(arguments.out)
    for notice in notices:
        print(notice)
