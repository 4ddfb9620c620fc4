"""Rendering a song to disk: the mix and its stems, in one pass, on all cores.

All files begin at the same frame and have the same length. What is muted, or not soloed while another track is, is in
none of them. The gain that reaches a loudness target or keeps a true-peak ceiling is one for all files, so that the
stems still add up to the mix; nothing is limited. Files appear whole and together, or not at all.
"""

import math
import os
import unicodedata
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter

from engine.devices.registry import find_device
from engine.disk import is_full, shortage
from engine.encoding import FileType, encode, file_type
from engine.errors import ExportError
from engine.jobs import Context, Part
from engine.loudness import decibels
from engine.plain_text import counted, one_line
from engine.playback.atomic_output import Delivery
from engine.playback.clipping import STEM_PEAK, ClippedFile, WouldClipError, clips
from engine.playback.contents import prepare_clip
from engine.playback.credits import licence_lines, origins
from engine.playback.file_tags import NO_FACTS, SongFacts, cover_of, loudness_tags, song_tags
from engine.playback.filenames import check_pattern, safe_name, stem_names
from engine.playback.gains import gain_of
from engine.playback.graph import tails_of
from engine.playback.heard import heard_end, left_out_because
from engine.playback.offline_render import RenderRange, RenderTarget, stream
from engine.playback.plan import Plan, compile_plan
from engine.playback.report import BounceReport, FileReport, Levels, levels_of
from engine.playback.signing import sign_files
from engine.playback.wait_for_growing import clips_in, when_grown
from engine.playback.wavfile import SampleFormat, WavWriter
from engine.project.checking import damage_sentence, find_damaged
from engine.project.layout import AUDIO, BACKUPS, CACHE, GROWING
from engine.project.model import MAX_PROJECT_RATE, MIN_PROJECT_RATE, Clip, Project, Source, Track
from engine.project.routing import unknown_sentence
from engine.project.tempos import change_lines
from engine.tags.facts import Cover
from engine.timing.position import Position

DEFAULT_PATTERN = "{index:02} {track}"
RENDERED = 0.98  # of the progress, when all is rendered
RENDERED_TO_ENCODE = 0.8  # the same where files are to be encoded then
MEASURE_SHARE = 0.4  # of the progress, when the mix is measured first
MOST_CHANGES = 24
"""Changes of the tempo, and as many of the time signature, that a report names."""
MISSED = 0.1  # LU below its target from which a mix has missed it
_NOTHING_HEARD = "No track can be heard: unmute or turn up a track that has clips, then export again."


@dataclass(frozen=True, slots=True)
class _Goal:
    """What measuring the mix led to: the gain of all files, a sentence on what was asked for, whether it is reached."""

    gain_db: float = 0.0
    sentence: str = ""
    reached: bool = True
    share: float = 0.0  # of the progress that measuring took


@dataclass(frozen=True, slots=True)
class BounceRequest:
    """What to render. Positions are the project's; gains and levels are decibels."""

    mix: Path | None = None  # the mix's file
    stems: Path | None = None  # the folder of the stems
    tracks: tuple[str, ...] | None = None  # ids of the tracks to write as stems; None: all. The mix has every track
    pattern: str = DEFAULT_PATTERN  # names of the stems, see `filenames.FIELDS`
    format: SampleFormat = SampleFormat.PCM_24  # of files that are not lossy
    stem_type: FileType = FileType.WAV  # what the stems are; the mix is what the ending of its name says
    rate: int | None = None  # Hz; None: the project's, or the nearest below it that all of the files can have
    start: Position | None = None  # None: the song's start
    end: Position | None = None  # None: where the last that is heard ends
    lufs: float | None = None  # integrated loudness that the mix shall have
    true_peak: float | None = None  # dBTP that the mix shall not exceed; comes before `lufs`, and keeps stems unclipped
    clip: bool = False  # whether samples beyond full scale may be clipped, in place of refusing
    refuse_early: bool = False  # whether to refuse as soon as one would be clipped, in place of counting all of them
    dither: bool = True  # triangular, for 16 and 24 bits, where samples have to be rounded
    overwrite: bool = False  # whether files that exist may be replaced
    report: bool = False  # whether to write the report as text beside the files
    facts: SongFacts = NO_FACTS  # what the files say of the song beside what the project knows
    credentials: bool = True  # whether files with generated sound are signed, where that can be done
    wait: bool = False  # for what is still being made in that part of the song, in place of refusing


