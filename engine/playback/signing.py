"""Signs exported files that hold generated sound, where that can be done."""

from collections.abc import Sequence
from pathlib import Path

from engine.errors import ExportError
from engine.jobs import Context
from engine.playback.credits import origins
from engine.playback.offline_render import RenderRange, RenderTarget
from engine.project.model import Project
from engine.tags.content_credentials import available, can_sign, sign
from engine.tags.xmp import source_type_of


def sign_files(
    project: Project,
    render_range: RenderRange,
    files: Sequence[tuple[RenderTarget, Path, Path]],
    context: Context,
) -> str:
    """Signs those of `files` that hold generated sound: what was rendered, the file as it lies now, its name to be.

    Returns a sentence on it; an empty one where nothing was to be signed, or content credentials are not installed.
    What cannot be signed stays as it is, and the sentence says why.

    Raises:
        Cancelled: the user cancelled.
    """
    signed, unsigned = 0, set[str]()
    for channel, part, target in files:
        source_type = source_type_of(channel.writer.source_type) if channel.writer else None
        if source_type is None:
            continue
        if not can_sign(target):
            suffix = target.suffix.lower().removeprefix(".")
            unsigned.add("Opus" if suffix == "opus" else suffix.upper())
            continue
        context.check()
        track = project.track(channel.track_id) if channel.track_id else None
        credits = origins(project, track, render_range)
        models = {each.model: str(each.record.get("weights") or "") for each in credits}
        try:
            sign(part, target, f"{project.name} - {track.name}" if track else project.name, source_type, models)
        except ExportError as error:
            return str(error)
        signed += 1
    sentences = []
    if signed:
        sentences.append(
            f"{signed} of the files say in signed content credentials (C2PA) that their sound was generated."
        )
    if unsigned and available():
        sentences.append(
            f"{' and '.join(sorted(unsigned))} files have no place for content credentials in the C2PA library: they "
            "say in their tags alone that their sound was generated. WAV, FLAC and MP3 files are signed."
        )
    return " ".join(sentences)
