"""From a run to a model: the averaged weights as one part of a model's folder, and what the model card says of it.

The folder is created with random weights for all other parts, so that it can be loaded from the first part on;
`training.json` says which parts have been trained, on what and with which figures, and `card.md` says it to people.
"""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from engine.atomic_file import replacing
from engine.errors import ModelError
from engine.models import checkpoint, system
from engine.models.layers.vae import LayersConfig
from engine.train.loop import below, read_state
from engine.train.recipes import Run, config_of, make, recall

TRAINED, CARD = "training.json", "card.md"


def publish(
    folder: Path,
    model: Path,
    *,
    model_id: str | None = None,
    name: str | None = None,
    device: str = "cpu",
    run: Run | None = None,
) -> checkpoint.Description:
    """Writes the part that the run in `folder` trained into the model in `model`.

    Args:
        folder: the run.
        model: the model's folder; made when there is none, the other parts with random weights.
        model_id: of a new model; its folder's name by default.
        name: of a new model, for people.
        device: where what follows training (k-means, the spread of the latents) is computed.
        run: what the run was made of, if its folder does not say.

    Raises:
        ModelError: the run or the model cannot be read, or the model is of another preset.
    """
    run = run or recall(folder)
    header, tensors = read_state(folder)
    config = config_of(run.preset)
    if (model / checkpoint.DESCRIPTION).exists():
        description = checkpoint.describe(model)
        if description.preset != run.preset:
            raise ModelError(f"{model} is of the preset {description.preset}, the run of {run.preset}: name another.")
    else:
        title = name or f"Continuo {run.preset}"
        description = checkpoint.save(
            model, system.build(config), config, model_id=model_id or model.name, name=title, preset=run.preset
        )
    recipe, training = make(run, begin=False)
    for module in recipe.modules.values():
        module.to(device)
    part = recipe.published({part_name: below(tensors, f"average/{part_name}/") for part_name in recipe.averaged})
    saved = checkpoint.save_part(model, recipe.part, part.cpu())
    if "ear" not in description.parts and recipe.part != "ear":
        config = replace(config, ear=None)  # a model from before there were ears stays without
    description = replace(description, parts=description.parts | {recipe.part: saved}, config=config)
    checkpoint.write_description(model, description)
    facts = {
        "recipe": run.recipe,
        "steps": int(header["step"]),
        "batch": training.batch,
        "seed": run.seed,
        "options": dict(run.options),
        "data": _data(Path(run.data)),
        **({"started_from": Path(run.model).name} if run.model else {}),
        "figures": last_figures(folder),
    }
    _note(model, recipe.part, facts)
    (model / CARD).write_text(card(model), encoding="utf-8")
    return description


def last_figures(folder: Path) -> dict[str, float]:
    """The figures of a run's last validation."""
    path = folder / "curve.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    for line in reversed(lines):
        values = json.loads(line)
        figures = {key.removeprefix("validation."): v for key, v in values.items() if key.startswith("validation.")}
        if figures:
            return figures
    return {}


def trained(model: Path) -> dict[str, Any]:
    """What `training.json` says of each part that has been trained."""
    path = model / TRAINED
    try:
        return dict(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else {}
    except (OSError, ValueError) as error:
        raise ModelError(f"{path} is damaged ({error}): remove it and publish again.") from error


def _note(model: Path, part: str, facts: dict[str, Any]) -> None:
    with replacing(model / TRAINED) as beside:
        beside.write_text(json.dumps(trained(model) | {part: facts}, indent=1) + "\n", encoding="utf-8")


def note_all(model: Path, parts: dict[str, dict[str, Any]]) -> None:
    """Writes down how each part came about, in the words of `publish`, and the model's card.

    Args:
        model: the folder.
        parts: facts of each: `figures`, `options`, `data`, and `steps` and `batch` or, in words, `how`.
    """
    for part, facts in parts.items():
        _note(model, part, facts)
    (model / CARD).write_text(card(model), encoding="utf-8")


def _data(folder: Path) -> dict[str, Any]:
    """The header of the training split, without its place on this machine."""
    for name in ("pool.json", "encoded.json"):
        path = folder / "train" / name
        if path.exists():
            values = json.loads(path.read_text(encoding="utf-8"))
            return {key: value for key, value in values.items() if key != "folder"}
    return {}


def _how(done: dict[str, Any]) -> str:
    return str(done["how"]) if "how" in done else f"{done['steps']} steps of {done['batch']}"


def _played(config: system.MelodyConfig) -> list[str]:
    """How it makes sound, in a sentence or two."""
    streaming, vae = config.streaming, config.vae
    kind = "oscillators, noise and strokes" if isinstance(vae, LayersConfig) else "spectra"
    channels = "stereo" if vae.channels == 2 else "mono"
    guidance = (
        "without guidance"
        if streaming.guidance == streaming.token_guidance == 1
        else f"with guidance {streaming.guidance:g} and {streaming.token_guidance:g} for tokens"
    )
    fitted = " of fitted angles" if streaming.fitted(streaming.steps) else ""
    return [
        f"Sound at {vae.rate / 1000:g} kHz, {channels}, of {kind}; {vae.latent_width} latents at {vae.frame_rate:g} "
        f"Hz; {streaming.steps} steps{fitted} {guidance}."
    ]


def _heard(facts: dict[str, Any]) -> list[str]:
    """What the decoder, or else any part, was trained on; nothing where that is not known."""
    told = [facts.get("vae", {}), *facts.values()]
    data: dict[str, Any] = next((each["data"] for each in told if each.get("data")), {})
    if "excerpts" not in data:
        return []
    hours = data["excerpts"] * data["seconds"] / 3600
    if data.get("recordings"):
        return ["", f"Trained on {hours:.2f} h of recordings that its user named: their rights are the user's to know."]
    coloured = f", {data['colours']:.0%} of it as if it had been recorded" if data.get("colours") else ""
    return ["", f"Trained on {hours:.2f} h of music that this program composed and played itself{coloured}."]


def card(model: Path, text: str = "") -> str:
    """The model card, Markdown: a table of the parts, then the figures of each trained one, then `text`.

    Raises:
        ModelError: the folder holds no model.
    """
    description, facts = checkpoint.describe(model), trained(model)
    lines = [
        f"# {description.name}",
        "",
        f"Preset `{description.preset}`, licence {description.licence}, weights in float16, version "
        f"`{description.version}`.",
        "",
        "| part | parameters | trained |",
        "| --- | --- | --- |",
    ]
    for name in checkpoint.parts_of(description.config):
        done = facts.get(name)
        training_text = _how(done) if done else "no: random weights"
        lines.append(f"| {name} | {description.parts[name].parameters:,} | {training_text} |")
    lines += ["", *_played(description.config), *_heard(facts)]
    for name, done in facts.items():
        if not done["figures"]:
            continue
        lines += ["", f"## {name}", "", "| figure on held-out data | value |", "| --- | --- |"]
        lines += [f"| {key} | {value:.4g} |" for key, value in sorted(done["figures"].items())]
        if done["options"]:
            lines += ["", "Options: " + ", ".join(f"{key} = {value}" for key, value in done["options"].items()) + "."]
    return "\n".join(lines) + "\n" + (f"\n{text.strip()}\n" if text else "")