def bounce(project: Project, folder: Path, request: BounceRequest, context: Context | None = None) -> BounceReport:
    """Renders `project`, whose folder is `folder`, as `request` says. Any thread; uses all cores.

    Raises:
        WouldClipError: samples would be clipped, which was not allowed; no file was written or changed.
        ExportError: it cannot be made as asked, files exist that may not be overwritten, or the disk is full.
        AudioFileError: a file of the song is missing or damaged.
        Cancelled: the user cancelled. Then, as after an error, no file is left behind and none was changed.
    """
    began = perf_counter()
    context = context or Context()
    stems, left_out = _stems(project, request)
    targets = _targets(project, folder, request, stems)
    rate = _rate(project, request, targets.values())
    render_range = _render_range(project, request, rate)
    if request.wait:
        project = when_grown(project, folder, render_range, context)
        render_range = _render_range(project, request, rate)
    cover = cover_of(request.facts, folder)
    sizes = [(path, _room(path, request, render_range)) for path in targets.values()]
    try:
        report_file = report_file_of(project, request, targets) if request.report else None
        paths = [*targets.values(), *([report_file] if report_file else [])]
        with Delivery(paths, overwrite=request.overwrite) as delivery:
            delivery.check_room(sizes)
            plan = _plan(project, folder, request, render_range, context)
            damaged = _damaged(project, folder, render_range, context)
            goal = _goal(plan, render_range, request, targets, context)
            channels = _channels(project, request, render_range, targets, delivery, goal.gain_db, cover)
            levels, goal = _render(plan, render_range, channels, request, targets, goal, context)
            _encode(channels, targets, delivery, Part(context, RENDERED_TO_ENCODE, 0.99))
            written = [(each, delivery.part(targets[each.track_id]), targets[each.track_id]) for each in channels
                       if each.writer]  # fmt: skip
            signed = sign_files(project, render_range, written, context) if request.credentials else ""
            report = BounceReport(
                song=project.name,
                files=tuple(_file_report(project, channel, targets) for channel in channels if channel.writer),
                mix=levels,
                rate=rate,
                format=request.format.value,
                frames=render_range.out_frames,
                start=render_range.out_start,
                gain_db=goal.gain_db,
                target=goal.sentence,
                target_reached=goal.reached,
                left_out=tuple(left_out),
                notes=(
                    *_song_notes(project, request, rate, targets),
                    *_notes(channels, levels, request, targets),
                    *([signed] if signed else []),
                ),
                licences=tuple(licence_lines(origins(project, None, render_range))),
                took=perf_counter() - began,
                damage=damage_sentence(project, damaged),
                damaged=tuple(source.id for source in damaged),
            )
            if report_file:
                with delivery.part(report_file).open("w", encoding="utf-8") as file:
                    file.write(report.text())
            context.check()
            delivery.commit()
    except OSError as error:
        raise _disk_error(error, sizes) from error
    context.progress(1.0, "Done")
    return report


def files_of(project: Project, folder: Path, request: BounceRequest) -> dict[str | None, Path]:
    """Where `bounce` would write each track's stem, by the track's id, and the mix, by None.

    Raises:
        ExportError: it cannot be made as asked.
    """
    targets = _targets(project, folder, request, _stems(project, request)[0])
    _rate(project, request, targets.values())
    return targets


def report_file_of(project: Project, request: BounceRequest, targets: dict[str | None, Path]) -> Path:
    """Where the report of `request` goes: beside the mix, or among the stems. `targets` is what `files_of` gives."""
    first = next(iter(targets.values()))
    name = first.stem if request.mix is not None else safe_name(project.name)
    return first.with_name(f"{name} report.txt")


