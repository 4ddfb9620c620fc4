"""`continuo train all`: corpus, decoder, tokens, language model and diffusion, in an order in which they overlap.

A run's folder holds the plan, the pool of sound, each training's own folder, what was encoded, and `model`, which can
be opened from the first published part on. Each stage finds what is done and goes on from there; a training saves its
state each minute. See `plan` for how the minutes are divided.
"""

import json
import shutil
import time
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

import torch
from torch import Tensor, nn

from engine.atomic_file import replacing
from engine.errors import Cancelled, ModelError
from engine.models import checkpoint, system
from engine.models.dualpath import DualPath
from engine.models.layers.analysis import encoder_input, targets
from engine.models.layers.vae import LayersConfig
from engine.models.stream_tokens import StreamTokenizer
from engine.models.system import MelodyConfig, Streaming
from engine.music import glossary
from engine.paths import resources
from engine.train import processes, publish
from engine.train.data import SoundPool, render_pool
from engine.train.excerpts import PoolHeader
from engine.train.layers import context, students, vae
from engine.train.layers.bank import Bank, make_bank
from engine.train.layers.encode import EncodedLayers, encode_layers, encode_one, fit_tokens
from engine.train.layers.keeping import FINISHED, STAGES
from engine.train.layers.plan import FEWEST, FURTHER, HELD_OUT, LATE, SHARES, Plan, Speeds, excerpts_for, steps_for
from engine.train.layers.rendering import rendering
from engine.train.loop import Metrics, Progress, Recipe, Trainer, Training, below, read_state

Say = Callable[[str], None]
_WORDS = ("mulan", "ear")  # parts that know words, taken from a model that has them
_LEAST, _SEEN = 2, 8  # examples a step, and held-out windows, of a short run on a CPU
_TRIED = 3  # steps that are timed, after one that is not
_FIRST, _BLOCK = 96, 12  # excerpts that a CPU analyses before it trains, and at once later
_HEARD = 400  # excerpts from which the bank of strokes is cut


@dataclass(frozen=True)
class Order:
    """What `train all` is asked for.

    Args:
        preset: one whose decoder is in layers.
        out: the run's folder.
        minutes: in all, over however many goes.
        data: recordings of the user's; the corpus without.
        start: a model to go on from, whose decoder and tokens stay as they are.
        earlier: the run that made it, whose sound and encodings are used again where they are at hand.
        seconds: of an excerpt.
        most: excerpts, for what the disk holds.
        colours: share of the corpus that sounds as if it had been recorded; what is held out never does.
        students: trains language model and diffusion to do without guidance what those of `start` do with it.
        guidance, token_guidance: of the teacher's velocities and distributions; those of `start` without.
    """

    preset: str
    out: Path
    minutes: float
    data: Path | None = None
    start: Path | None = None
    earlier: Path | None = None
    seed: int = 0
    device: str | None = None
    workers: int = 2
    own: bool = False
    seconds: float = 20.0
    most: int = 5000
    soundfont: str | None = None
    colours: float = 0.5
    students: bool = False
    guidance: float | None = None
    token_guidance: float | None = None


class Clock:
    """Seconds that a run has spent, over all its goes."""

    def __init__(self, path: Path) -> None:
        self._path, self._began = path, time.monotonic()
        self._before = float(json.loads(path.read_text())["seconds"]) if path.exists() else 0.0
        self._saved = 0.0

    @property
    def spent(self) -> float:
        """Until now."""
        return self._before + time.monotonic() - self._began

    def save(self, *, every: float = 0.0) -> None:
        """Writes it down, if `every` seconds have passed since the last time."""
        if time.monotonic() - self._saved >= every:
            with replacing(self._path) as part:
                part.write_text(json.dumps({"seconds": self.spent}), encoding="utf-8")
            self._saved = time.monotonic()


