from desktop.notes.rows import rows_for
from engine.music.keys import Key


def test_rows_are_spelt_in_the_key() -> None:
    names = {
        name: [rows_for((), drums=False, fold=False, key=key).name(pitch) for pitch in (61, 63, 66, 70, 60)]
        for name, key in (("none", None), ("E♭ major", Key(3, "major")), ("A major", Key(9, "major")))
    }
    assert names["none"] == ["C♯4", "D♯4", "F♯4", "A♯4", "C4"]
    assert names["E♭ major"] == ["D♭4", "E♭4", "G♭4", "B♭4", "C4"]
    assert names["A major"] == ["C♯4", "D♯4", "F♯4", "A♯4", "C4"]