def _render_range(project: Project, request: BounceRequest, rate: int) -> RenderRange:
    clock = project.clock
    start = 0 if request.start is None else clock.frames(request.start)
    end = heard_end(project, tails_of(project)) if request.end is None else clock.frames(request.end)
    if not MIN_PROJECT_RATE <= rate <= MAX_PROJECT_RATE:
        raise ExportError(
            f"Files of {rate:,} Hz cannot be made: choose a rate from {MIN_PROJECT_RATE:,} to {MAX_PROJECT_RATE:,} Hz."
        )
    if end <= start:
        if project.length == 0:
            raise ExportError("The song is empty: there is nothing to export.")
        if request.end is None and end == 0:
            if gain_of(project.master_gain_db) == 0.0:
                raise ExportError(
                    "The master is all the way down, so nothing can be heard: raise it, then export again."
                )
            raise ExportError(_NOTHING_HEARD)
        if request.end is None:
            raise ExportError("Nothing is heard after the start that you chose: move it further left.")
        raise ExportError("There is nothing between the start and the end that you chose: move the end further right.")
    for level, name in ((request.lufs, "loudness target"), (request.true_peak, "true-peak ceiling")):
        if level is not None and not -70 <= level <= 20:
            raise ExportError(f"A {name} of {level:g} is not possible: give a level from −70 to 20.")
    return RenderRange(start, end, project.rate, rate)


def _stems(project: Project, request: BounceRequest) -> tuple[list[tuple[int, Track]], list[str]]:
    """The tracks to write, with their numbers, and sentences on those that are left out of everything."""
    if request.mix is None and request.stems is None:
        raise ExportError("Nothing was chosen to export: choose the mix, the stems, or both.")
    check_pattern(request.pattern)
    if unknown := set(request.tracks or ()) - {track.id for track in project.tracks}:
        raise ExportError(f"The song has no track “{min(unknown)}”: choose its tracks again.")
    audible: list[tuple[int, Track]] = []
    left_out: list[str] = []
    in_groups: list[str] = []  # whose sound is in the stem of another channel
    for number, track in enumerate(project.tracks, 1):
        group = project.track(track.group)
        if reason := left_out_because(project, track):
            left_out.append(f"“{one_line(track.name)}”{reason}.")
        elif group and request.stems is not None and (request.tracks is None or track.id in request.tracks):
            in_groups.append(f"“{one_line(track.name)}” is in the stem of its group, “{one_line(group.name)}”.")
        elif not group:
            audible.append((number, track))
    if not audible:
        raise ExportError(_NOTHING_HEARD)
    if request.stems is None:
        return [], left_out
    left_out += in_groups
    stems = [(number, track) for number, track in audible if request.tracks is None or track.id in request.tracks]
    if not stems and request.mix is None:
        raise ExportError("None of the chosen tracks can be heard: unmute one, or choose others.")
    return stems, left_out


def _targets(
    project: Project, folder: Path, request: BounceRequest, stems: Sequence[tuple[int, Track]]
) -> dict[str | None, Path]:
    """Where each track's stem goes, by the track's id, and the mix, by None."""
    targets: dict[str | None, Path] = {}
    if request.mix is not None:
        if not request.mix.name or request.mix.is_dir():
            raise ExportError(f"“{request.mix}” is a folder: give the mix the name of a file in it.")
        targets[None] = request.mix if request.mix.suffix else request.mix.with_suffix(".wav")
    if stems and request.stems is not None:
        tracks = [(number, track.name) for number, track in stems]
        names = stem_names(request.pattern, project.name, tracks, request.stems, request.stem_type.suffix)
        mix_place = _place(targets[None]) if None in targets else None
        for (_, track), name in zip(stems, names, strict=True):
            path = request.stems / name
            if mix_place == _place(path):
                raise ExportError(f"The mix and the stem of “{track.name}” would be one file: name the mix otherwise.")
            targets[track.id] = path
    for path in targets.values():
        _sample_format(path, request)
    own = folder.absolute().resolve()
    for path in targets.values():
        parent = path.absolute().parent.resolve()
        if any(parent.is_relative_to(own / name) for name in (AUDIO, CACHE, GROWING, BACKUPS)):
            raise ExportError(f"“{parent}” belongs to the song's own files: choose another folder.")
    return targets


