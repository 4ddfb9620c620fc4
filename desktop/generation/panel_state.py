"""The inputs of the Generate panel, for new music or for the selected clip, and the prompts used before."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject, Signal

from desktop.bridge import PlayerBridge
from desktop.document import Document
from desktop.generation import clip_inputs, panel_inputs, prompt_text
from desktop.generation.clip_inputs import ClipInputs, ClipInputsBook
from desktop.generation.insert_takes import playhead_place
from desktop.generation.model_choice import ModelChoice
from desktop.generation.panel_inputs import PanelInputs
from desktop.generation.prompt_sounds import PromptSounds
from desktop.settings import Settings
from engine.generate.interface import Capabilities
from engine.generate.interface import Settings as ModelSettings
from engine.inference.api import Model
from engine.music.guide import Guide
from engine.project import edits
from engine.project.model import Clip, Project
from engine.timing.position import SONG_START, Position

MAX_PROMPTS = 40
OWN = ("prompt", "negative", "values")
"""Wishes that a clip has of its own."""


class PanelState(QObject):
    """The panel's values and what follows from them. All methods and signals belong to the UI thread."""

    inputs_changed = Signal()
    capabilities_changed = Signal(object)
    """What the shown model can do (`Capabilities`); None while that is not known."""
    notice = Signal(str)
    """A sentence for the user."""

    def __init__(
        self,
        document: Document,
        bridge: PlayerBridge,
        settings: Settings,
        models: ModelChoice,
        key_of: Callable[[Project], str] = lambda project: "",
        parent: QObject | None = None,
    ) -> None:
        """`key_of` says the song's key, such as “A minor”; empty while it is not known."""
        super().__init__(parent)
        self._document, self._bridge, self._store, self._models = document, bridge, settings, models
        self.key_of = key_of
        self.sounds = PromptSounds(document, self)
        self.sounds.changed.connect(self.inputs_changed)
        self._inputs = PanelInputs()
        self._book = ClipInputsBook()
        self._subject: str | None = None  # the clip whose inputs are shown
        models.capabilities_changed.connect(lambda: self.capabilities_changed.emit(self.shown_capabilities))
        document.opened.connect(self._book.forget)
        document.selection_changed.connect(self._look_at_subject)
        document.changed.connect(self._on_song)
        document.opened.connect(self._begin_anew)

    @property
    def subject(self) -> Clip | None:
        """The clip whose prompt, negative prompt, model and parameters the panel shows: the one that is selected."""
        place = self._document.project.find_clip(self._subject) if self._subject else None
        return place[1] if place else None

    @property
    def inputs(self) -> PanelInputs:
        """The values of the Generate panel: those for new music, or with those of the selected clip in their place."""
        clip = self.subject
        return self._inputs if clip is None else self.inputs_of(clip)

    def inputs_of(self, clip: Clip) -> PanelInputs:
        """The panel's inputs with a clip's own prompt, negative prompt and parameters."""
        own = self._inputs_of(clip)
        return replace(self._inputs, prompt=own.prompt, negative=own.negative, values=own.values)

    def model_of(self, clip: Clip) -> Model:
        """The model of a clip: its own, where that is installed, else the chosen one."""
        own = self._inputs_of(clip).model
        return self._models.usable(own) or self._models.model

    def settings_of(self, clip: Clip) -> ModelSettings:
        """The model's settings for a clip, but for its reference audio."""
        inputs, capabilities = self.inputs_of(clip), self._models.capabilities_of(self.model_of(clip))
        return panel_inputs.model_settings(inputs, self.sent_prompt(inputs.prompt), capabilities)

    def capabilities_of(self, clip: Clip) -> Capabilities | None:
        """What the model of a clip can do; None until it was loaded once."""
        return self._models.capabilities_of(self.model_of(clip))

    @property
    def shown_model(self) -> Model:
        """The model that the panel shows, and that its button starts."""
        clip = self.subject
        return self._models.model if clip is None else self.model_of(clip)

    @property
    def shown_capabilities(self) -> Capabilities | None:
        """What the shown model can do; None until it was loaded once."""
        return self._models.capabilities_of(self.shown_model)

    @property
    def listens(self) -> bool:
        """Whether the shown model listens to other tracks."""
        capabilities = self.shown_capabilities
        return capabilities is not None and capabilities.listens

    @property
    def shown_guide(self) -> Guide:
        """What the shown music follows: new music's guide, or that of the selected clip, from its start on."""
        clip = self.subject
        return self._inputs.guide if clip is None else self.guide_of(clip)

    def guide_of(self, clip: Clip) -> Guide:
        """The guide of the take that a clip plays, in seconds from the clip's start."""
        return clip_inputs.guide_of(clip.chosen).later(-self._begins(clip))

    def stored_guide(self, clip: Clip, guide: Guide) -> Guide:
        """A guide of a clip as its take keeps it, with what lies before the clip's start as it was."""
        first = self._begins(clip)
        return clip_inputs.guide_of(clip.chosen).with_stretch(first, guide) if first > 0 else guide.later(first)

    def _begins(self, clip: Clip) -> float:
        """Seconds from where the take's sound begins to where the clip does."""
        return clip.stretch.first / self._document.project.rate

    @property
    def place_of_new(self) -> Position:
        """Where new music comes to lie."""
        inputs, project = self._inputs, self._document.project
        return playhead_place(project, self._bridge.position, fit=inputs.fit and inputs.in_bars)

    def choose_model(self, model: Model) -> None:
        """Chooses the model of what the panel shows."""
        clip = self.subject
        if clip is None:
            self._models.set_model(model)
        else:
            self._book.change(clip, self._inputs_of(clip), model=model)
            self.capabilities_changed.emit(self.shown_capabilities)
            self.inputs_changed.emit()

    def change(self, **values: Any) -> None:
        """Changes some of the inputs that the panel shows."""
        clip = self.subject
        own = {name: value for name, value in values.items() if name in OWN} if clip else {}
        if clip and own:
            if "prompt" in own:
                self._write(clip, own.pop("prompt"))
            before = self._inputs_of(clip)
            if own and self._book.change(clip, before, **own) != before:
                self.inputs_changed.emit()
        others = {key: value for key, value in values.items() if clip is None or key not in OWN}
        changed = panel_inputs.limited(replace(self._inputs, **others))
        if changed != self._inputs:
            self._inputs = changed
            self.inputs_changed.emit()

    def set_value(self, name: str, value: Any) -> None:
        """Sets one of the model's parameters; None takes the model's own default."""
        values = {key: old for key, old in self.inputs.values.items() if key != name}
        self.change(values=values if value is None else {**values, name: value})

    def sent_prompt(self, prompt: str | None = None) -> str:
        """A prompt (the panel's) as it is sent: with the song's tempo and key, if the user wants that."""
        text = self.inputs.prompt if prompt is None else prompt
        if not self._inputs.fit:
            return " ".join(text.split())
        return prompt_text.sent_prompt(text, self._tempo, self.key_of(self._document.project))

    @property
    def _tempo(self) -> float:
        """The song's tempo at the playhead, where new music will lie, in beats a minute."""
        return float(self._document.project.clock.tempo_at(Position.at_frame(self._bridge.position)))

    def say_tempo(self, prompt: str | None = None) -> None:
        """Tells the user where a prompt (the panel's) states another tempo than the song's, which takes its place."""
        if self._inputs.fit:
            text = self.inputs.prompt if prompt is None else prompt
            if sentence := prompt_text.tempo_notice(text, self._tempo):
                self.notice.emit(sentence)

    def settings(self, prompt: str | None = None) -> ModelSettings:
        """The panel's inputs as settings of the model; with another prompt if one is given."""
        shown = self.inputs, self.sent_prompt(prompt), self.shown_capabilities
        return panel_inputs.model_settings(*shown, self.sounds.sounds)

    def summary(self) -> str:
        """What would be made: "8 bars · 16.0 s · 3 takes"."""
        return panel_inputs.summary(self._inputs, self._document.project)

    def hindrance(self) -> str:
        """A sentence on why nothing can be generated now; empty if it can."""
        missing, model = self._models.shelf.what_to_do(self.shown_model), self.shown_capabilities
        if not missing and self.sounds.reading:
            return "The sound that the music shall be like is being read."
        frames = self._inputs.frames(self._document.project, SONG_START)
        if not missing and model and frames > model.max_seconds * self._document.project.rate:
            return f"{model.name} makes at most {model.max_seconds:g} s at once: ask for less, and continue it then."
        return missing

    def spare_frames(self, frames: int) -> int:
        """How much longer than its clip a take is made, so that lining it up leaves no gap at the end."""
        from engine.analysis.fit import spare_frames

        project, model = self._document.project, self.shown_capabilities
        spare = spare_frames(self._tempo, project.rate, frames)
        return max(min(spare, int(model.max_seconds * project.rate) - frames), 0) if model else spare

    @property
    def prompts(self) -> list[str]:
        """The prompts that were used, latest first."""
        return [line for line in self._store.text("generation/prompts").split("\n") if line]

    def remember(self, prompt: str) -> None:
        """Puts a prompt that was used before the others."""
        if prompt := " ".join(prompt.split()):
            prompts = [prompt, *(each for each in self.prompts if each != prompt)]
            self._store.put("generation/prompts", "\n".join(prompts[:MAX_PROMPTS]))
            self.inputs_changed.emit()

    def forget_shown(self) -> None:
        """Gives the selected clip its own prompt back; what was written belongs to what has been asked for with it."""
        clip = self.subject
        self._book.forget(clip)
        if clip is not None and clip.prompt is not None:
            self._document.amend(lambda p: edits.set_prompt(p, clip.id, None))

    # inside

    def _inputs_of(self, clip: Clip) -> ClipInputs:
        inputs = self._recorded_inputs(clip)
        return inputs if clip.prompt is None else replace(inputs, prompt=clip.prompt)

    def _recorded_inputs(self, clip: Clip) -> ClipInputs:
        """What the chosen take was made from, whatever prompt was written for the clip since."""
        model = self._models.usable(clip_inputs.model_of(clip.chosen)) or self._models.model
        return self._book.of(clip, self._models.capabilities_of(model))

    def _write(self, clip: Clip, prompt: str) -> None:
        """Writes a clip's own prompt into the song; letters in a row are one step of its history.

        A prompt that is again the recorded one is none of the clip's own.
        """
        if prompt != self._inputs_of(clip).prompt:
            step = f"prompt {clip.id} {clip.chosen.id}"
            own = None if prompt == self._recorded_inputs(clip).prompt else prompt
            self._document.apply("Change prompt", lambda p: edits.set_prompt(p, clip.id, own), merge=step)

    def _look_at_subject(self) -> None:
        chosen = self._document.selection.clips
        subject = next(iter(chosen)) if len(chosen) == 1 else None
        if subject != self._subject:
            self._subject = subject
            self.capabilities_changed.emit(self.shown_capabilities)
            self.inputs_changed.emit()

    def _on_song(self, old: Project, new: Project) -> None:
        """Another take of the selected clip has another prompt."""
        if self._subject is None:
            return
        before, after = old.find_clip(self._subject), new.find_clip(self._subject)
        if before and after and (before[1].chosen is not after[1].chosen or before[1].name != after[1].name):
            self.inputs_changed.emit()

    def _begin_anew(self) -> None:
        """Another song begins with the usual values: prompt, length and the rest are no settings of the program."""
        if self._inputs != PanelInputs():
            self._inputs = PanelInputs()
            self.inputs_changed.emit()
