from collections.abc import Callable
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.project.history import LIMIT, History
from engine.project.model import Project, new_project

SONG = new_project("0")


def named(name: object) -> Project:
    return replace(SONG, name=str(name))


def history(*names: object, limit: int = LIMIT) -> History:
    h = History(SONG, limit=limit)
    for name in names:
        h.done(f"Edit {name}", named(name))
    return h


def test_undo_and_redo_name_what_they_do() -> None:
    h = history(1, 2)
    assert (h.undo_name, h.redo_name, h.can_redo) == ("Edit 2", None, False)
    assert h.undo().name == "1"
    assert (h.undo_name, h.redo_name) == ("Edit 1", "Edit 2")
    assert h.undo() is SONG
    assert (h.undo_name, h.can_undo, h.redo_name) == (None, False, "Edit 1")
    assert h.undo() is SONG
    assert h.redo().name == "1"
    assert h.redo().name == "2"
    assert h.redo().name == "2"


def test_entries_and_jumps() -> None:
    h = history(1, 2, 3)
    assert h.entries == [("Open", False), ("Edit 1", False), ("Edit 2", False), ("Edit 3", True)]
    assert h.jump(1).name == "1"
    assert h.entries[1] == ("Edit 1", True)
    assert h.jump(99).name == "3"
    assert h.jump(-99) is SONG


def test_a_new_edit_drops_what_could_be_redone() -> None:
    h = history(1, 2, 3)
    h.jump(1)
    h.done("Other", named("x"))
    assert [name for name, _ in h.entries] == ["Open", "Edit 1", "Other"]
    assert h.redo_name is None


def test_an_edit_that_changes_nothing_is_no_step() -> None:
    h = history(1, 2)
    h.undo()
    h.done("Nothing", h.current)
    assert [name for name, _ in h.entries] == ["Open", "Edit 1", "Edit 2"]
    assert h.redo_name == "Edit 2"


def test_steps_of_one_gesture_become_one() -> None:
    h = history(1)
    for db in range(5):
        h.done("Gain", named(db), merge="gain t1")
    h.done("Gain", named("other track"), merge="gain t2")
    assert [name for name, _ in h.entries] == ["Open", "Edit 1", "Gain", "Gain"]
    assert h.undo().name == "4"
    assert h.undo().name == "1"


def test_a_gesture_ends_at_an_undo_another_edit_or_when_closed() -> None:
    h = history()
    h.done("Gain", named(1), merge="g")
    h.close_step()
    h.done("Gain", named(2), merge="g")
    assert len(h.entries) == 3
    h.undo()
    h.done("Gain", named(3), merge="g")
    assert [h.current.name, h.undo().name] == ["3", "1"]
    h.redo()
    h.done("Mute", named(4))
    h.done("Gain", named(5), merge="g")
    assert len(h.entries) == 5
    h.done("Gain", named(6), merge="g")
    assert len(h.entries) == 5


def test_the_oldest_steps_go_first() -> None:
    h = history(*range(LIMIT + 50))
    assert len(h.entries) == LIMIT + 1
    assert h.jump(0).name == "49"
    h = history(1, 2, 3, limit=2)
    assert [name for name, _ in h.entries] == ["Edit 1", "Edit 2", "Edit 3"]
    assert h.current.name == "3"
    h.undo()
    h.undo()
    assert not h.can_undo


@given(st.lists(st.sampled_from(["edit", "undo", "redo", "jump 0", "jump 2", "merge"]), max_size=30))
@settings(max_examples=60, deadline=None)
def test_it_agrees_with_a_list_of_values(actions: list[str]) -> None:
    h = History(SONG)
    values, at, open_step = [SONG], 0, False
    for count, action in enumerate(actions, 1):
        if action in ("edit", "merge"):
            project = named(count)
            h.done(action, project, merge="m" if action == "merge" else None)
            del values[at + 1 :]
            if action == "merge" and open_step:
                values[-1] = project
            else:
                values.append(project)
            at, open_step = len(values) - 1, action == "merge"
            continue
        moves: dict[str, Callable[[], int]] = {
            "undo": lambda at=at: at - 1,
            "redo": lambda at=at: at + 1,
            "jump 0": lambda: 0,
            "jump 2": lambda: 2,
        }
        at, open_step = min(max(moves[action](), 0), len(values) - 1), False
        {"undo": h.undo, "redo": h.redo, "jump 0": lambda: h.jump(0), "jump 2": lambda: h.jump(2)}[action]()
        assert h.current is values[at]
    assert h.current is values[at]
    assert [current for _, current in h.entries] == [i == at for i in range(len(values))]


def test_what_grew_is_amended_without_a_step() -> None:
    h = history(1, 2)
    h.undo()
    h.amend(named("grown"))
    assert h.entries == [("Open", False), ("Edit 1", True), ("Edit 2", False)]
    assert h.current.name == "grown"
    assert h.redo().name == "2"
    assert h.undo().name == "grown"


def test_amending_all_leaves_the_identity_of_what_it_does_not_change() -> None:
    h = history(1, 2)
    h.amend_all(lambda p: p if p is SONG else replace(p, name=p.name + "!"))
    assert h.current.name == "2!"
    assert h.undo().name == "1!"
    assert h.undo() is SONG


def test_forgetting_a_step_leaves_those_around_it() -> None:
    h = history(1)
    h.done("Try", named("tried"), merge="trial")
    h.done("Edit 2", named(2))
    h.forget("trial")
    assert h.entries == [("Open", False), ("Edit 1", False), ("Edit 2", True)]
    assert h.undo().name == "1"
    h.forget("none of these")
    assert h.redo().name == "2"


def test_forgetting_the_current_step_leads_to_the_one_before() -> None:
    h = history(1)
    h.done("Try", named("tried"), merge="trial")
    h.forget("trial")
    assert h.current.name == "1"
    assert not h.can_redo
    h.done("Try", named("again"), merge="trial")
    assert [name for name, _ in h.entries] == ["Open", "Edit 1", "Try"]


def test_amending_since_a_step_leaves_what_was_before_it() -> None:
    h = history(1)
    h.done("Try", named("tried"), merge="trial")
    h.done("Edit 2", named(2))
    h.amend_all(lambda p: replace(p, name=p.name + "!"), since="trial")
    assert h.holds("trial")
    assert [h.undo().name, h.undo().name] == ["tried!", "1"]
    assert not h.holds("trial")
    h.amend_all(lambda p: replace(p, name="?"), since="none of these")
    assert h.redo().name == "tried!"