def _sample_format(path: Path, request: BounceRequest) -> SampleFormat:
    """How the samples of the file at `path` are stored; those of a lossy file before it is encoded.

    Raises:
        ExportError: its type of file does not exist or cannot hold what was asked for.
    """
    kind = file_type(path)
    if kind.lossy:
        return SampleFormat.PCM_24
    if request.format is SampleFormat.FLOAT and not kind.floats:
        raise ExportError(
            f"“{path.name}” cannot be made: {kind.label} files hold no 32-bit floats. Choose 24 bits, or WAV."
        )
    return request.format


def _rate(project: Project, request: BounceRequest, paths: Iterable[Path]) -> int:
    """The sample rate of all files, in Hz.

    Raises:
        ExportError: one of them cannot have the rate that was asked for.
    """
    kinds = {file_type(path) for path in paths}
    if request.rate is None:
        rate = project.rate
        for kind in sorted(kinds):
            rate = kind.rate_for(rate)
        return rate
    for kind in sorted(kinds):
        if kind.rates and request.rate not in kind.rates:
            rates = ", ".join(f"{rate:,}" for rate in kind.rates[-3:])
            raise ExportError(
                f"{kind.short_label} files cannot have {request.rate:,} Hz: choose {rates} Hz, or another type of file."
            )
    return request.rate


def _room(path: Path, request: BounceRequest, render_range: RenderRange) -> int:
    """Bytes of the disk that the file at `path` takes while it is made."""
    size = render_range.out_frames * 2 * _sample_format(path, request).bits // 8 + 4096
    return size if file_type(path) is FileType.WAV else 2 * size


def _place(path: Path) -> tuple[Path, str]:
    """A key that is equal for names of the same file on systems that ignore case or normalise accents."""
    return path.absolute().parent.resolve(), unicodedata.normalize("NFC", path.name).casefold()


def _plan(project: Project, folder: Path, request: BounceRequest, render_range: RenderRange, context: Context) -> Plan:
    """The compiled song, once every file that sounds in `render_range` is complete."""
    needed: dict[object, Clip] = {}
    planned = replace(render_range, start=0) if tails_of(project) else render_range  # what came before may ring on
    for _, clip in clips_in(project, planned):
        alone = clip.content.derived or clip.comp  # its sound is not that of every clip of its source
        needed.setdefault(clip.id if alone else clip.chosen.source, clip)
    for clip in needed.values():
        source = project.sources.get(clip.chosen.source)
        if source is None and clip.chosen.source:
            raise ExportError(f"The audio of “{clip.name}” is not in the song: remove the clip or import its file.")
        if source and source.growing and not request.wait:
            raise ExportError(
                f"“{clip.name or source.name}” is still being generated: wait for it or stop it, then export."
            )
        context.check()
        prepare_clip(clip, project, folder, context)
    return compile_plan(project, folder)


def _damaged(project: Project, folder: Path, render_range: RenderRange, context: Context) -> list[Source]:
    """The sources in `render_range` whose files changed since their import; they are exported as they are now."""
    audible = {clip.chosen.source for _, clip in clips_in(project, render_range)}
    sources = {key: source for key, source in project.sources.items() if key in audible}
    return find_damaged(folder, replace(project, sources=sources), Part(context, 0.0, 0.0))


