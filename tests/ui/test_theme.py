import pytest

from explorer.ui.style_sheet import style_sheet
from explorer.ui.theme import DARK, LIGHT, SCALES, Colours, Theme


def test_scale_steps_through_the_list_and_stops_at_its_ends(theme: Theme) -> None:
    seen = []
    theme.changed.connect(lambda: seen.append(theme.scale))
    for _ in SCALES:
        theme.step_scale(1)
    assert theme.scale == SCALES[-1]
    assert seen == sorted(set(seen)), "each step is said once, none at the end"
    for _ in range(2 * len(SCALES)):
        theme.step_scale(-1)
    assert theme.scale == SCALES[0]


def test_every_length_and_font_follows_the_scale(theme: Theme) -> None:
    body = theme.font("body").pixelSize()
    theme.set_scale(2.0)
    assert theme.font("body").pixelSize() == 2 * body
    assert theme.px(12) == 24
    assert f"font-size: {theme.px(20)}px" in style_sheet(theme)


def test_dark_and_light_are_chosen_over_the_system(theme: Theme) -> None:
    theme.set_mode("dark")
    assert theme.dark and theme.colours is DARK
    theme.set_mode("light")
    assert not theme.dark and theme.colours is LIGHT


def _luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(a: str, b: str) -> float:
    light, dark = sorted((_luminance(a), _luminance(b)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_text_can_be_read_on_every_ground(colours: Colours) -> None:
    """WCAG AA asks 4.5 for text."""
    for ground in (colours.window, colours.surface, colours.raised, *colours.tokens, colours.selection):
        assert _contrast(colours.text, ground) >= 4.5
    for ground in (colours.window, colours.surface, colours.raised):
        assert _contrast(colours.muted, ground) >= 4.5
    assert _contrast(colours.on_accent, colours.accent) >= 4.5
    assert _contrast(colours.error, colours.error_fill) >= 4.5


@pytest.mark.parametrize("colours", [LIGHT, DARK])
def test_the_probability_ramp_runs_evenly_away_from_the_ground(colours: Colours) -> None:
    steps = [_contrast(colour, colours.surface) for colour in colours.probability]
    assert steps == sorted(steps) and steps[0] > 1.4


def test_probability_colours_meet_the_ramps_ends(theme: Theme) -> None:
    ramp = theme.colours.probability
    assert theme.probability(0).name().upper() == ramp[0]
    assert theme.probability(1).name().upper() == theme.probability(2).name().upper() == ramp[-1]
    assert theme.probability(0.25).name().upper() == ramp[2], "the root of a quarter is the middle"
