"""The Models tab: every model that there is, its licence, size, memory and speed here; load, measure, add, remove."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from desktop.dialogs.files import ask_folder
from desktop.generation.controller import Generation
from desktop.generation.model_choice import QUEUE
from desktop.jobs import JobCentre
from desktop.models.card import ModelCard
from desktop.models.consent import ConsentDialog
from desktop.models.listing import DEVICES, Entry, devices, entries
from desktop.settings import Settings
from desktop.theme import Theme
from desktop.widgets.choices import Button, ComboBox
from desktop.widgets.elided_label import ElidedLabel
from desktop.widgets.layouts import scrolling
from desktop.widgets.plain import Label, set_tooltip
from engine.inference.api import Status
from engine.jobs import Context, Job

FETCHING = "models"
"""The queue in which models are looked up and fetched, so that the generator need not wait for it."""


class ModelsPanel(QWidget):
    """The list of models. All of its work is done in jobs."""

    failed = Signal(str)
    """A sentence for the user."""
    notice = Signal(str)
    """A sentence for the user: something to know."""
    changed = Signal()
    """A model was added or removed."""

    def __init__(
        self, generation: Generation, jobs: JobCentre, settings: Settings, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._generation, self._jobs, self._settings, self._theme = generation, jobs, settings, theme
        self._cards: dict[str, ModelCard] = {}
        self._doing: dict[str, Job] = {}
        self._measured: dict[str, Mapping[str, Any]] = _rows(settings.text("models/measured"))
        self._build()
        generation.models.status_changed.connect(self._on_status)
        generation.models.model_changed.connect(lambda _: self.refresh())
        jobs.changed.connect(self._on_job)

    def _build(self) -> None:
        self.device = ComboBox()
        self.device.setAccessibleName("Device")
        set_tooltip(self.device, "What models run on; where it is missing or too small, the processor takes over")
        for name in devices():
            self.device.addItem(DEVICES[name], name)
        self.device.setCurrentIndex(max(self.device.findData(self._generation.models.model.device or ""), 0))
        self.device.activated.connect(self._choose_device)
        form = QFormLayout()
        form.setContentsMargins(0, 0, 0, 0)
        form.setHorizontalSpacing(12)
        label = Label("Run on")
        label.setProperty("role", "dim")
        form.addRow(label, self.device)
        self._list = QVBoxLayout()
        self._list.setContentsMargins(0, 0, 0, 0)
        self._list.setSpacing(8)
        self.repo = QLineEdit()
        self.repo.setPlaceholderText("owner/name on the hub")
        self.repo.setAccessibleName("Repository")
        self.repo.returnPressed.connect(self._add_repo)
        self.look = Button("Add…")
        set_tooltip(self.look, "See size and licence of this repository before anything is fetched")
        self.look.clicked.connect(self._add_repo)
        self.folder = Button("Add From Folder…")
        set_tooltip(self.folder, "Use a model that is on this machine; it stays where it is")
        self.folder.clicked.connect(self._ask_folder)
        self.doing = ElidedLabel(role="small", mode=Qt.TextElideMode.ElideRight)
        self.doing.hide()
        for button in (self.look, self.folder):
            button.setProperty("role", "field")
        fetch = QHBoxLayout()
        fetch.setSpacing(8)
        fetch.addWidget(self.repo, 1)
        fetch.addWidget(self.look)
        more = Label("More models")
        more.setProperty("role", "section")
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(8)
        column.addLayout(form)
        column.addLayout(self._list)
        column.addSpacing(4)
        column.addWidget(more)
        column.addLayout(fetch)
        column.addWidget(self.doing)
        column.addWidget(self.folder, 0, Qt.AlignmentFlag.AlignLeft)
        column.addStretch(1)
        area = scrolling(inside)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(area)

    # what is shown

    @property
    def cards(self) -> Mapping[str, ModelCard]:
        """The cards by the ids of their models."""
        return self._cards

    def showEvent(self, event: object) -> None:
        self.read_again()

    def read_again(self) -> None:
        """Looks for models, and shows what is there now."""
        current = entries()
        if [card.entry for card in self._cards.values()] != current:
            for card in self._cards.values():
                card.hide()
                card.deleteLater()
            self._cards = {entry.info.id: self._card(entry) for entry in current}
            for card in self._cards.values():
                self._list.addWidget(card)
        self.refresh()

    def _card(self, entry: Entry) -> ModelCard:
        card = ModelCard(entry, self._theme)
        card.load_requested.connect(self.load)
        card.unload_requested.connect(self.unload)
        card.measure_requested.connect(self.measure)
        card.add_requested.connect(self.add)
        card.remove_requested.connect(self.remove)
        card.cancel_requested.connect(self._cancel)
        return card

    def refresh(self) -> None:
        """Shows the state of every model."""
        loaded, model = self._generation.models.status.loaded, self._generation.models.model
        for key, card in self._cards.items():
            here = loaded is not None and loaded.model.name == key
            job = self._doing.get(key)
            card.show_state(
                used=model.name == key,
                loaded=here,
                memory_mb=loaded.memory_mb if here and loaded else None,
                measured=self._measured.get(key),
                doing=(job.share, job.text or job.title) if job and not job.over else None,
            )
        others = [job for key, job in self._doing.items() if key not in self._cards and not job.over]
        self.doing.setText(" · ".join(filter(None, (others[-1].title, others[-1].text))) if others else "")
        self.doing.setVisible(bool(others))
        self.look.setEnabled(not others)

    def _on_status(self, status: Status) -> None:
        for key, row in status.measured.items():
            if self._measured.get(key) != row:
                self._measured[key] = dict(row)
                self._settings.put("models/measured", json.dumps(self._measured))
        self.refresh()

    def _on_job(self, job: Job) -> None:
        if job in self._doing.values() and self.isVisible():
            self.refresh()

    # what is done

    def load(self, key: str) -> None:
        """Loads a model, which is asked from then on."""
        model = replace(self._generation.models.model, name=key, untrained=False)
        self._generation.models.set_model(model)
        inference = self._generation.models.inference
        self._run(key, f"Load {self._name(key)}", lambda context: inference.capabilities(model, context), queue=QUEUE)

    def unload(self) -> None:
        """Frees the loaded model's memory."""
        self._generation.models.inference.unload()

    def measure(self, key: str) -> None:
        """Measures a model's speed and memory."""
        model = replace(self._generation.models.model, name=key, untrained=False)
        inference = self._generation.models.inference

        def done(row: Mapping[str, Any]) -> None:
            self._measured[key] = dict(row)
            self._settings.put("models/measured", json.dumps(self._measured))

        self._run(
            key, f"Measure {self._name(key)}", lambda context: inference.measure(model, context), done, queue=QUEUE
        )

    def add(self, wanted: str) -> None:
        """Looks at a known model, a repository or a folder, and adds it once the user agreed."""
        from engine.generate import install

        def planned(plan: install.Plan) -> None:
            if plan.asks_consent:
                ConsentDialog(plan, lambda: self._fetch(wanted, plan), self._theme, self.window()).show()
            else:
                self._fetch(wanted, plan)

        self._run(wanted, f"Look at {self._name(wanted)}", lambda context: install.plan(wanted, context), planned)

    def _fetch(self, wanted: str, plan: Any) -> None:
        from engine.generate import install

        def done(info: Any) -> None:
            if self.repo.text().strip() == wanted:
                self.repo.clear()
            self.read_again()
            self.changed.emit()
            self.notice.emit(f"{info.name} was added.")

        self._run(wanted, f"Add {plan.name}", lambda context: install.fetch(plan, context), done)

    def remove(self, key: str) -> None:
        """Takes an added model off the list; files that were fetched are deleted."""
        from engine.generate import install

        def done(sentence: str) -> None:
            self.read_again()
            self.changed.emit()
            self.notice.emit(sentence)

        self._run(key, f"Remove {self._name(key)}", lambda context: install.remove(key, context), done)

    def _run(
        self,
        key: str,
        title: str,
        operation: Callable[[Context], Any],
        done: Callable[[Any], object] = lambda result: None,
        *,
        queue: str = FETCHING,
    ) -> None:
        def ended(result: Any) -> None:
            done(result)
            self.refresh()

        def failed(sentence: str) -> None:
            if sentence:
                self.failed.emit(sentence)
            self.refresh()

        self._doing[key] = self._jobs.submit(
            title,
            operation,
            ended,
            failed,
            queue=queue,
            again=lambda: self._run(key, title, operation, done, queue=queue),
        )
        self.refresh()

    def _cancel(self, key: str) -> None:
        if job := self._doing.get(key):
            self._jobs.cancel(job)

    def _name(self, key: str) -> str:
        card = self._cards.get(key)
        return card.entry.info.name if card else key

    def _choose_device(self, _: int) -> None:
        model = self._generation.models.model
        self._generation.models.set_model(replace(model, device=self.device.currentData() or None))

    def _add_repo(self) -> None:
        if self.look.isEnabled() and (repo := self.repo.text().strip()):
            self.add(repo)

    def _ask_folder(self) -> None:
        ask_folder(self, "Add a Model From a Folder", Path.home(), lambda folder: self.add(str(folder)))


def _rows(text: str) -> dict[str, Mapping[str, Any]]:
    """Bench rows as they were remembered; none if that is damaged."""
    try:
        rows = json.loads(text or "{}")
    except ValueError:
        return {}
    return {str(key): row for key, row in rows.items() if isinstance(row, dict)} if isinstance(rows, dict) else {}
