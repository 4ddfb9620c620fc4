"""How a song is stored: JSON from the model's dataclasses and back, strict, bounded, with every old version read.

`bounded_json` parses a stranger's text, `reader` and `writer` are built from the fields of the model, `contents` names
the kinds of content, `records` are the records of how takes were made, `migrations` bring old versions to this one, and
`song_file` puts a whole file together.
"""

from engine.project.codec.bounded_json import DamagedProjectError, damaged, is_plain, parse_json, plain_part
from engine.project.codec.contents import CONTENTS
from engine.project.codec.migrations import JOURNAL_MIGRATIONS, MIGRATIONS
from engine.project.codec.reader import read
from engine.project.codec.records import Dropped, read_record
from engine.project.codec.song_file import MAX_BYTES, decode, from_json
from engine.project.codec.writer import Encoder, plain_field, plain_object, plain_whole, to_json

__all__ = [
    "CONTENTS",
    "JOURNAL_MIGRATIONS",
    "MAX_BYTES",
    "MIGRATIONS",
    "DamagedProjectError",
    "Dropped",
    "Encoder",
    "damaged",
    "decode",
    "from_json",
    "is_plain",
    "parse_json",
    "plain_field",
    "plain_object",
    "plain_part",
    "plain_whole",
    "read",
    "read_record",
    "to_json",
]
