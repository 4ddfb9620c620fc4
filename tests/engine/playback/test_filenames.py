from pathlib import Path

import pytest

from engine.errors import ExportError
from engine.playback.filenames import MAX_NAME_BYTES, safe_name, stem_names


def names(pattern: str, *tracks: str, folder: Path = Path("/music")) -> list[str]:
    return stem_names(pattern, "Song", enumerate(tracks, 1), folder, ".wav")


def test_pattern() -> None:
    assert names("{index:02} {track}", "Bass", "Lead") == ["01 Bass.wav", "02 Lead.wav"]
    assert names("{song} - {track}", "Bass") == ["Song - Bass.wav"]


@pytest.mark.parametrize(
    "pattern", ["{", "{name}", "{0}", "{track.x}", "{track!z}", "{index:q}", "{}", "{track[0]}", "{index:999}"]
)
def test_wrong_patterns(pattern: str) -> None:
    with pytest.raises(ExportError, match="name pattern"):
        names(pattern, "Bass")


def test_alike_names_get_numbers() -> None:
    assert names("{track}", "Bass", "bass", "BASS", "Lead") == ["Bass.wav", "bass 2.wav", "BASS 3.wav", "Lead.wav"]
    assert names("x", "a", "b") == ["x.wav", "x 2.wav"]


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ('a/b\\c:d*e?f"g<h>i|j', "a_b_c_d_e_f_g_h_i_j"),
        ("CON", "_CON"),
        ("com1.x", "_com1.x"),
        ("Console", "Console"),
        ("dots... ", "dots"),
        ("..", "Track"),
        (".hidden", "_hidden"),
        ("tab\tnul\0", "tab_nul_"),
        ("", "Track"),
        ("Größe – 音楽 🎹", "Größe – 音楽 🎹"),
        ("e\u0301", "é"),
    ],
)
def test_illegal_characters(text: str, safe: str) -> None:
    assert safe_name(text) == safe


def test_a_track_cannot_leave_the_folder() -> None:
    assert names("{track}", "../../etc/passwd") == ["_._.._etc_passwd.wav"]


def test_long_names_are_cut_at_a_character_and_stay_apart() -> None:
    made = names("{track}", "音" * 300, "音" * 300, "x" * 300)
    assert len(set(made)) == 3
    for name in made:
        assert len(name.encode()) <= MAX_NAME_BYTES
        assert name.endswith(".wav")


def test_a_folder_that_leaves_no_room() -> None:
    with pytest.raises(ExportError, match="too long"):
        names("{track}", "a", folder=Path("/" + "/".join(["x" * 100] * 11)))
