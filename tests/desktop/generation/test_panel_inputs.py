from fractions import Fraction

import pytest

from desktop.generation import panel_inputs
from desktop.generation.insert_takes import free_track, playhead_place
from desktop.generation.panel_inputs import PanelInputs, limited, model_settings, parameters, takes_negative
from desktop.generation.prompt_text import LONGEST, sent_prompt, short_name, track_name
from engine.generate.interface import Capabilities, Parameter, Task
from engine.project import edits
from engine.project.model import Project, Source, audio_clip, audio_take, new_project
from engine.timing.signature import Signature
from tests.places import place_at


def capabilities(*told: Parameter) -> Capabilities:
    return Capabilities("m", "M", "1", 24000, 1, 8.0, 2.0, frozenset(Task), told, "MIT", "cpu")


def song(tempo: str = "120", signature: Signature | None = None) -> Project:
    return new_project("Song", rate=44100, tempo=Fraction(tempo), signature=signature or Signature())


def test_bars_are_exact_frames_wherever_they_start() -> None:
    project = song("118.9", Signature(7, 8))
    clock = project.clock
    for bar in (1, 2, 37):
        start = clock.bar_start(bar)
        end = clock.frames(place_at(clock.bar_start(bar + 3)))
        assert PanelInputs(bars=3).frames(project, start) == end - clock.frames(place_at(start))
    assert PanelInputs(in_bars=False, seconds=2.5).frames(project, place_at(0)) == 110250


def test_numbers_stay_in_their_ranges() -> None:
    assert limited(PanelInputs(bars=0, seconds=0, takes=99)) == PanelInputs(
        bars=1, seconds=0.5, takes=panel_inputs.MAX_TAKES
    )


def test_only_what_the_model_can_be_told_is_told() -> None:
    wished = PanelInputs("", "vocals", values={"steps": 500, "guidance": 3.0, "schedule": "cosine", "width": 9})
    model = capabilities(
        Parameter("prompt", "Prompt", "text", ""),
        Parameter("steps", "Steps", "int", 8, 1, 100),
        Parameter("schedule", "Schedule", "choice", "linear", choices=("linear",)),
        Parameter("width", "Width", "int", 1, 1, 4),
    )
    assert [each.name for each in parameters(model)] == ["steps", "schedule", "width"]
    told = model_settings(wished, "a waltz", model)
    assert (told.prompt, told.negative, told.steps, told.guidance, told.schedule) == (
        "a waltz",
        "",
        100,
        None,
        "linear",
    )
    assert told.own == {"width": 4}, "a setting that this model alone has"
    assert not takes_negative(model)
    unknown = model_settings(wished, "a waltz", None)
    assert (unknown.negative, unknown.guidance) == ("vocals", 3.0)


@pytest.mark.parametrize(
    ("prompt", "key", "sent"),
    [
        ("a slow  waltz.", "", "a slow waltz, 118.9 BPM"),
        ("a waltz", "A minor", "a waltz, 118.9 BPM, A minor"),
        ("a waltz at 90 bpm", "A minor", "a waltz at 118.9 BPM, A minor"),
        ("a waltz in C# minor", "A minor", "a waltz in C# minor, 118.9 BPM"),
        ("", "", "118.9 BPM"),
        ("tempo 90, C major.", "A minor", "118.9 BPM, C major."),
        ("a waltz at 118.9 bpm", "", "a waltz at 118.9 bpm"),
        ("90,5 BPM", "", "118.9 BPM"),
    ],
)
def test_the_song_s_tempo_is_sent_exactly_and_its_key_where_none_is_said(prompt: str, key: str, sent: str) -> None:
    assert sent_prompt(prompt, 118.9, key) == sent


@pytest.mark.parametrize(
    ("prompt", "name"),
    [
        ("slow piano, rain", "Piano & Rain"),
        ("Driving techno with acid bass and crisp hi-hats", "Bass & Drums"),
        ("Warm ambient pads, 90 BPM", "Pads"),
        ("relaxed lo-fi hip hop, with electric piano, drums and bass", "relaxed lo-fi hip hop"),
        ("128 BPM", "Generated"),
        ("x" * 100, "Generated"),
        ("", "Generated"),
        ("Bassoonish pianola of nothing known at all here", "Bassoonish pianola"),
    ],
)
def test_a_track_is_named_by_what_plays_in_whole_words(prompt: str, name: str) -> None:
    assert track_name(prompt) == name
    assert len(name) <= LONGEST


def test_no_two_tracks_made_from_one_prompt_are_called_alike() -> None:
    assert track_name("soft piano", ["Piano", "piano 2"]) == "Piano 3"
    long = track_name("relaxed lo-fi hip hops of", ["relaxed lo-fi hip hops"])
    assert long == "relaxed lo-fi hip hops 2"
    assert len(long) <= LONGEST


def test_a_short_name_ends_with_a_whole_word_that_does_not_lead_on() -> None:
    assert short_name("relaxed lo-fi hip hop, with electric piano and bass") == "relaxed lo-fi hip hop"
    assert short_name("") == "Generated"


def test_music_starts_on_a_bar_or_where_the_playhead_was_put() -> None:
    project = song()
    beat = 22050
    assert playhead_place(project, 3 * beat, fit=True) == place_at(Fraction(3))
    assert playhead_place(project, 3 * beat + 100, fit=True) == place_at(Fraction(4))
    assert playhead_place(project, beat + 100, fit=True) == place_at(Fraction(0))
    assert playhead_place(project, beat + 100, fit=False) == place_at(beat + 100)


def test_a_track_is_free_where_nothing_lies() -> None:
    project = edits.add_track(song(), "Keys", track_id="keys")
    project = edits.add_source(project, Source("s", "audio/s.wav", "S", 44100, 1, 44100))
    project = edits.add_clip(project, "keys", audio_clip("c", place_at(44100), 44100, (audio_take("t", "s"),)))
    assert free_track(project, "keys", 0, 44100, ()) == "keys"
    assert free_track(project, "keys", 44099, 44101, ()) is None
    assert free_track(project, None, 0, 1, ()) is None
    assert free_track(project, "gone", 0, 1, ()) is None
