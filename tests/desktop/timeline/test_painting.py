"""What is on the screen: waveforms at the right pixel, colours one can read, and no more painting than needed."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QAccessible

from desktop.theme import MIN_CONTRAST, contrast
from desktop.timeline.clip_layout import TrackSpans
from desktop.timeline.palette import Condition, Palette, Part, clip_colours
from desktop.timeline.waveform import BLOCK, Budget, Sound
from desktop.view.viewport import Viewport
from engine.project import edits
from engine.project.growing import GrowingWriter
from engine.project.model import Fade, FadeShape, Source, Track, audio_clip, audio_take
from engine.project.peaks import GrowingPeaks
from engine.project.sample_file import SampleFile
from tests.places import length_of, place_at

RATE, BEAT = 8000, 4000


def pixels(image) -> np.ndarray:
    """(height, width) of 0xffrrggbb."""
    image = image.convertToFormat(image.Format.Format_RGB32)
    return np.frombuffer(image.constBits(), np.uint32).reshape(image.height(), -1)[:, : image.width()].copy()


def test_text_on_every_clip_colour_can_be_read(theme):
    palette = Palette(theme)
    for condition in Condition:
        for hue in range(10):
            title = palette.colour(hue, condition, Part.TITLE)
            assert contrast(palette.text(hue, condition), title) >= MIN_CONTRAST


def test_an_impulse_is_drawn_at_its_pixel(hand):
    # clip b starts at beat 12 and has an impulse each second, which is two beats
    hand.view.viewport.set_zoom(20.0, 11 * BEAT)
    hand.canvas.document.apply("m", lambda p: edits.set_clip(p, ["b"], mute=False))
    image = pixels(hand.canvas.grab().toImage())
    row = hand.canvas.rows.of("Drums")
    top = row.top + 18  # the first pixels of the body: only an impulse reaches up here
    body = Palette(hand.view._theme).table[clip_colours(hand.project.track("Drums").colour, Condition.SOUNDING) + 1]
    shown = np.flatnonzero((image[top, :] & 0xFFFFFF) != (body & 0xFFFFFF))
    inside = {x for x in shown.tolist() if hand.x(12) + 8 < x < hand.x(16) - 4}
    assert inside == {hand.x(14)}


def test_scrolling_copies_and_an_edit_repaints_one_row(hand):
    canvas, viewport = hand.canvas, hand.view.viewport
    canvas.grab()
    before = canvas.cache.painted
    viewport.scroll_by(30, 0)
    canvas.grab()
    canvas.document.select(["a"])
    canvas.grab()
    assert canvas.cache.painted - before <= 3  # the strip that came into view, once for each row
    before = canvas.cache.painted
    canvas.document.apply("move", lambda p: edits.move_clips(p, ["a"], length_of(Fraction(1))))
    canvas.grab()
    assert canvas.cache.painted - before == 1


def test_the_picture_is_the_same_scrolled_to_or_drawn_there(hand):
    viewport = hand.view.viewport
    viewport.set_zoom(33.0, 0)
    hand.canvas.grab()
    for _ in range(7):
        viewport.scroll_by(37, 0)
        hand.canvas.grab()
    scrolled = pixels(hand.canvas.grab().toImage())
    hand.canvas.cache.forget()
    assert np.array_equal(scrolled, pixels(hand.canvas.grab().toImage()))


@pytest.mark.parametrize("frames_per_px", [0.05, 0.4, 3.0, 40.0, 300.0, 5000.0])
def test_every_zoom_draws_everything_a_clip_can_have(hand, frames_per_px):
    def edit(p):
        p = edits.set_fade_in(p, "a", BEAT, FadeShape.S_CURVE)
        p = edits.reverse(edits.loop_to(p, "b", place_at(Fraction(24))), ["b"])
        p = edits.set_clip(p, ["c"], mute=True, gain_db=-6.0, name="A very long name that has to be elided")
        return edits.add_take(p, "c", audio_take("t2", p.find_clip("c")[1].chosen.source, "Take 2"))

    hand.canvas.document.apply("all", edit)
    hand.canvas.document.select(["a", "b"], region=(5 * BEAT, 6 * BEAT))
    hand.view.viewport.set_zoom(frames_per_px, 4 * BEAT)
    assert len(np.unique(pixels(hand.view.grab().toImage()))) > 10


def test_missing_audio_is_hatched(hand, qtbot):
    document = hand.canvas.document
    gone = Source("gone", "audio/gone.wav", "Gone", RATE, 1, RATE * 4)
    clip = audio_clip("m", place_at(Fraction(4)), BEAT * 4, (audio_take("t", "gone"),), name="Gone")
    document.apply("gone", lambda p: edits.add_clip(edits.add_source(p, gone), "Keys", clip))
    qtbot.waitUntil(lambda: hand.view.canvas.peaks.is_missing("gone"))
    warning = hand.view._theme.warning.rgb()
    assert warning in pixels(hand.canvas.grab().toImage())


def test_growing_clip_shows_its_live_edge(hand, qtbot):
    document = hand.canvas.document
    writer = GrowingWriter(document.folder, "grow", RATE, 1, {})
    writer.append(np.full((BEAT, 1), 0.5, np.float32))
    source = Source("grow", "growing/grow.f32", "Growing", RATE, 1, BEAT, growing=True)
    clip = audio_clip("g", place_at(Fraction(4)), BEAT * 4, (audio_take("t", "grow"),), name="Growing")
    document.apply("grow", lambda p: edits.add_clip(edits.add_source(p, source), "Keys", clip))
    qtbot.waitUntil(lambda: hand.canvas.peaks.is_ready("grow"))
    live = hand.view._theme.live.rgb()

    def edge() -> int:
        found = pixels(hand.canvas.grab().toImage())[hand.canvas.rows.of("Keys").top + 60]
        return int(np.flatnonzero(found == live).mean())

    assert abs(edge() - hand.x(5)) <= 1
    writer.append(np.full((BEAT, 1), 0.5, np.float32))
    document.apply("grow", lambda p: edits.grow_source(p, "grow", 2 * BEAT))
    assert abs(edge() - hand.x(6)) <= 1
    writer.discard()


def sound_of(samples: np.ndarray) -> Sound:
    peaks = GrowingPeaks(samples.shape[1])
    with TemporaryDirectory() as folder:
        path = Path(folder) / "s.f32"
        path.write_bytes(samples.astype("<f4").tobytes())
        peaks.extend(SampleFile(str(path), "<f4", 0, samples.shape[1], len(samples)))
    return Sound(peaks, samples.astype(np.float32))


@pytest.mark.parametrize("span", [1.0, 3.7, 16.0, 50.0, 200.0, 256.0, 700.0, 3000.0, 1e6])
def test_columns_hold_what_is_in_them_and_little_more(span):
    rng = np.random.default_rng(3)
    samples = rng.normal(size=(BLOCK + 5000, 2)) * np.linspace(0.1, 1, BLOCK + 5000)[:, None]
    sound = sound_of(samples)
    first = np.arange(-2, (len(samples) + 3 * span) / span) * span
    columns = sound.columns(first, first + span, Budget(10.0))
    coarse = 0 if span < 16 else span  # a column may look at the whole of the bins that it touches
    for index, (start, end) in enumerate(zip(first, first + span, strict=True)):
        inside = samples[max(int(np.floor(start)), 0) : max(int(np.ceil(end)), 0)]
        around = samples[max(int(np.floor(start - coarse)), 0) : max(int(np.ceil(end + coarse)), 0)]
        if len(inside) == 0:
            continue
        low, high = columns[:, 0, index], columns[:, 1, index]
        assert (low <= inside.min(axis=0) + 1e-6).all()
        assert (high >= inside.max(axis=0) - 1e-6).all()
        assert (low >= np.minimum(around.min(axis=0), 0) - 1e-6).all()
        assert (high <= np.maximum(around.max(axis=0), 0) + 1e-6).all()
    assert not columns[:, :, 0].any()


def test_finer_peaks_wait_for_the_next_frame_when_the_time_is_up():
    sound = sound_of(np.ones((BLOCK, 1)))
    first = np.arange(0, BLOCK, 64.0)
    spent = Budget(0.0)
    sound.columns(first, first + 64, spent)
    assert spent.short


def test_zoom_keeps_what_is_under_the_mouse_and_edges_stay_on_pixels():
    viewport = Viewport()
    viewport.resize(800, 300, 1.5)
    viewport.set_content(1_000_000, 0)
    viewport.set_zoom(200.0, 0)
    under = viewport.left + 333 * viewport.frames_per_px
    for factor in (0.5, 0.3, 0.9, 1.7):
        viewport.zoom(factor, 333)
    assert abs(viewport.left + 333 * viewport.frames_per_px - under) < 4 * viewport.frames_per_px
    x = viewport.x(under) * 1.5
    assert x == round(x)


def test_assistive_tools_see_a_list_of_clips(hand):
    hand.click(hand.at("c", 60, 8))
    seen = QAccessible.queryAccessibleInterface(hand.canvas)
    assert seen.role() == QAccessible.Role.List
    assert seen.childCount() == 3
    names = [seen.child(index).text(QAccessible.Text.Name) for index in range(3)]
    assert names[0] == "a on Drums, 2.1, 4 beats (0:02.000)"
    assert names[2].startswith("c on Bass")
    assert seen.child(2).state().selected
    assert "c on Bass" in hand.canvas.accessibleDescription()
    place = seen.child(2).rect().center()
    assert hand.canvas.pointer.hit(QPointF(hand.canvas.mapFromGlobal(place))).clip.id == "c"


def test_an_empty_song_invites(hand):
    assert hand.view.invitation.isHidden()
    hand.canvas.document.apply("none", lambda p: replace(p, tracks=()))
    assert not hand.view.invitation.isHidden()
    hand.canvas.document.undo()
    assert hand.view.invitation.isHidden()


def test_fades_that_are_wider_than_the_screen(hand):
    hand.canvas.document.apply("f", lambda p: edits.set_fade_out(p, "c", 8 * BEAT))
    assert hand.clip("c").fade_out == Fade(8 * BEAT)
    hand.view.viewport.set_zoom(1 / 32, 8 * BEAT)
    hand.canvas.grab()


def test_a_title_ends_where_the_next_clip_begins() -> None:
    clips = tuple(
        audio_clip(name, place_at(start), 100, (audio_take(name, "s"),), name=name)
        for name, start in (("a", 0), ("b", 60))
    )
    spans = TrackSpans(Track("t", "Track", clips=clips), {"a": 0, "b": 60})
    assert [spans.uncovered(0), spans.uncovered(1)] == [60, 160]


def test_clips_that_overlap_are_both_seen_and_can_both_be_taken_hold_of(hand):
    """The lower half of the body belongs to what lies under: it alone changes with that clip."""
    canvas = hand.canvas
    under = replace(hand.clip("c"), gain_db=0.0)
    over = replace(hand.clip("b"), id="over", position=place_at(Fraction(6)), mute=False)
    canvas.document.apply("add", lambda p: edits.add_clip(p, "Bass", over, layered=True))
    row = canvas.rows.of("Bass")
    body = canvas.places.body_rect(row, hand.clip("over"))
    area = slice(hand.x(6) + 4, hand.x(10) - 4)
    middle = round(body.center().y())
    upper, lower = slice(round(body.top()), middle - 1), slice(middle + 2, round(body.bottom()))
    before = pixels(canvas.grab().toImage())
    canvas.document.apply("quieter", lambda p: edits.set_clip(p, [under.id], gain_db=-20.0))
    after = pixels(canvas.grab().toImage())
    assert np.array_equal(before[upper, area], after[upper, area])
    assert not np.array_equal(before[lower, area], after[lower, area])
    for y, clip_id in ((body.top() + body.height() * 0.25, "over"), (body.top() + body.height() * 0.75, "c")):
        hit = canvas.pointer.hit(QPointF(hand.x(8), y))
        assert hit.clip is not None
        assert hit.clip.id == clip_id
    canvas.document.apply("trim", lambda p: edits.trim_overlaps(p, ["over"]))
    spans = TrackSpans(hand.project.track("Bass"), {c.id: hand.project.start_of(c) for _, c in hand.project.clips()})
    assert spans.stacks == []
