from PySide6.QtCore import QPointF

from desktop.audio_imports import Coming
from engine.jobs import Job
from engine.project import edits
from tests.places import place_at

FAR = 64 * 4000


def expect(document, key, *, track=None, frame=0, generated=True):
    job = Job("Generate", lambda context: None)
    document.sounds.expect(Coming(key, "slow piano", track, place_at(frame), job, 8000, generated))


def test_what_is_being_made_on_a_new_track_comes_into_view(view, opened):
    for number in range(12):
        opened.apply("Add track", lambda p, number=number: edits.add_track(p, f"Track {number}"))
    viewport, canvas = view.viewport, view.canvas
    assert viewport.top == 0
    expect(opened, "one", generated=False)
    assert viewport.top == 0, "what is imported moves nothing"
    expect(opened, "two")
    (_, box) = canvas.placeholders.boxes(canvas.rows)[-1]
    assert 0 <= box.top() < box.bottom() <= viewport.height
    viewport.scroll_to(top=0)
    opened.sounds.arrived("one")
    assert viewport.top == 0, "the user looks elsewhere"


def test_what_is_being_made_beyond_the_edge_comes_into_view(view, opened):
    viewport = view.viewport
    expect(opened, "here", track="Drums", frame=4000)
    assert viewport.left == 0
    expect(opened, "far", track="Drums", frame=FAR)
    assert viewport.left < FAR < viewport.right


def test_what_would_show_only_a_sliver_comes_into_view_whole(view, opened):
    viewport, canvas = view.viewport, view.canvas
    start = round(viewport.right - 20 * viewport.frames_per_px)
    expect(opened, "sliver", track="Drums", frame=start)
    ((_, box),) = canvas.placeholders.boxes(canvas.rows)
    assert 0 <= box.left() < box.right() <= viewport.width


def test_further_takes_of_a_clip_are_marked_on_it_and_move_nothing(view, opened):
    viewport, canvas = view.viewport, view.canvas
    height = canvas.placeholders.content_height(canvas.rows)
    job = Job("Generate", lambda context: None)
    far = opened.project.find_clip("b")[1]
    viewport.fit(0, opened.project.start_of(far) / 2)
    left = viewport.left
    opened.sounds.expect(Coming("more", "2 more takes", "Drums", place_at(far.position), job, far.length, True, "b"))
    assert viewport.left == left
    assert canvas.placeholders.content_height(canvas.rows) == height
    assert canvas.placeholders.boxes(canvas.rows) == [], "the clip is out of view"
    viewport.reveal(opened.project.start_of(far))
    ((_, box),) = canvas.placeholders.boxes(canvas.rows)
    assert canvas.places.clip_rect(canvas.rows.of("Drums"), far).contains(box)
    assert canvas.placeholders.cancel_at(canvas.rows, box.topRight() + QPointF(-9, 9))
    opened.apply("Delete", lambda p: edits.remove_clips(p, ["b"]))
    assert canvas.placeholders.boxes(canvas.rows) == []
    canvas.grab()
