from engine.music.notes import instrument_title


def test_an_instruments_name_begins_a_line() -> None:
    names = ("fm piano", "upright bass", "vibraphone", "")
    assert [instrument_title(name) for name in names] == ["FM piano", "Upright bass", "Vibraphone", ""]