class Everything:
    """A run in progress."""

    def __init__(self, order: Order, say: Say, stop: Callable[[], bool] = lambda: False) -> None:
        """Raises `ModelError` for a preset of another architecture, or students without a teacher."""
        if order.preset not in vae.LOSSES:
            raise ModelError(f"`train all` trains the presets {', '.join(vae.LOSSES)}, not {order.preset}.")
        if order.students and not order.start:
            raise ModelError("Students learn from a model that is trained: name its run with --run.")
        self.order, self.say, self.stop = order, say, stop
        self.config: MelodyConfig = system.PRESETS[order.preset]
        order.out.mkdir(parents=True, exist_ok=True)
        self.model = order.out / "model"
        self.clock = Clock(order.out / "clock.json")
        self.device = str(processes.start(device=order.device).device)
        frames = round(order.seconds * self.config.vae.rate / 1920) * 1920
        folder = str(order.data.resolve()) if order.data else ""
        self.header = PoolHeader(self.config.vae.rate, 6, frames, "train", order.seed, order.own, folder, layers=True)
        if not order.data:
            self.header = replace(self.header, colours=order.colours)
        self.pool, self.encoded = (order.earlier or order.out) / "sound", (order.earlier or order.out) / "encoded"
        self.shares = FURTHER if order.start else SHARES

    @property
    def _beside(self) -> bool:
        """Whether sound is rendered and analysed beside the training, by processors that this leaves free."""
        return self.device != "cpu"

    @property
    def _sizes(self) -> LayersConfig:
        assert isinstance(self.config.vae, LayersConfig)
        return self.config.vae

    @property
    def seconds(self) -> float:
        """The whole time."""
        return self.order.minutes * 60

    def run(self) -> Metrics:
        """All stages; returns the last figures of each.

        Raises:
            Cancelled: it was stopped; the same order goes on from there.
            ModelError: with the reason.
        """
        self._open_model()
        self._take_finished()
        plan = self._planned()
        figures: Metrics = {}
        if not self.order.start:
            figures |= self._train_decoder(plan)
        self._render_rest(plan)
        train, held_out = self._encode()
        for name in ("lm", "dpd"):
            figures |= self._train_next(name, train, held_out)
        if self.order.students:
            figures |= self._without_guidance(held_out)
        self.clock.save()
        self._note(figures)
        self.say(f"finished in {self.clock.spent / 60:.1f} minutes: {self.model}")
        return figures

    def _check(self) -> None:
        self.clock.save(every=5.0)
        if self.stop():
            self.clock.save()
            raise Cancelled

    def _report(self, share: float, text: str) -> None:
        del share, text
        self._check()

    def _open_model(self) -> None:
        """A folder that can be loaded, with random weights and the words of the bundled model where they fit."""
        if (self.model / checkpoint.DESCRIPTION).exists():
            return
        if self.order.start:
            description = checkpoint.describe(self.order.start)
            if replace(description.config, streaming=self.config.streaming) != self.config:
                raise ModelError(
                    f"The model in {self.order.start} has other sizes than the preset {self.order.preset}."
                )
            shutil.copytree(self.order.start, self.model, dirs_exist_ok=True)
            return
        torch.manual_seed(self.order.seed)
        checkpoint.save(
            self.model, system.build(self.config), self.config, model_id=f"melody-{self.order.preset}",
            name=f"MeLoDy {self.order.preset}", preset=self.order.preset,
        )  # fmt: skip
        words = resources() / "models" / "melody-starter"
        known_words = checkpoint.describe(words)
        for name in _WORDS:
            if self._has_words(name):
                module = system.build(known_words.config)[name]  # its other parts need not be there
                checkpoint.load_part(words, name, known_words.parts[name], module)
                self._publish(name, module)
        if known_words.glossary and self.config.mulan == known_words.config.mulan:
            checkpoint.add_glossary(self.model, glossary.read(words / glossary.FILE))

    def _take_finished(self) -> None:
        """Publishes the parts that were finished elsewhere (see `keeping`)."""
        for path in sorted((self.order.out / FINISHED).glob("*.safetensors")):
            name = path.stem
            if not self._published(name):
                module = system.build(self.config)[name]
                checkpoint.load_part(path.parent, name, checkpoint.Part(path.name, "", 0), module, check=False)
                self._publish(name, module)
                self._mark(name)

    def _publish(self, name: str, module: nn.Module) -> None:
        description = checkpoint.describe(self.model)
        part = checkpoint.save_part(self.model, name, module.cpu())
        checkpoint.write_description(self.model, replace(description, parts=description.parts | {name: part}))

    def _of(self, split: str) -> PoolHeader:
        return replace(self.header, split=split, colours=self.header.colours if split == "train" else 0.0)

    def _render(self, split: str, excerpts: int) -> SoundPool:
        header = self._of(split)
        return render_pool(
            self.pool, header, excerpts * header.seconds / 60, workers=self.order.workers,
            soundfont=self.order.soundfont, report=self._report,
        )  # fmt: skip

    def _planned(self) -> Plan:
        """The plan that is there, or one from measured speeds."""
        if (plan := Plan.load(self.order.out)) is not None:
            return plan
        if self.order.earlier:
            counts = len(SoundPool(self.pool / "train")), len(SoundPool(self.pool / "validation"))
            plan = Plan(counts[0], counts[0], counts[1])
            plan.save(self.order.out)
            return plan
        workers = max(self.order.workers, 1)
        began = time.monotonic()
        pool = self._render("train", max(2 * workers, 4))
        render = (time.monotonic() - began) * workers / len(pool)  # processes take seconds to start: a high estimate
        began, wave = time.monotonic(), pool.cut([(0, 0)], pool.header.frames).to(self.device)
        sound, drums = vae.chosen(wave, torch.zeros(1).to(wave), torch.ones(1).to(wave))
        encoder_input(sound)
        targets(sound, drums)
        analyse, began = time.monotonic() - began, time.monotonic()
        modules = checkpoint.load(self.model)[1].to(self.device)
        cast(StreamTokenizer, modules["ssl"]).features(wave[:, 0])
        encode_one(pool, modules, self.config, self.device)
        encode = time.monotonic() - began
        beside = self._beside
        if beside:  # the first pass on a GPU prepares what the others use
            encode, analyse = 0.05, 0.0
        speeds = Speeds(render, analyse, encode, workers, beside)
        excerpts = excerpts_for(self.seconds, self.shares, speeds, self.order.most)
        held_out = max(2, min(24, round(excerpts * HELD_OUT)))
        first = min(excerpts, max(4 * workers, excerpts // 20) if beside else _FIRST)
        plan = Plan(excerpts, first, held_out, each=0.0 if beside else render / workers + analyse)
        plan.save(self.order.out)
        self.say(f"plan: {excerpts} excerpts ({excerpts * self.header.seconds / 3600:.2f} h), {render:.2f} s each")
        return plan

    def _excerpts(self, plan: Plan) -> tuple[vae.Excerpts, vae.Excerpts, Bank]:
        self._render("validation", plan.held_out)
        self._render("train", plan.first if self._beside else min(plan.excerpts, max(plan.first, _HEARD)))
        path = self.order.out / "bank.npz"
        if not path.exists():
            pool = SoundPool(self.pool / "train")
            make_bank(pool.truth, self._sizes.strokes, soundfont=self.order.soundfont).save(path)
        bank = Bank.load(path)
        if not self._beside:
            vae.store_features(self.pool / "validation", self._report)
            vae.store_features(self.pool / "train", self._report, plan.first)
        return vae.Excerpts(self.pool / "train", bank), vae.Excerpts(self.pool / "validation", bank), bank

    def _more(self, plan: Plan) -> Callable[[int], None] | None:
        """What renders and analyses the excerpts that a step asks for; None where that is done beside the training."""

        def make(wanted: int) -> None:
            count = min(plan.excerpts, -(-wanted // _BLOCK) * _BLOCK)
            self._render("train", count)
            vae.store_features(self.pool / "train", self._report, count)

        return None if self._beside else make

    def _train_decoder(self, plan: Plan) -> Metrics:
        folder = self.order.out / "vae"
        if self._published("vae"):
            return {}
        train, held_out, bank = self._excerpts(plan)
        losses, settings = vae.LOSSES[self.order.preset], self._precise(vae.TRAINING[self.order.preset])

        def make(available: vae.Availability | None) -> vae.LayersRecipe:
            return vae.LayersRecipe(
                self._sizes,
                losses,
                train,
                held_out,
                bank,
                seed=self.order.seed,
                available=available,
                loaders=4 if self.device.startswith("cuda") else 0,
            )

        if not plan.vae:
            budget = max(self._left("vae") - plan.each * (plan.excerpts - plan.first), 0.5 * self._left("vae"))
            seconds = self._timed(make(vae.Availability(train, total=plan.first)), settings, "vae")
            plan = plan.with_steps("vae", steps_for(budget, seconds))
            plan = replace(plan, a_step=(plan.excerpts - plan.first) / max(0.85 * plan.vae, 1))
            plan.save(self.order.out)
            self.say(f"plan: {plan.vae} steps of the decoder at {seconds:.3f} s")
        available = vae.Availability(train, plan.first, plan.a_step, plan.excerpts, make=self._more(plan))
        header = self._of("train")
        recipe = make(available)
        beside = rendering(self.pool, header, plan.excerpts, self.order.workers, self.order.soundfont)
        with beside if self._beside else nullcontext():
            figures = self._trained(recipe, settings, folder, plan.vae, "vae")
            self.say(f"decoder: waited {available.waited:.1f} s for sound; {len(train)} excerpts are there")
        self._finish(recipe, folder, "vae")
        return figures

    def _render_rest(self, plan: Plan) -> None:
        """Of a run that goes on, or whose decoder was trained faster than sound was rendered."""
        if self.order.earlier:
            return
        self._render("validation", plan.held_out)
        if self.order.start or not self._beside:
            self._render("train", plan.excerpts)

    def _encode(self) -> tuple[EncodedLayers, EncodedLayers]:
        pool = SoundPool(self.pool / "train")
        description, modules = checkpoint.load(self.model)
        modules.to(self.device)
        if not self.order.start and not self._published("ssl"):
            fit_tokens(cast(StreamTokenizer, modules["ssl"]), pool, seed=self.order.seed)
            self._publish("ssl", modules["ssl"])
            self._mark("ssl")
            description, modules = checkpoint.load(self.model)
            modules.to(self.device)
        version = "".join(description.parts[name].sha256[:12] for name in ("vae", "ssl", "mulan"))
        splits = []
        for split in ("train", "validation"):
            batch = 8 if self.device != "cpu" else 2
            splits.append(
                encode_layers(
                    SoundPool(self.pool / split), modules, self.config, self.encoded, version, device=self.device,
                    batch=batch, report=self._report,
                )
            )  # fmt: skip
        self.say(f"encoded {len(splits[0]) // 2} excerpts, {self.clock.spent:.0f} s so far")
        return splits[0], splits[1]

    def _train_next(self, name: str, train: EncodedLayers, held_out: EncodedLayers) -> Metrics:
        folder, preset = self.order.out / name, self.order.preset
        if self._published(name):
            return {}
        losses: dict[str, Any] = {"lm": context.LM_LOSSES[preset], "dpd": context.DPD_LOSSES[preset]}
        kinds: dict[str, Any] = {"lm": context.ContextLmRecipe, "dpd": context.ContextDpdRecipe}
        settings = self._precise({"lm": context.LM_TRAINING[preset], "dpd": context.DPD_TRAINING[preset]}[name])

        def make() -> Any:
            config, seed = getattr(self.config, name), self.order.seed
            if self.order.students:
                return self._student(name, losses[name], train, held_out)
            recipe = kinds[name](config, losses[name], train, held_out, seed=seed)
            if self.order.start:
                _, modules = checkpoint.load(self.order.start, parts=(name,))
                recipe.start_from(modules[name].float().requires_grad_(True))
            return recipe

        if self.order.start:
            settings = replace(settings, lr=0.5 * settings.lr)
        plan = self._planned()
        if not getattr(plan, name):
            share = self.shares[name] / sum(self.shares[each] for each in ("lm", "dpd") if not getattr(plan, each))
            budget = max(0.94 * self.seconds - self.clock.spent, 2.0) * share
            plan = plan.with_steps(name, *self._steps(make, settings, name, budget))
            plan.save(self.order.out)
            self.say(f"plan: {getattr(plan, name)} steps of {name} in {budget:.0f} s")
        if batch := getattr(plan, f"{name}_batch"):  # a short run, whose figures are few, too
            settings, losses[name] = replace(settings, batch=batch), replace(losses[name], validation=_SEEN)
        recipe = make()
        figures = self._trained(recipe, settings, folder, getattr(plan, name), name)
        self._finish(recipe, folder, name)
        return figures

    def _steps(self, make: Callable[[], Recipe], settings: Training, name: str, budget: float) -> tuple[int, int]:
        """How many steps fit into seconds; and of which batch, where a CPU would take too few of the preset's."""
        batch = settings.batch
        if not self._beside:
            least = min(_LEAST, batch)
            each = self._timed(make(), replace(settings, batch=least), name) / least
            if budget < FEWEST * batch * each:
                batch = max(min(int(budget / (FEWEST * each)), batch), least)
                return steps_for(budget, batch * each), batch
        return steps_for(budget, self._timed(make(), settings, name)), 0

    def _teacher(self) -> Streaming:
        """How the teacher is played."""
        assert self.order.start is not None
        played = checkpoint.describe(self.order.start).config.streaming
        velocities, tokens = self.order.guidance, self.order.token_guidance
        return replace(
            played,
            guidance=played.guidance if velocities is None else velocities,
            token_guidance=played.token_guidance if tokens is None else tokens,
        )

    def _student(self, name: str, losses: Any, train: EncodedLayers, held_out: EncodedLayers) -> Any:
        assert self.order.start is not None
        _, modules = checkpoint.load(self.order.start, parts=(name,))
        kind: Any = students.StudentLmRecipe if name == "lm" else students.StudentDpdRecipe
        guidance = self._teacher().token_guidance if name == "lm" else self._teacher().guidance
        return kind(
            getattr(self.config, name), losses, train, held_out, teacher=modules[name], guidance=guidance,
            seed=self.order.seed,
        )  # fmt: skip

    def _without_guidance(self, held_out: EncodedLayers) -> Metrics:
        """Fits the angles of few steps, and writes down that the model plays with them and without guidance."""
        assert self.order.start is not None
        teacher, description = self._teacher(), checkpoint.describe(self.model)
        networks = [
            cast(DualPath, checkpoint.load(folder, parts=("dpd",))[1]["dpd"].float().to(self.device))
            for folder in (self.model, self.order.start)
        ]
        angles, figures = students.fit_angles(
            networks[0], networks[1], held_out, guidance=teacher.guidance, length=self.config.chunk_tokens * 2,
            seed=self.order.seed, check=self._check,
        )  # fmt: skip
        steps = min(teacher.steps, students.MOST_STEPS)
        streaming = replace(teacher, guidance=1.0, token_guidance=1.0, steps=steps, angles=angles)
        config = replace(description.config, streaming=streaming)
        checkpoint.write_description(self.model, replace(description, config=config))
        self.say("angles: " + ", ".join(f"{name} {value:.4g}" for name, value in figures.items()))
        return {f"angles.{name}": value for name, value in figures.items()}

    def _precise(self, settings: Training) -> Training:
        """The settings in float32 where the device has no bfloat16."""
        native = processes.computes_in_bfloat16(torch.device(self.device))
        return settings if native else replace(settings, precision="no")

    def _left(self, name: str) -> float:
        """Seconds of a stage: its share, and what those before it saved or took."""
        stages = list(self.shares)
        until = sum(self.shares[each] for each in stages[: stages.index(name) + 1])
        return max(self.seconds * until - self.clock.spent, 0.5 * self.seconds * self.shares[name])

    def _timed(self, recipe: Recipe, settings: Training, name: str) -> float:
        """Seconds a step, of a training that is thrown away."""
        folder = self.order.out / f"timing-{name}"
        shutil.rmtree(folder, ignore_errors=True)
        settings = replace(settings, steps=10**9, save_minutes=1e9, validate_steps=10**9, seed=self.order.seed)
        trainer = Trainer(recipe, settings, folder, device=self.device)
        times: list[float] = []

        def ticked() -> bool:
            if self.device.startswith("cuda"):
                torch.cuda.synchronize()
            times.append(time.monotonic())
            return len(times) > _TRIED + 1

        trainer.run(stop=ticked)
        shutil.rmtree(folder, ignore_errors=True)
        return (times[-1] - times[1]) / _TRIED

    def _trained(self, recipe: Recipe, settings: Training, folder: Path, steps: int, name: str) -> Metrics:
        """Trains to the end of the planned steps.

        Raises:
            Cancelled: it was stopped.
        """
        minutes = max(LATE * self.seconds * max(self.shares[name], 0.1), self.seconds - self.clock.spent) / 60
        validate = min(settings.validate_steps, max(steps // 4, 10))
        settings = replace(
            settings, steps=steps, warmup=min(settings.warmup, max(steps // 10, 1)), seed=self.order.seed,
            save_minutes=min(settings.save_minutes, 1.0), validate_steps=validate, minutes=minutes,
        )  # fmt: skip
        trainer = Trainer(recipe, settings, folder, device=self.device)

        def stop() -> bool:
            self.clock.save(every=5.0)
            return self.stop()

        def show(progress: Progress) -> None:
            figures = progress.validation or progress.losses
            text = ", ".join(f"{key} {value:.4g}" for key, value in list(figures.items())[:14])
            self.say(f"{name} {progress.step}/{progress.steps} {self.clock.spent:.0f} s: {text}")

        figures = trainer.run(show, stop)
        if self.stop():
            self.clock.save()
            raise Cancelled
        return {f"{name}.{key}": value for key, value in figures.items()}

    def _finish(self, recipe: Any, folder: Path, name: str) -> None:
        """Publishes the averaged weights."""
        _, tensors = read_state(folder)
        averages: dict[str, dict[str, Tensor]] = {part: below(tensors, f"average/{part}/") for part in recipe.averaged}
        torch.manual_seed(self.order.seed)
        self._publish(name, recipe.published(averages))
        self._mark(name)

    def _published(self, name: str) -> bool:
        return (self.order.out / f"{name}.published").exists()

    def _mark(self, name: str) -> None:
        (self.order.out / f"{name}.published").write_text(checkpoint.describe(self.model).parts[name].sha256)

    def _note(self, figures: Metrics) -> None:
        plan = self._planned()
        facts = {
            "preset": self.order.preset,
            "seed": self.order.seed,
            "minutes": round(self.clock.spent / 60, 2),
            "excerpts": plan.excerpts,
            "steps": {name: getattr(plan, name) for name in STAGES},
            "figures": figures,
            "started_from": self.order.start.name if self.order.start else "",
        }
        with replacing(self.model / "training-all.json") as part:
            part.write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")
        publish.note_all(self.model, self._parts(plan))

    def _parts(self, plan: Plan) -> dict[str, dict[str, Any]]:
        """How each part came about, for the card."""
        data = {
            "excerpts": plan.excerpts,
            "seconds": self.header.seconds,
            "recordings": bool(self.order.data),
            "colours": self.header.colours,
        }
        here = {"options": {}, "data": data, "figures": {}}
        start = publish.trained(self.order.start) if self.order.start else {}
        words = publish.trained(resources() / "models" / "melody-starter")
        parts = {name: words[name] for name in _WORDS if name in words and not start and self._has_words(name)} | start
        if not self.order.start:
            parts["ssl"] = here | {"how": "centres of descriptors, by k-means"}
        for name in STAGES:
            if steps := getattr(plan, name):
                settings = {"vae": vae.TRAINING, "lm": context.LM_TRAINING, "dpd": context.DPD_TRAINING}[name]
                batch = getattr(plan, f"{name}_batch", 0) or settings[self.order.preset].batch
                figures = publish.last_figures(self.order.out / name)
                how = {"how": f"{steps} steps of {batch} as a student"} if self.order.students else {}
                parts[name] = here | {"steps": steps, "batch": batch, "figures": figures} | how
        return parts

    def _has_words(self, name: str) -> bool:
        """Whether a part that knows words is the bundled model's."""
        ours = getattr(self.config, name)
        bundled = checkpoint.describe(resources() / "models" / "melody-starter").config
        return ours is not None and bool(ours == getattr(bundled, name))
