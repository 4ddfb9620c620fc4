"""Ends the growing of a sound as a session's end does."""

from engine.jobs import Context
from engine.project.growing import GrowingWriter, seal_file
from engine.project.model import Source


def sealed(writer: GrowingWriter, context: Context | None = None) -> Source:
    """The source that the writer's sound becomes."""
    writer.close()
    return seal_file(writer.folder, writer.info, context)
