import pytest

from engine.licences import licence_text, non_commercial


@pytest.mark.parametrize(
    ("licence", "forbidden"),
    [
        ("Apache-2.0", False),
        ("MIT", False),
        ("CC-BY-4.0", False),
        ("CC-BY-NC-4.0", True),
        ("CC-BY-NC-SA-4.0", True),
        ("cc_by_nc 4.0", True),
        ("Some Non-Commercial Research License", True),
        ("Stability AI Community License", False),
        ("openrail (non-commercial)", True),
        ("", True),
        ("not stated", True),
        ("unknown", True),
    ],
)
def test_what_a_licence_forbids(licence: str, forbidden: bool) -> None:
    assert non_commercial(licence) == forbidden
    assert ("not for commercial use" in licence_text(licence)) == forbidden
