"""`continuo show SONG`: what is in a song."""

import argparse
from collections.abc import Sequence
from typing import Any

from engine.cli.contents import clip_fields, clip_words, take_fields
from engine.cli.song import add_song
from engine.cli.terminal import add_json, print_json
from engine.devices.registry import find_device
from engine.plain_text import duration, plain_lines
from engine.project.files import load
from engine.project.model import ChannelKind, Clip, Device, Lane, Project, Send, Track
from engine.project.routing import unknown_sentence
from engine.project.sources import find_missing
from engine.project.tempos import change_lines
from engine.timing.position import Position


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the command's arguments."""
    add_song(parser)
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Prints the song as it was last saved."""
    project = load(arguments.song)
    missing = [source.id for source in find_missing(arguments.song, project)]
    if arguments.json:
        print_json(described(project, missing))
    else:
        print("\n".join(plain_lines(line).replace("\n", " ") for line in _lines(project, missing)))
    return 0


def described(project: Project, missing: list[str]) -> dict[str, Any]:
    """The song as plain JSON values. Frames are at the project's rate; positions as the commands read them."""
    return {
        "id": project.id,
        "name": project.name,
        "rate": project.rate,
        "tempo": float(project.tempo),
        "time_signature": str(project.signature),
        **_changes(project),
        "length": project.length,
        "seconds": project.length / project.rate,
        "master_gain_db": project.master_gain_db,
        **({"master": master} if (master := _channel(project, project.master_devices, project.master_lanes)) else {}),
        "loop": {
            "on": project.loop.on,
            "start": project.clock.frames(project.loop.start),
            "end": project.clock.frames(project.loop.end),
        },
        "tracks": [_track(project, track) for track in project.tracks],
        "markers": [
            {"id": marker.id, "name": marker.name, **_position(project, marker.position)} for marker in project.markers
        ],
        "sources": [
            {
                "id": source.id,
                "name": source.name,
                "file": source.file,
                "rate": source.rate,
                "channels": source.channels,
                "frames": source.frames,
                "growing": source.growing,
                "missing": source.id in missing,
            }
            for source in project.sources.values()
        ],
    }


def _changes(project: Project) -> dict[str, Any]:
    """The tempo map, for a song in which tempo or time signature change."""
    tempos, clock = project.tempo_map, project.clock
    if tempos.is_steady:
        return {}
    return {
        "tempo_map": {
            "tempos": [
                {**_position(project, Position.at_beat(point.beat)), "tempo": float(point.bpm), "ramp": point.ramp}
                for point in tempos.tempos
            ],
            "time_signatures": [
                {
                    "bar": each.bar,
                    "start": clock.frames(clock.bar_start(each.bar)),
                    "time_signature": str(each.signature),
                }
                for each in tempos.signatures
            ],
        }
    }


def _track(project: Project, track: Track) -> dict[str, Any]:
    return {
        "id": track.id,
        "name": track.name,
        "gain_db": track.gain_db,
        "pan": track.pan,
        "mute": track.mute,
        "solo": track.solo,
        "colour": track.colour,
        **({"role": track.role} if track.role else {}),
        **({"instrument": track.instrument.name} if track.instrument else {}),
        "automation": [{**_position(project, point.position), "gain_db": point.gain_db} for point in track.automation],
        "clips": [_clip(project, clip) for clip in track.clips],
        **({"kind": track.kind.value} if track.kind is not ChannelKind.AUDIO else {}),
        **({"group": track.group} if track.group else {}),
        **({"sends": [_send(send) for send in track.sends]} if track.sends else {}),
        **_channel(project, track.devices, track.lanes),
    }


def _send(send: Send) -> dict[str, Any]:
    return {"to": send.to, "gain_db": send.gain_db, "pre_fader": send.pre_fader}


def _channel(project: Project, devices: Sequence[Device], lanes: Sequence[Lane]) -> dict[str, Any]:
    """The devices and the automation of a channel; nothing where it has none."""
    content: dict[str, Any] = {}
    if devices:
        content["devices"] = [
            {
                "id": device.id,
                "kind": device.kind,
                "enabled": device.enabled,
                "known": find_device(device.kind) is not None,
                "sidechain": device.sidechain,
                "values": dict(device.values),
            }
            for device in devices
        ]
    if lanes:
        content["lanes"] = [
            {
                "parameter": lane.target.parameter,
                "device": lane.target.device,
                "send": lane.target.send,
                "points": [
                    {**_position(project, point.position), "value": point.value, "shape": point.shape.value}
                    for point in lane.curve.points
                ],
            }
            for lane in lanes
        ]
    return content


