"""Generating for one window: the model that is asked, what is asked, and the orders that come of it."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from desktop.bridge import PlayerBridge
from desktop.document import Document
from desktop.generation import clip_inputs, insert_takes, panel_inputs, prompt_text
from desktop.generation.insert_takes import Spot
from desktop.generation.model_choice import ModelChoice, start_inference
from desktop.generation.order_runner import OrderRunner
from desktop.generation.panel_state import PanelState
from desktop.generation.run_order import Arrivals, Listen
from desktop.settings import Settings
from engine.audio import Audio
from engine.generate.interface import Request, Task
from engine.ids import new_id
from engine.inference.api import Changed, Inference
from engine.jobs import Context, Job
from engine.project.model import Project


class Generation(QObject):
    """Holds the three parts, and generates what the panel says. All methods and signals belong to the UI thread."""

    failed = Signal(str, object)
    """A sentence for the user, and the `Job` that failed (`JobCentre.retry` tries it again)."""
    notice = Signal(str)
    """A sentence for the user: something to know about a result."""
    generated = Signal(str)
    """The id of a clip that has just got takes."""

    def __init__(
        self,
        document: Document,
        bridge: PlayerBridge,
        settings: Settings,
        start: Callable[[Changed], Inference] = start_inference,
        key_of: Callable[[Project], str] = lambda project: "",
        parent: QObject | None = None,
    ) -> None:
        """`key_of` says the song's key, such as “A minor”; empty while it is not known."""
        super().__init__(parent)
        self._document, self._bridge = document, bridge
        self.models = ModelChoice(document.jobs, settings, start, self)
        self.panel = PanelState(document, bridge, settings, self.models, key_of, self)
        self.runner = OrderRunner(document, self.models, self)
        self.models.failed.connect(self.failed)
        self.panel.notice.connect(self.notice)
        self.runner.failed.connect(self.failed)
        self.runner.notice.connect(self.notice)

    def generate(self) -> Job | None:
        """Makes what the panel says, at the playhead, as takes under one new clip; None without a song."""
        document, panel, inputs = self._document, self.panel, self.panel.inputs
        project = document.project
        if document.folder is None:
            return None
        position = panel.place_of_new
        start, frames = project.clock.frames(position), inputs.frames(project, position)
        track_id = insert_takes.free_track(project, document.selection.track, start, start + frames, document.coming)
        prompt = " ".join(inputs.prompt.split())
        panel.say_tempo(prompt)
        spot = Spot(prompt or clip_inputs.UNNAMED, track_id, position, frames)
        longer = frames + (panel.spare_frames(frames) if inputs.fit else 0)
        listen = self._listen(project, document.folder, track_id, start, longer)
        request = Request(
            Task.GENERATE, panel.settings(), longer / project.rate, longer, seed=inputs.seed, takes=inputs.takes,
            alone=panel.listens and (inputs.alone or listen is not None), guide=panel.shown_guide,
        )  # fmt: skip

        clip_id = new_id()

        def done(arrivals: Arrivals) -> None:
            name = f"Generate “{prompt_text.short_name(spot.name)}”"
            if document.apply(name, lambda p: insert_takes.place(p, spot, arrivals.takes, clip_id), merge=clip_id):
                document.history.close_step()
                document.select([clip_id])
                self.generated.emit(clip_id)

        def more(arrivals: Arrivals) -> None:
            document.amend_all(lambda p: insert_takes.joined(p, clip_id, arrivals.takes), since=clip_id)
            self.generated.emit(clip_id)

        order = self.runner.order(spot.name, request, panel.shown_model)
        title = f"Generate “{spot.name}”"
        job = self.runner.submit(order, done, more=more, title=title, spot=spot, clip_id=clip_id, listen=listen)
        panel.remember(prompt)
        panel.forget_shown()
        if not inputs.locked:
            panel.change(seed=panel_inputs.new_seed())
        return job

    def _listen(self, project: Project, folder: Path, track_id: str | None, start: int, frames: int) -> Listen | None:
        """What renders the tracks that the panel says the music shall fit; None where it shall fit none."""
        panel = self.panel
        track_ids = panel_inputs.listened_to(panel.inputs, project, track_id) if panel.listens else ()
        if not track_ids:
            return None

        def render(context: Context) -> Audio:
            from engine.inference.track_mix import tracks_sound

            clips = [clip.id for track in project.tracks if track.id in track_ids for clip in track.clips]
            self._document.sounds.render_missing(project, folder, context, clips)
            return tracks_sound(project, folder, track_ids, start, frames, context)

        return render
