"""More takes of what a clip plays, asked for as the first ones were."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from desktop.document import Document
from desktop.generation import clip_inputs, insert_takes, loudness_match
from desktop.generation.controller import Generation
from desktop.generation.insert_takes import Arrival, Spot
from desktop.generation.panel_inputs import new_seed
from desktop.generation.run_order import Arrivals, level
from engine.audio import Audio
from engine.errors import EngineError
from engine.ids import new_id
from engine.inference import prompt_sounds
from engine.inference import provenance as records
from engine.inference.api import Order, Place
from engine.jobs import Context
from engine.loudness import SILENCE
from engine.project.model import Clip


class MoreTakes:
    """Puts further takes below those of the selected clip. UI thread only."""

    def __init__(self, document: Document, generation: Generation) -> None:
        self._document = document
        self._generation = generation

    def make(self) -> None:
        """More takes for the first selected clip that was generated from a prompt."""
        chosen = self._document.selection.clips
        clips = [clip for _, clip in self._document.project.clips() if clip.id in chosen]
        clip = next((each for each in clips if can_repeat(each)), None)
        if clip is None:
            self._document.failed.emit(
                "There is nothing to make more takes of: select a clip that was generated from a prompt."
            )
            return
        folder, record = self._document.folder, clip.chosen.provenance or {}
        if folder is None:
            return
        if not _named_sounds(record["request"]):
            self._order(clip, folder, {})
            return
        self._document.jobs.submit(
            f"Read the sounds that “{clip.name}” was made with",
            lambda context: prompt_sounds.sounds_of(folder, record),
            partial(self._order, clip, folder),
        )

    def _order(self, clip: Clip, folder: Path, sounds: Mapping[str, Audio]) -> None:
        """Asks for them; `sounds` are those that the first ones were to be like, by their hashes."""
        document, project = self._document, self._document.project
        record = clip.chosen.provenance
        if folder != document.folder or record is None or project.find_clip(clip.id) is None:
            return
        takes = self._generation.panel.inputs.takes
        try:
            request, model = records.request_of(record, None, sounds), records.model_of(record)
        except EngineError as error:
            document.failed.emit(str(error))
            return
        settings = replace(request.settings, network=None)  # by whichever way is the fastest now
        request = replace(request, settings=settings, seed=new_seed(), takes=takes)
        if clip.chosen.guide is not None:
            request = replace(request, guide=clip_inputs.guide_of(clip.chosen))
        title = f"More takes of “{clip.name}”"
        order = Order(clip.name, model, request, Place(folder, project.rate))
        take = clip.chosen
        source, gain = project.sources[take.source], take.gain_db

        def match(arrivals: list[Arrival], context: Context) -> list[Arrival]:
            """As loud as the take that the clip plays."""
            loudness = level(Arrival(source, take), folder, project.rate, context).loudness
            if loudness == SILENCE:
                return arrivals
            measured = [level(each, folder, project.rate, context) for each in arrivals]
            gains = loudness_match.matching_gains(measured, loudness + gain)
            return [insert_takes.with_gain(each, gain) for each, gain in zip(arrivals, gains, strict=True)]

        def done(arrivals: Arrivals) -> None:
            project = document.project
            if project.find_clip(clip.id):
                document.apply("More takes", lambda p: insert_takes.add_below(p, clip.id, arrivals.takes))
                self._generation.generated.emit(clip.id)
            else:  # the clip is gone, but what was made is not lost
                alone = Spot(clip.name, None, clip.position, clip.length)
                document.apply("More takes", lambda p: insert_takes.place(p, alone, arrivals.takes, new_id()))

        self._generation.runner.submit(order, done, title=title, clip_id=clip.id, match=match)


def can_repeat(clip: Clip) -> bool:
    """Whether the take that `clip` plays was generated from a prompt: words, and a sound if its record keeps it."""
    record = clip.chosen.provenance or {}
    request = record.get("request")
    if not isinstance(request, dict) or request.get("task") != "generate" or request.get("source"):
        return False
    settings, sounds = request.get("settings"), record.get("sounds")
    if not isinstance(settings, dict):
        return False
    named = _named_sounds(request)
    return not named or (isinstance(sounds, Mapping) and all(name in sounds for name in named))


def _named_sounds(request: Mapping[str, Any]) -> list[str]:
    """Hashes of the sounds that a request was made with: what it was to be like, and the tracks that it fits."""
    return [name for name in (request["settings"].get("audio_prompt"), request.get("context")) if name]