def _channels(
    project: Project,
    request: BounceRequest,
    render_range: RenderRange,
    targets: dict[str | None, Path],
    delivery: Delivery,
    gain_db: float,
    cover: Cover | None,
) -> list[RenderTarget]:
    """What is written: the mix first, then the stems. Without a file for the mix, it is measured only."""
    ids: list[str | None] = [None, *(track_id for track_id in targets if track_id is not None)]
    channels: list[RenderTarget] = []
    try:
        for track_id in ids:
            writer = None
            if track_id in targets:
                tags = song_tags(project, track_id, render_range, request.facts, cover)
                target = targets[track_id]
                part = delivery.part(target) if file_type(target) is FileType.WAV else delivery.scratch(target)
                writer = WavWriter(part, render_range.out_rate, 2, _sample_format(target, request), tags)
            channels.append(
                RenderTarget(
                    track_id,
                    render_range,
                    writer=writer,
                    measure=track_id is None,
                    dither=request.dither,
                    key=f"{project.id}/{track_id or 'mix'}",
                    gain_db=gain_db,
                )
            )
    except OSError:
        for channel in channels:
            channel.close()
        raise
    return channels


def _goal(
    plan: Plan, render_range: RenderRange, request: BounceRequest, targets: dict[str | None, Path], context: Context
) -> _Goal:
    """Where a level is asked for, listens to the mix, and to the stems where they may not be clipped; see `_gain`.

    Raises:
        WouldClipError: with the gain the mix would be clipped, and an early refusal was asked for.
    """
    if request.lufs is None and request.true_peak is None:
        return _Goal()
    context.progress(0.0, "Measuring the mix")
    probes = [RenderTarget(None, render_range, measure=True)]
    if request.true_peak is not None and any(_integers(path, request) for path in targets.values()):
        probes += [RenderTarget(track_id, render_range) for track_id in targets if track_id is not None]
    stream(plan, render_range, probes, lambda done: context.progress(done * MEASURE_SHARE, "Measuring the mix"))
    stem_peak = max((probe.peak for probe in probes[1:]), default=0.0)
    levels = levels_of(probes[0].meter)
    gain_db, sentence, reached = _gain(levels, decibels(stem_peak), request)
    peak_db = levels.peak_db + gain_db
    if (
        request.refuse_early
        and _refuses(request)
        and None in targets
        and _integers(targets[None], request)
        and clips(10 ** (peak_db / 20), _sample_format(targets[None], request).scale)
    ):
        raise WouldClipError([ClippedFile(targets[None].name, 0, peak_db)])
    return _Goal(gain_db, sentence, reached, MEASURE_SHARE)


def _render(
    plan: Plan,
    render_range: RenderRange,
    channels: Sequence[RenderTarget],
    request: BounceRequest,
    targets: dict[str | None, Path],
    goal: _Goal,
    context: Context,
) -> tuple[Levels, _Goal]:
    """Renders all files to their ends and closes them; the mix's levels, and what has become of the goal.

    Raises:
        WouldClipError: samples would be clipped, which was not allowed.
    """
    text = "Rendering " + " and ".join(["mix"] * bool(request.mix) + ["stems"] * any(targets))

    encoded = any(file_type(path) is not FileType.WAV for path in targets.values())
    rendered = RENDERED_TO_ENCODE if encoded else RENDERED

    def tell(done: float) -> None:
        if request.refuse_early and done < 1 and _refuses(request):
            _check_clipping(channels, targets, done * render_range.out_frames / render_range.out_rate)
        context.progress(goal.share + done * (rendered - goal.share), text)

    try:
        stream(plan, render_range, channels, tell)
        if _refuses(request):
            _check_clipping(channels, targets)
        context.progress(rendered, "Finishing the files")
        levels = levels_of(channels[0].meter)
        if goal.reached and request.lufs is not None and levels.integrated < request.lufs - MISSED:
            goal = replace(goal, sentence=_missed(levels, request.lufs), reached=False)
        for channel in channels:
            if channel.track_id is None and channel.writer:
                channel.writer.set_loudness(loudness_tags(levels))
            channel.finish()
            context.check()
    finally:
        for channel in channels:
            channel.close()
    return levels, goal


