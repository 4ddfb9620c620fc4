"""How each kind of content is stored: its name in the file, and its class, whose fields say the rest."""

from engine.project.model import AudioContent, Content, NoteContent

CONTENTS: dict[str, type[Content]] = {"audio": AudioContent, "notes": NoteContent}
"""Name in a song file: the frozen dataclass that it stands for. A new kind of content adds itself."""


def name_of(content: Content) -> str:
    """The name of a content's kind in the file.

    Raises:
        ValueError: the kind is not stored.
    """
    for name, kind in CONTENTS.items():
        if type(content) is kind:
            return name
    raise ValueError(f"a clip holds {type(content).__name__}, which cannot be stored")
