from desktop.sounds import Coming
from engine.jobs import Job
from engine.project import edits

FAR = 64 * 4000


def expect(document, key, *, track=None, frame=0, generated=True):
    job = Job("Generate", lambda context: None)
    document.sounds.expect(Coming(key, "slow piano", track, frame, job, 8000, generated))


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
