"""Songs that version 1 of the program wrote, with its own words on what is in them, open as what they were.

`everything` has every field at another value than its default; `journal` is what a kill left after the file was saved,
`after.json` what that program made of it.
"""

import json
import shutil
import zlib
from pathlib import Path

from engine.cli.show import described
from engine.project.codec import Encoder, decode
from engine.project.files import ProjectFolder, load, save
from engine.project.model import FORMAT_VERSION, AudioContent

SONGS = Path(__file__).parent / "format_1"


def song(name: str, folder: Path) -> Path:
    """A copy of one of the songs."""
    return Path(shutil.copytree(SONGS / name, folder / name))


def test_a_song_is_what_version_1_said_of_it(tmp_path: Path) -> None:
    project = load(song("everything", tmp_path))
    assert described(project, []) == json.loads((SONGS / "everything/shown.json").read_text(encoding="utf-8"))


def test_offset_loop_and_direction_of_a_clip_are_those_of_its_takes(tmp_path: Path) -> None:
    """Written out by hand from the file."""
    project = load(song("everything", tmp_path))
    (_, plain), (_, looped) = project.clips()
    assert plain.takes[0].content == AudioContent("b2")
    assert [take.content for take in looped.takes] == [
        AudioContent("a1", -12, -5, 5000, 17, True),
        AudioContent("g3", -12, 0, 5000, 17, True),
    ]
    assert looped.takes[0].provenance == {
        "prompt": "Regen, 90 BPM – “leise”",
        "seed": 7,
        "guidance": 3.5,
        "chunks": [{"at": 0, "steps": 8}],
    }


def test_saved_again_it_is_the_same_song_in_this_version(tmp_path: Path) -> None:
    folder = song("everything", tmp_path)
    project = load(folder)
    save(folder, project)
    assert f'"version": {FORMAT_VERSION},' in (folder / "project.json").read_text(encoding="utf-8")
    assert load(folder) == project
    assert [path.name for path in (folder / "backups").iterdir()], "the old file is kept"


def test_a_journal_of_version_1_is_replayed(tmp_path: Path) -> None:
    folder = song("journal", tmp_path)
    after = decode((folder / "after.json").read_bytes())
    with ProjectFolder.open(folder) as home:
        assert home.recovery
        assert home.recovery.autosave == after != home.project
        assert home.recover() == after
    (clip, *_) = [clip for _, clip in after.clips() if len(clip.takes) == 2]
    assert (clip.takes[1].shift, clip.reverse, clip.loop_length) == (33, True, 700)


def test_a_journal_of_another_program_is_left_alone(tmp_path: Path) -> None:
    folder = song("journal", tmp_path)
    lines = (folder / "journal.txt").read_bytes().splitlines()
    head = b'{"base":3,"version":99}'
    lines[0] = b"%08x %b" % (zlib.crc32(head), head)
    (folder / "journal.txt").write_bytes(b"\n".join(lines) + b"\n")
    with ProjectFolder.open(folder) as home:
        assert home.recovery is None


def test_what_is_written_does_not_depend_on_where_the_song_comes_from(tmp_path: Path) -> None:
    project = load(song("everything", tmp_path))
    text = Encoder().encode(project)
    assert Encoder().encode(decode(text)) == text
