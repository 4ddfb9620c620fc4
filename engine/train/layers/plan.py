"""How `train all` divides its time: numbers of steps and excerpts, worked out from measured speeds and written down.

From then on everything follows from the numbers, not from the clock, so that a run that is killed and resumed ends with
the weights of one that was not. A clock only guards the end: a stage that takes a quarter longer than planned stops.
"""

import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from engine.atomic_file import replacing
from engine.errors import ModelError

PLAN = "plan.json"
SHARES = {"render": 0.04, "vae": 0.40, "encode": 0.12, "lm": 0.16, "dpd": 0.24}
"""Of all minutes; the rest is for opening, publishing and figures. Sound is rendered beside the decoder's training."""
FURTHER = {"render": 0.25, "vae": 0.0, "encode": 0.15, "lm": 0.20, "dpd": 0.34}
"""The same for a run that goes on from a model, whose decoder and tokens stay."""
LATE = 1.25
HELD_OUT = 1 / 12
"""Excerpts that are held out, for each one that is trained on."""
FEWEST = 40
"""Steps for whose sake a CPU takes smaller batches."""


@dataclass(frozen=True)
class Plan:
    """excerpts: in all; first: before training begins; a_step: more of them each step of the decoder's training.

    each: seconds that the training itself spends on each of the others, where nobody renders beside it.
    Steps are 0 until they are known: those of the later stages are worked out when the earlier ones are over. A
    batch of 0 is the preset's.
    """

    excerpts: int
    first: int
    held_out: int
    a_step: float = 0.0
    each: float = 0.0
    vae: int = 0
    lm: int = 0
    dpd: int = 0
    lm_batch: int = 0
    dpd_batch: int = 0

    def with_steps(self, name: str, steps: int, batch: int = 0) -> "Plan":
        """The plan with a stage's steps, and their batch where it is another than the preset's."""
        return replace(self, **{name: steps}, **({f"{name}_batch": batch} if batch else {}))

    def save(self, folder: Path) -> None:
        """Writes it, whole or not at all."""
        with replacing(folder / PLAN) as part:
            part.write_text(json.dumps(asdict(self), indent=1) + "\n", encoding="utf-8")

    @staticmethod
    def load(folder: Path) -> "Plan | None":
        """What was planned here; None if nothing was.

        Raises:
            ModelError: the file is damaged.
        """
        path = folder / PLAN
        if not path.exists():
            return None
        try:
            return Plan(**json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError) as error:
            raise ModelError(f"{path} is damaged ({error}): remove it, and the run is planned anew.") from error


@dataclass(frozen=True)
class Speeds:
    """Seconds: of rendering an excerpt by one worker, of analysing and of encoding one; and how many workers there are.

    beside: whether sound is rendered beside the training, by processors that this leaves free.
    """

    render: float
    analyse: float
    encode: float
    workers: int
    beside: bool


def excerpts_for(seconds: float, shares: dict[str, float], speeds: Speeds, most: int) -> int:
    """How many excerpts can be rendered, analysed and encoded in the shares of a run of so many seconds."""
    each = speeds.render / max(speeds.workers, 1)
    if speeds.beside:
        by_rendering = seconds * (shares["render"] + 0.8 * shares["vae"]) / each
    else:  # rendering and analysis come before the training, and take of its time
        by_rendering = seconds * (shares["render"] + 0.4 * shares["vae"]) / (each + speeds.analyse)
    by_encoding = seconds * shares["encode"] / max((1 + HELD_OUT) * speeds.encode, 1e-6)
    return max(4, min(most, int(by_rendering), int(by_encoding)))


def steps_for(seconds: float, step_seconds: float, least: int = 2) -> int:
    """How many steps fit into so many seconds."""
    return max(least, int(seconds / max(step_seconds, 1e-6)))