def _encode(
    channels: Sequence[RenderTarget],
    targets: dict[str | None, Path],
    delivery: Delivery,
    context: Context,
) -> None:
    """Encodes what is not to be a WAV file from the WAV files that were rendered, side by side."""
    jobs = []
    for channel in channels:
        if channel.writer and (kind := file_type(targets[channel.track_id])) is not FileType.WAV:
            jobs.append((channel.writer, targets[channel.track_id], kind))
    if not jobs:
        return
    done: dict[Path, float] = {target: 0.0 for _, target, _ in jobs}

    def one(writer: WavWriter, target: Path, kind: FileType) -> None:
        def report(share: float, _: str) -> None:
            done[target] = share
            context.progress(sum(done.values()) / len(done), "Encoding")

        encode(writer.path, delivery.part(target), kind, writer.file_tags(), Context(report))

    for _, target, _ in jobs:
        delivery.part(target)
    with ThreadPoolExecutor(min(os.cpu_count() or 1, len(jobs)), thread_name_prefix="encode") as pool:
        waiting = [pool.submit(one, *job) for job in jobs]
        try:
            for each in waiting:
                each.result()
        finally:
            pool.shutdown(cancel_futures=True)


def _song_notes(project: Project, request: BounceRequest, rate: int, targets: dict[str | None, Path]) -> list[str]:
    """The song's changes of tempo, and what is said where the files could not have its rate."""
    notes = [*change_lines(project, MOST_CHANGES), *_device_notes(project, targets)]
    if request.rate is not None or rate == project.rate:
        return notes
    kind = next(kind for kind in map(file_type, targets.values()) if kind.rates and project.rate not in kind.rates)
    name = kind.label.partition(",")[0]
    return [*notes, f"{name} files cannot have the song's {project.rate:,} Hz: all were made at {rate:,} Hz."]


def _device_notes(project: Project, targets: dict[str | None, Path]) -> list[str]:
    """What is said of the master's devices, which no stem passes, and of devices that are not known."""
    notes = [unknown_sentence(project)]
    master = [device for device in project.master_devices if device.enabled and find_device(device.kind)]
    if master and any(targets):
        names = ", ".join(spec.label for device in master if (spec := find_device(device.kind)))
        notes.append(f"The stems add up to the mix before the master's devices ({names}).")
    return [note for note in notes if note]


def _refuses(request: BounceRequest) -> bool:
    """Whether clipping is a reason not to export."""
    return not request.clip


def _integers(path: Path, request: BounceRequest) -> bool:
    """Whether what lies beyond full scale would be clipped in the file at `path`."""
    return _sample_format(path, request) is not SampleFormat.FLOAT


def _check_clipping(
    channels: Sequence[RenderTarget], targets: dict[str | None, Path], seconds: float | None = None
) -> None:
    """Refuses files of which samples were clipped; they still have their temporary names.

    seconds: how much of them is rendered, if not all.
    """
    written = [(targets[channel.track_id].name, channel.quantiser) for channel in channels if channel.writer]
    clipped = [
        ClippedFile(name, quantiser.clipped, decibels(quantiser.peak))
        for name, quantiser in written
        if quantiser.writer.format is not SampleFormat.FLOAT and clips(quantiser.peak, quantiser.writer.format.scale)
    ]
    if clipped:
        raise WouldClipError(clipped, seconds)


