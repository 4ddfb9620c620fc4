"""A clip's own prompt, negative prompt, model and parameters: from the record of the take that it plays.

Every verb on a clip is asked with these, never with what stands in the Generate tab for new music. A prompt that the
user writes while the clip is selected is the take's from then on, in the song; what else is changed is kept for the
session.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from desktop.generation.panel_inputs import COMMON, PLACED
from engine.errors import EngineError, ModelError
from engine.generate.interface import Capabilities
from engine.inference import provenance as records
from engine.inference.api import Model
from engine.music.guide import NO_GUIDE, Guide
from engine.music.guide import guide_of as read_guide
from engine.project.model import Clip, Take

TYPED = "typed_prompt"
"""Where a record keeps the prompt as the user wrote it, without the tempo and the key that were added."""
UNNAMED = "Generated"
"""What an order without a prompt is called."""
_LEFT_OUT = (*PLACED, "audio_prompt", "blend", "network")


@dataclass(frozen=True)
class ClipInputs:
    """What a clip is generated with. model: None where its record names none."""

    prompt: str = ""
    negative: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    model: Model | None = None


def recorded_inputs(take: Take, capabilities: Capabilities | None) -> ClipInputs:
    """What the record of a take states; empty for an imported sound. `capabilities`: of its model, if known."""
    record = take.provenance
    if not isinstance(record, Mapping):
        return ClipInputs()
    settings = _settings(record)
    negative = settings.get("negative")
    declared = COMMON if capabilities is None else capabilities.parameters
    defaults = {each.name: each.default for each in declared}
    own = settings.get("own")
    values = {
        name: value
        for name, value in {**settings, **(own if isinstance(own, Mapping) else {})}.items()
        if name in defaults and name not in _LEFT_OUT and value is not None and value != defaults[name]
    }
    return ClipInputs(_prompt(record, settings), negative if isinstance(negative, str) else "", values, model_of(take))


def guide_of(take: Take) -> Guide:
    """What a take is to follow, or followed, in seconds from its own beginning; nothing where that cannot be read."""
    values: Any = take.guide
    if values is None and take.provenance is not None:
        request = take.provenance.get("request")
        if isinstance(request, Mapping) and request.get("task") in ("generate", "loop"):
            values = request.get("guide")
    try:
        return read_guide(values) if isinstance(values, Mapping) else NO_GUIDE
    except (EngineError, TypeError, ValueError):
        return NO_GUIDE


def model_of(take: Take) -> Model | None:
    """The model that a take was made with; None where its record names none."""
    try:
        return records.model_of(take.provenance) if take.provenance else None
    except ModelError:
        return None


def with_typed(record: Mapping[str, Any], prompt: str) -> dict[str, Any]:
    """`record` with the prompt as it was written."""
    return {**record, TYPED: " ".join(prompt.split())}


def _settings(record: Mapping[str, Any]) -> Mapping[str, Any]:
    """The settings that a take was made with: of a live take those of its last chunk."""
    chunks = record.get("chunks")
    if record.get("kind") == "live" and isinstance(chunks, list | tuple) and chunks and isinstance(chunks[-1], Mapping):
        return chunks[-1]
    request = record.get("request")
    settings = request.get("settings") if isinstance(request, Mapping) else None
    return settings if isinstance(settings, Mapping) else record


def _prompt(record: Mapping[str, Any], settings: Mapping[str, Any]) -> str:
    """The prompt as it was written, as far as the record tells it from what was added."""
    prompt = settings.get("prompt", record.get("prompt"))
    if not isinstance(prompt, str) or (TYPED not in record and record.get("title") == UNNAMED):
        return ""
    for key in (TYPED, "title"):
        written = record.get(key)
        if isinstance(written, str) and prompt.startswith(written.rstrip(" .,;")) and (written or key == TYPED):
            return written
    return prompt


class ClipInputsBook:
    """The inputs of clips, as their records state them or as the user has changed them since. UI thread only."""

    def __init__(self) -> None:
        self._changed: dict[tuple[str, str], ClipInputs] = {}

    def of(self, clip: Clip, capabilities: Capabilities | None) -> ClipInputs:
        """The inputs of `clip`."""
        return self._changed.get(_key(clip)) or recorded_inputs(clip.chosen, capabilities)

    def change(self, clip: Clip, own: ClipInputs, **values: Any) -> ClipInputs:
        """Keeps `own` with other values for `clip`."""
        changed = self._changed[_key(clip)] = replace(own, **values)
        return changed

    def forget(self, clip: Clip | None = None) -> None:
        """What the user has changed, of one clip or of all, is given up."""
        if clip is None:
            self._changed.clear()
        else:
            self._changed.pop(_key(clip), None)


def _key(clip: Clip) -> tuple[str, str]:
    return clip.id, clip.chosen.id