def _channel_words(project: Project, track: Track) -> str:
    """What the line of a track says of its channel."""
    names = {each.id: each.name for each in project.tracks}
    words = [track.kind.value] * (track.kind is not ChannelKind.AUDIO)
    words += [f"in “{names[track.group]}”"] if track.group else []
    words += [device.kind + " (off)" * (not device.enabled) for device in track.devices]
    words += [f"sends {send.gain_db:+.1f} dB to “{names[send.to]}”" for send in track.sends]
    words += [f"{_count(len(track.lanes), 'lane')} of automation"] * bool(track.lanes)
    return "".join(f", {word}" for word in words)


def _clip(project: Project, clip: Clip) -> dict[str, Any]:
    return {
        "id": clip.id,
        "name": clip.name,
        **_position(project, clip.position),
        "length": clip.length,
        "gain_db": clip.gain_db,
        "fade_in": {"length": clip.fade_in.length, "shape": clip.fade_in.shape.value},
        "fade_out": {"length": clip.fade_out.length, "shape": clip.fade_out.shape.value},
        "mute": clip.mute,
        "take": clip.take,
        "takes": [{"id": take.id, "name": take.name, **take_fields(take.content)} for take in clip.takes],
        **clip_fields(clip),
        **_parts(clip),
    }


def _parts(clip: Clip) -> dict[str, Any]:
    """The comp and the gain envelope of a clip that has them."""
    content: dict[str, Any] = {}
    if clip.comp:
        content["comp"] = [{"first": part.first, "last": part.last, "take": part.take} for part in clip.take_parts]
    if clip.envelope:
        content["envelope"] = [{"frame": point.frame, "gain_db": point.gain_db} for point in clip.envelope]
    return content


def _position(project: Project, position: Position) -> dict[str, Any]:
    return {"position": project.clock.text(position), "start": project.clock.frames(position)}


def _lines(project: Project, missing: list[str]) -> list[str]:
    lines = [
        f"{project.name}: {float(project.tempo):g} BPM, {project.signature}, {project.rate:,} Hz, "
        f"{duration(project.length / project.rate)}, {_count(len(project.tracks), 'track')}"
    ]
    for number, track in enumerate(project.tracks, 1):
        state = ", muted" * track.mute + ", solo" * track.solo
        state += f", {track.instrument.name}" if track.instrument else ""
        state += _channel_words(project, track)
        lines.append(f"{number:3}  {track.name}  {track.gain_db:+.1f} dB, {_pan(track.pan)}{state}")
        for clip in track.clips:
            kinds = [f"{len(clip.takes)} takes"] * (len(clip.takes) > 1) + ["muted"] * clip.mute
            kinds += clip_words(clip, missing)
            lines.append(
                f"       {clip.id}  {project.clock.text(clip.position):<12} {duration(clip.length / project.rate):>8}  "
                f"{clip.name}{'  (' + ', '.join(kinds) + ')' if kinds else ''}"
            )
    if project.master_devices or project.master_lanes:
        kinds = [device.kind + " (off)" * (not device.enabled) for device in project.master_devices]
        kinds += [f"{_count(len(project.master_lanes), 'lane')} of automation"] * bool(project.master_lanes)
        lines.append(f"Master: {', '.join(kinds)}")
    lines += [sentence] if (sentence := unknown_sentence(project)) else []
    lines += change_lines(project)
    if project.markers:
        marks = ", ".join(f"{marker.name} {project.clock.text(marker.position)}" for marker in project.markers)
        lines.append(f"Markers: {marks}")
    if missing:
        lines.append(f"Missing: {_count(len(missing), 'audio file')}; locate them in the window.")
    return lines


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'s' * (number != 1)}"


def _pan(pan: float) -> str:
    return "centre" if pan == 0 else f"{abs(pan):.0%} {'left' if pan < 0 else 'right'}"