def _gain(levels: Levels, stem_peak_db: float, request: BounceRequest) -> tuple[float, str, bool]:
    """The gain in dB (of whole hundredths), a sentence on the target, and whether it was reached.

    `stem_peak_db` is the largest sample of all stems, where a ceiling has to keep them from being clipped.
    """
    gain_db = 0.0
    measured = math.isfinite(levels.integrated)
    if request.lufs is not None and measured:
        gain_db = request.lufs - levels.integrated
    room = math.inf
    if request.true_peak is not None and math.isfinite(levels.true_peak_db):
        room = request.true_peak - levels.true_peak_db
    ceiling_name = f"The ceiling of {_signed(request.true_peak or 0.0)} dBTP"
    if STEM_PEAK - stem_peak_db < room:
        room, ceiling_name = STEM_PEAK - stem_peak_db, "The ceiling that keeps the loudest stem from being clipped"
    gain = math.floor(min(gain_db, room) * 100) / 100 if room < gain_db else round(gain_db, 2)
    loudness, peak = levels.integrated + gain, levels.true_peak_db + gain
    applied = f"by a gain of {_signed(gain)} dB on mix and stems"
    if request.lufs is not None and not measured:
        ceiling = f"{ceiling_name.replace('The', 'the', 1)} is kept {applied}"
        done = ceiling if gain else "no gain was applied"
        return gain, f"The mix is too short or too quiet for its loudness to be measured; {done}.", False
    if request.lufs is None:
        if gain == 0:
            return 0.0, f"The true peak of {_signed(peak)} dBTP is below the ceiling, so no gain was applied.", True
        return gain, f"{ceiling_name} is kept {applied}.", True
    if room < gain_db:
        missing = request.lufs - loudness
        return (
            gain,
            f"{ceiling_name} came first: the mix has {_signed(loudness)} "
            f"LUFS, {missing:.1f} LU below the target of {_signed(request.lufs)} LUFS, {applied}.",
            missing < 0.05,
        )
    return gain, f"The target of {_signed(request.lufs)} LUFS is reached {applied}.", True


def _missed(levels: Levels, lufs: float) -> str:
    """The sentence on a target that clipping kept the mix from."""
    return (
        f"The target of {_signed(lufs)} LUFS is missed: what was clipped leaves the mix at "
        f"{_signed(levels.integrated)} LUFS. Set a true-peak ceiling, or choose 32-bit float, which does not clip."
    )


def _signed(level: float) -> str:
    return f"{level:.1f}".replace("-", "−").replace("inf", "∞")


def _file_report(project: Project, channel: RenderTarget, targets: dict[str | None, Path]) -> FileReport:
    track = project.track(channel.track_id) if channel.track_id else None
    sound = channel.quantiser
    return FileReport(
        path=targets[channel.track_id],
        track=track.name if track else "",
        peak_db=decibels(sound.peak),
        clipped=sound.clipped,
        dithered=sound.dithered,
        exact=sound.exact,
        type=file_type(targets[channel.track_id]),
    )


def _notes(
    channels: Sequence[RenderTarget], levels: Levels, request: BounceRequest, targets: dict[str | None, Path]
) -> list[str]:
    notes = []
    clipped = sum(channel.quantiser.clipped for channel in channels if channel.writer)
    samples = counted(clipped, "sample")
    if clipped and all(channel.writer.format is SampleFormat.FLOAT for channel in channels if channel.writer):
        lie, them = ("lies", "it as it is") if clipped == 1 else ("lie", "them as they are")
        notes.append(f"{samples} {lie} beyond full scale; 32-bit float keeps {them}.")
    elif clipped:
        were = "was" if clipped == 1 else "were"
        notes.append(f"{samples} {were} clipped: set a true-peak ceiling or lower the master.")
    if request.dither and request.format is not SampleFormat.FLOAT:
        exact = [
            each
            for each in channels
            if each.writer and each.quantiser.exact and not file_type(targets[each.track_id]).lossy
        ]
        if exact:
            notes.append(
                f"{len(exact)} of the files needed no dither: every sample fits {request.format.bits} bits exactly."
            )
    if request.true_peak is not None and levels.true_peak_db > request.true_peak + 0.05:
        notes.append(f"Rounding and dither brought the true peak to {_signed(levels.true_peak_db)} dBTP.")
    return notes


def _disk_error(error: OSError, sizes: Sequence[tuple[Path, int]]) -> ExportError:
    """The sentence for an export that could not be written; it names the user's files, not those beside them."""
    folder = sizes[0][0].absolute().parent
    if is_full(error):
        figures = shortage(folder, sum(size for _, size in sizes), 0)
        return ExportError(
            f"The disk is full, so nothing was exported to “{folder}”{': ' * bool(figures)}{figures}. Make room or "
            "choose another folder."
        )
    return ExportError(
        f"“{sizes[0][0].name}” could not be written to “{folder}” ({error.strerror or error}); nothing was changed. "
        "Choose another folder or check that you may write there."
    )
