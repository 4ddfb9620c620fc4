"""`ModelSpec`: all that the program knows of a family of models before one is loaded. Nothing here imports torch.

A family is described in one file of `engine.generate.catalog`; whatever lists, installs, opens or measures models, and
the shell's options, are built from the specs that lie there.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from engine.generate.interface import Generator, Parameter
from engine.jobs import Context
from engine.music.guide import GuidePart
from engine.plain_text import one_line

if TYPE_CHECKING:
    from engine.generate.bench import Row

NON_COMMERCIAL = "no commercial use"
STABILITY = "commercial use up to a yearly revenue of 1 million US dollars, after registering with Stability AI"


@dataclass(frozen=True, slots=True)
class KnownModel:
    """A model that this program knows by name, installed or not.

    licence: as its makers state it with the weights. A licence that forbids commercial use holds for the sound that a
        model makes, too, so the model, its clips and their exports are marked with it.
    about: what it makes, in a few words.
    preset: the sizes of its networks, for models of the program's own that also run with random weights.
    parts: the parameters of each of its networks, as far as they are known without its weights.
    repo: where its weights are published; empty for the program's own.
    bytes: about how much is fetched.
    commercial: whether what it makes may be used commercially; `terms` says under which condition, if any.
    """

    id: str
    name: str
    licence: str
    about: str
    preset: str = ""
    parts: tuple[tuple[str, int], ...] = ()
    repo: str = ""
    bytes: int = 0
    commercial: bool = True
    terms: str = ""


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """One line of `continuo models`. `folder` is None where it is not installed; `problem` says why it cannot run.

    problem: a sentence, plain text on one line.
    parts: name and parameters of each, as far as they are known. commercial: whether what it makes may be used so,
    under the condition in `terms`. repo: where it is published. memory: bytes that it needs loaded, about.
    system: `ModelSpec.system` of its family.
    """

    id: str
    name: str
    preset: str
    licence: str
    parts: tuple[tuple[str, int], ...]
    bytes: int
    folder: Path | None
    problem: str = ""
    system: str = "melody"
    commercial: bool = True
    terms: str = ""
    repo: str = ""
    memory: int = 0

    def __post_init__(self) -> None:
        object.__setattr__(self, "problem", one_line(self.problem))

    def to_dict(self) -> dict[str, Any]:
        """As `continuo models --json` prints it."""
        return {
            "id": self.id,
            "name": self.name,
            "preset": self.preset,
            "parts": [{"name": name, "parameters": count} for name, count in self.parts],
            "bytes": self.bytes,
            "licence": self.licence,
            "installed": self.folder is not None,
            "commercial": self.commercial,
            **({"terms": self.terms} if self.terms else {}),
            **({"repository": self.repo} if self.repo else {}),
            **({"problem": self.problem} if self.problem else {}),
        }


@dataclass(frozen=True, slots=True)
class Opening:
    """What a model is to be opened with.

    folder: where its files are; None runs the networks of `preset` with random weights.
    device: “cpu”, “cuda” …; None for the best there is.
    model_id, licence: under which a folder was added; empty for those that it states itself.
    """

    folder: Path | None
    device: str | None = None
    preset: str = ""
    model_id: str = ""
    licence: str = ""


def _none_installed() -> Sequence[ModelInfo]:
    return ()


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """A family of models that run by the same code.

    id: in records of takes. name: for users.
    open: loads a model of the program's own; None where `adapter` does.
    adapter: imports the class that runs folders of diffusers or transformers; called with their `Layout` and
        `DevicePlan` it is a generator.
    classes: the names that `model_index.json` or `config.json` of such a folder may give; none for the program's own.
    licence: of the checkpoints that its makers publish, where that is the same for all.
    half: the 16-bit precision in which it runs on a GPU without overflow.
    models: those that are known by name.
    installed: what is there without an entry in the list of added models, beside folders with a `model.json`.
    parameters: settings that this family alone takes, beside the shared ones (`engine.generate.parameters`). They
        travel in `Settings.own`; the shell has an option for each, and `Capabilities` list them for panels.
    guides: the parts of a guide that its models follow; a loaded model says exactly which (`Capabilities.guides`).
    measure: how fast a loaded model streams; None measures whole pieces.
    rank: place in lists, lowest first.
    """

    id: str
    name: str
    open: Callable[[Opening], Generator] | None = None
    adapter: Callable[[], Callable[[Any, Any], Generator]] | None = None
    classes: tuple[str, ...] = ()
    licence: str = ""
    half: Literal["float16", "bfloat16"] = "float16"
    models: tuple[KnownModel, ...] = ()
    installed: Callable[[], Sequence[ModelInfo]] = _none_installed
    parameters: tuple[Parameter, ...] = ()
    guides: frozenset[GuidePart] = frozenset({GuidePart.SWELL})
    measure: "Callable[[Generator, Context], Row] | None" = None
    rank: int = 100

    @property
    def system(self) -> str:
        """What a model of the family is listed as: the class that its folder names, or the family's id."""
        return self.classes[0] if self.classes else self.id
