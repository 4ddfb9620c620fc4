import math
import re

import pytest
from PySide6.QtGui import QColor, QFontInfo, QFontMetricsF
from PySide6.QtWidgets import QApplication

from desktop.actions import ACTIONS
from desktop.icons import Icons
from desktop.theme import MIN_CONTRAST, Theme, contrast, mix, oklch
from engine import paths


def test_text_reads_on_every_surface(theme: Theme) -> None:
    for ground in (theme.window, theme.panel, theme.raised, theme.hover):
        assert contrast(theme.text, ground) >= MIN_CONTRAST
        assert contrast(theme.dim, ground) >= MIN_CONTRAST
    for ground in (theme.accent, theme.accent_hover, theme.solo, theme.warning, theme.live):
        assert contrast(theme.ink, ground) >= MIN_CONTRAST
    assert contrast(theme.text, theme.error_quiet) >= MIN_CONTRAST
    assert contrast(theme.text, theme.accent_quiet) >= MIN_CONTRAST
    assert contrast(theme.error, theme.panel) >= MIN_CONTRAST


@pytest.mark.parametrize("index", range(10))
def test_text_reads_on_every_hue(theme: Theme, index: int) -> None:
    hue = theme.hue(index)
    assert contrast(theme.text_on(hue), hue) >= MIN_CONTRAST


def test_hues_have_one_lightness_and_chroma_and_neighbours_differ(theme: Theme) -> None:
    points = [_oklab(hue) for hue in theme.hues]
    for lightness, a, b in points:
        assert lightness == pytest.approx(0.72, abs=0.01)
        assert math.hypot(a, b) == pytest.approx(0.12, abs=0.015)
    for one, other in zip(points, points[1:] + points[:1], strict=True):
        assert math.dist(one[1:], other[1:]) > 0.12


def test_oklch_gives_greys_and_stays_within_srgb() -> None:
    assert oklch(1, 0, 0) == QColor.fromRgbF(1, 1, 1)
    assert oklch(0, 0, 0).name() == "#000000"
    assert oklch(0.9, 0.4, 264).isValid()


def test_contrast_and_mix() -> None:
    black, white = QColor("black"), QColor("white")
    assert contrast(black, white) == pytest.approx(21)
    assert contrast(white, white) == 1
    assert mix(black, white, 0.5).red() in (127, 128)


def test_the_bundled_font_is_used_and_its_figures_are_tabular(qapp: QApplication, theme: Theme) -> None:
    assert QFontInfo(theme.font()).family() == theme.families[0]
    metrics = QFontMetricsF(theme.font("medium"))
    assert metrics.horizontalAdvance("111.11") == metrics.horizontalAdvance("848.08")
    assert (paths.resources() / "fonts" / "LICENSE-Inter.txt").read_text(encoding="utf-8").count("SIL Open Font")


def test_drawn_icons_take_their_colours_from_the_theme(theme: Theme) -> None:
    tokens = {colour.name() for colour in vars(theme).values() if isinstance(colour, QColor)}
    icons = list((paths.resources() / "icons").glob("*.svg"))
    assert icons
    for icon in icons:
        found = {colour.lower() for colour in re.findall(r"#[0-9A-Fa-f]{6}", icon.read_text(encoding="utf-8"))}
        assert found <= tokens, icon.name


def test_no_colour_outside_the_theme() -> None:
    desktop = paths.resources().parent / "desktop"
    for file in desktop.rglob("*.py"):
        assert not re.search(r"[\"']#[0-9A-Fa-f]{3,8}[\"']|QColor\(\s*[\"'\d]", file.read_text(encoding="utf-8")), file


def _oklab(colour: QColor) -> tuple[float, float, float]:
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (colour.redF(), colour.greenF(), colour.blueF())
    )
    long = (0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue) ** (1 / 3)
    medium = (0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue) ** (1 / 3)
    short = (0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue) ** (1 / 3)
    return (
        0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short,
    )


def test_every_icon_of_an_action_is_drawn_from_bundled_files(qapp: QApplication, theme: Theme) -> None:
    icons = Icons(theme)
    names = {spec.icon for spec in ACTIONS if spec.icon}
    assert {"play", "skip-back"} < names
    for name in names:
        picture = icons.pixmap(name, 16).toImage()
        assert any(picture.pixelColor(x, y).alpha() for x in range(16) for y in range(16)), name
    licence = (paths.resources() / "fonts" / "LICENSE-Phosphor.txt").read_text(encoding="utf-8")
    assert "MIT License" in licence
