"""`continuo generate PROMPT`: music from words."""

import argparse
from functools import partial

from engine.cli import guides, sampling
from engine.cli.guides import bars_seconds
from engine.cli.terminal import between, job
from engine.timing.clock import Clock
from engine.timing.signature import parse_signature
from engine.timing.stated_tempo import at_tempo, other_tempo, tempo_in, tempo_text
from engine.timing.tempo_map import parse_tempo


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the command's arguments."""
    parser.add_argument("prompt", metavar="PROMPT", help="what to play, in words; may be empty")
    length = parser.add_mutually_exclusive_group()
    length.add_argument("--seconds", type=partial(between, 0.001, 3600), default=10.0, metavar="N", help="default: 10")
    length.add_argument("--bars", type=int, metavar="N", help="length in bars; needs --tempo")
    parser.add_argument(
        "--tempo", metavar="BPM", help="quarter notes a minute; goes into the prompt, in place of another there"
    )
    parser.add_argument("--time-signature", default="4/4", metavar="N/D", help="of the bars (default: 4/4)")
    parser.add_argument("--loop", action="store_true", help="the end joins the start")
    parser.add_argument("--takes", type=int, default=1, metavar="N", help="different ones, in files numbered from 1")
    sampling.add_model(parser)
    sampling.add_settings(parser)
    guides.add_guide(parser)
    parser.set_defaults(usage=parser.error)


def run(arguments: argparse.Namespace) -> int:
    """Generates and writes one file a take."""
    if arguments.bars is not None and (arguments.bars < 1 or not arguments.tempo):
        arguments.usage("--bars counts from 1 and needs --tempo")
    from engine.generate import audio_output
    from engine.generate.interface import Request, Task

    out, takes = arguments.out, arguments.takes
    files = [out] if takes == 1 else [out.with_stem(f"{out.stem} {i + 1}") for i in range(max(takes, 0))]
    for file in files:
        audio_output.check_out(file, overwrite=arguments.overwrite)
    prompt = arguments.prompt
    tempo = parse_tempo(arguments.tempo) if arguments.tempo else None
    signature = parse_signature(arguments.time_signature)
    notices = []
    seconds = arguments.seconds
    if arguments.bars is not None and tempo is not None:
        seconds = bars_seconds(arguments.bars, tempo, signature)
    stated = float(tempo) if tempo is not None else tempo_in(prompt)
    stated_guide = guides.asked_guide(arguments, seconds, stated, signature)
    if stated_guide.tempo is not None:
        prompt = f"{prompt}, {tempo_text(stated_guide.tempo)}" if prompt.strip() else tempo_text(stated_guide.tempo)
        notices.append(f"The melody is at {stated_guide.tempo:.4g} BPM, and so is the music.")
    if tempo is not None:
        prompt, other = at_tempo(prompt, float(tempo))
        notices += [other_tempo(other, float(tempo))] if other else []
        if tempo_in(prompt) is None:
            prompt = f"{prompt}, {tempo_text(float(tempo))}" if prompt.strip() else tempo_text(float(tempo))
    chosen = sampling.settings(arguments, prompt)
    with job() as context:
        model = sampling.open_model(arguments)
        frames = None
        if arguments.bars is not None and tempo is not None:
            clock = Clock.steady(model.capabilities.rate, tempo, signature)
            frames = clock.frames(clock.bar_start(arguments.bars + 1))
        request = Request(
            Task.LOOP if arguments.loop else Task.GENERATE,
            chosen,
            seconds=arguments.seconds,
            frames=frames,
            seed=arguments.seed,
            takes=takes,
            guide=stated_guide.guide,
        )
        result = model.generate(request, context)
        for i, (file, take) in enumerate(zip(files, result.takes, strict=True)):
            samples = audio_output.encoded(take.samples, "PCM_24")
            provenance = {**result.record(i), "seed": request.seed + i}
            notices += audio_output.write(
                file, [samples], take.rate, "PCM_24", provenance,
                overwrite=arguments.overwrite, credentials=not arguments.no_credentials,
            )  # fmt: skip
    sampling.print_result(arguments, files, result, notices)
    return 0
