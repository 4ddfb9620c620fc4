"""`continuo origin FILE`: all that an audio file says of where it comes from."""

import argparse
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from engine.cli.terminal import add_json, print_json
from engine.errors import AudioFileError, shown
from engine.plain_text import one_line
from engine.tags.reading import AudioTags, read_tags

_TEXTS = ("title", "artist", "album", "project", "date", "software", "comment", "cover")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the command's arguments."""
    parser.add_argument("file", metavar="FILE", type=Path, help="WAV, FLAC, AIFF, MP3 or Opus")
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Prints what the file says: how it was made, its clips with model, prompt and seed, its signature, its tags."""
    from engine.tags.content_credentials import available, read_credentials

    path: Path = arguments.file
    if not path.is_file():
        raise AudioFileError(f"“{shown(path)}” does not exist or is not a file: choose an audio file.")
    tags = read_tags(path)
    credentials = read_credentials(path)
    signed: dict[str, Any] | None = None
    if credentials:
        signed = {
            "state": credentials.state,
            "signer": credentials.signer,
            "program": credentials.program,
            "actions": list(credentials.actions),
            "problems": list(credentials.problems),
        }
    if arguments.json:
        print_json(_content(tags) | {"credentials": signed, "credentials_readable": available()})
        return 0
    for line in [*_lines(tags), *_credential_lines(signed, readable=available())]:
        print(one_line(line))
    return 0


def _content(tags: AudioTags) -> dict[str, Any]:
    return {
        **{name: tags.texts[name] for name in _TEXTS if tags.texts.get(name)},
        "tempo": tags.tempo,
        "key": tags.key,
        "cues": [{"frame": cue.frame, "name": cue.name} for cue in tags.cues],
        "loop": {"tempo": tags.loop.tempo, "beats": tags.loop.beats} if tags.loop else None,
        "digital_source_type": tags.source_type.uri if tags.source_type else None,
        "clips": {name: _record(text) for name, text in tags.provenance.items()},
    }


def _record(text: str) -> Mapping[str, Any]:
    """The record of a clip as it is written in a file; as text alone where it is damaged."""
    try:
        record = json.loads(text)
    except (ValueError, RecursionError):
        return {"damaged": text}
    return record if isinstance(record, dict) else {"damaged": text}


def _lines(tags: AudioTags) -> list[str]:
    from engine.playback.credits import Origin

    lines = [f"{name.capitalize()}: {tags.texts[name]}" for name in _TEXTS if tags.texts.get(name)]
    if tags.tempo:
        lines.append(f"Tempo: {tags.tempo:g} BPM")
    if tags.key:
        lines.append(f"Key: {tags.key}")
    lines += [f"Cue at frame {cue.frame:,}: {cue.name or 'without a name'}" for cue in tags.cues]
    if tags.source_type:
        lines.append(f"Generated: {tags.source_type.sentence} ({tags.source_type.value})")
    else:
        lines.append("Generated: the file does not say that any of it was.")
    for name, text in tags.provenance.items():
        record = _record(text)
        lines.append(f"{name}: {Origin(name, name, record).line() if 'damaged' not in record else 'damaged record'}")
    return lines


def _credential_lines(signed: Mapping[str, Any] | None, *, readable: bool) -> list[str]:
    if not readable:
        return ["Content credentials: not looked for, since c2pa-python is not installed (continuo-daw[credentials])."]
    if signed is None:
        return ["Content credentials: none."]
    doubts = ", ".join(signed["problems"])
    lines = [f"Content credentials: {signed['state']}, signed by {signed['signer']}{f' ({doubts})' if doubts else ''}."]
    for action in signed["actions"]:
        agent = action.get("softwareAgent")
        name = agent.get("name", "") if isinstance(agent, dict) else agent or ""
        lines.append(f"  {action.get('action', '')} {name} {action.get('digitalSourceType', '')}")
    return lines
