"""The tables that names of sections are found with."""

from engine.analysis.section_names import FOLLOWS, SHAPES
from engine.analysis.sections import HeardSection
from engine.compose.arrange import compose
from engine.train.section_names import follows, true_names


def test_the_table_of_names_is_counted_in_forms() -> None:
    assert follows() == FOLLOWS
    assert set(SHAPES) < set(FOLLOWS)


def test_a_heard_section_has_the_name_of_most_of_it() -> None:
    score = compose(5150)
    quarter = score.quarter_seconds
    first, second = score.sections[:2]
    late = first.end * quarter + 0.2 * (second.end - second.start) * quarter
    heard = [HeardSection(0.0, late, "A", ""), HeardSection(late, second.end * quarter, "B", "")]
    assert first.name != second.name
    assert true_names(score, heard) == [first.name, second.name]
