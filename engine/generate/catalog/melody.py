"""MeLoDy (Lam et al. 2023), the program's own neural model: prompt → semantic tokens → latents → sound."""

from typing import TYPE_CHECKING

from engine.generate.interface import Generator
from engine.generate.model_spec import KnownModel, ModelSpec, Opening
from engine.jobs import Context
from engine.music.guide import GuidePart

if TYPE_CHECKING:
    from engine.generate.bench import Row


def _open(opening: Opening) -> Generator:
    from engine.generate.melody import Melody

    if opening.folder is None:
        return Melody.untrained(opening.preset, opening.device)
    return Melody.load(opening.folder, opening.device, model_id=opening.model_id)


def _measure(generator: Generator, context: Context) -> "Row":
    from engine.generate import bench

    return bench.measure(bench.of_melody(generator), context=context)


SPEC = ModelSpec(
    "melody",
    "MeLoDy",
    open=_open,
    models=(
        KnownModel(
            "melody-starter",
            "MeLoDy starter",
            "Apache-2.0",
            "small enough to play live on two CPU cores",
            preset="starter",
        ),
        KnownModel(
            "melody-paper",
            "MeLoDy",
            "Apache-2.0",
            "the sizes of the paper, for a GPU; to be trained with `continuo train`",
            preset="paper",
        ),
    ),
    guides=frozenset(GuidePart),
    measure=_measure,
    rank=0,
)
