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


_STARTER = (
    ("lm", 3_951_616),
    ("dpd", 3_600_864),
    ("vae", 4_799_222),
    ("mulan", 1_812_513),
    ("ssl", 1_573_747),
    ("ear", 13_428),
)
_PAPER = (
    ("lm", 429_968_384),
    ("dpd", 295_428_608),
    ("vae", 97_251_425),
    ("mulan", 195_258_881),
    ("ssl", 201_170_304),
)

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
            parts=_STARTER,
        ),
        KnownModel(
            "melody-paper",
            "MeLoDy",
            "Apache-2.0",
            "the sizes of the paper, for a GPU; to be trained with `continuo train`",
            preset="paper",
            parts=_PAPER,
        ),
    ),
    guides=frozenset(GuidePart),
    measure=_measure,
    rank=0,
)
