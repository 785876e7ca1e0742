"""Cleaning: each step on what it is there for and on what it must leave; all of it against the truth."""

from itertools import islice

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.core.data.cleaning.duplicates import ExactDuplicates, NearDuplicates
from explorer.core.data.cleaning.extraction import mend_encoding, text_of_html
from explorer.core.data.cleaning.language import LanguageFilter
from explorer.core.data.cleaning.page import Page, Report, Truth, run_step
from explorer.core.data.cleaning.personal import masked
from explorer.core.data.cleaning.pipeline import Pipeline
from explorer.core.data.cleaning.quality import QualityFilter
from explorer.core.data.cleaning.raw_web import raw_pages
from explorer.core.data.world.corpus import documents
from explorer.core.data.world.dice import Dice
from explorer.core.data.world.stories import story

STORY = story(Dice(4))


def page(text: str, number: int = 0, language: str = "en") -> Page:
    return Page(number, text, language)


# ------------------------------------------------------------ extraction


def test_the_text_of_a_page_is_what_stands_in_its_middle():
    source = (
        "<html><head><title>t</title><script>var a = '<p>no</p>';</script></head><body><nav>Home</nav>"
        "<div id='cookie-banner'>We use cookies</div><main><h1>Bread</h1><p>Mix   it.<br>Wait &amp; see.</p>"
        "<div class='share-buttons'>Tweet</div><p>Eat.</p></main><footer>(c)</footer></body></html>"
    )
    assert text_of_html(source) == "Bread\n\nMix it.\nWait & see.\n\nEat."


def test_code_keeps_its_blanks_and_lines():
    source = "<body><pre>for i in range(2):\n    print(i &lt; 1)</pre></body>"
    assert text_of_html(source) == "for i in range(2):\n    print(i < 1)"


@pytest.mark.parametrize(
    "source",
    ["", "<", "<p", "<p>a", "</div></div>", "<!-- x", "<main></main>", "<svg><p>x", "a < b and b > c"],
)
def test_broken_markup_gives_a_text_or_none_and_no_error(source: str):
    assert isinstance(text_of_html(source), str)


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="<>/&;pdiv brscipt\"'=a1 \n", max_size=120))
def test_extraction_takes_any_markup(source: str):
    assert "\u2028" not in text_of_html(source)


def test_a_script_that_writes_end_tags_does_not_leak():
    assert "track" not in text_of_html(
        "<body><script>track('<b>')</script><p>Text</p><style>p{}</style></body>"
    )


def test_mojibake_is_undone_and_other_accents_stay():
    broken = "it\u2019s \u201cgood\u201d".encode().decode("cp1252", "ignore")
    assert mend_encoding("it\u2019s".encode().decode("cp1252")) == "it's"
    assert isinstance(mend_encoding(broken), str)
    for fine in ("Crème brûlée, Ãlvaro?", "Straße", "it's", "你好"):
        assert mend_encoding(fine) == fine


# ------------------------------------------------------------ language


@pytest.fixture(scope="module")
def languages() -> LanguageFilter:
    return LanguageFilter()


@pytest.mark.parametrize(
    "text",
    [
        "Der Bäcker ging am Sonntag durch den Wald und suchte nach seinem alten Hut.",
        "Le boulanger est allé au marché pour acheter du pain, mais il pleuvait toute la journée.",
        "El panadero fue al mercado para comprar pan, pero nadie tenía tiempo de hablar con él.",
    ],
)
def test_other_languages_go(languages: LanguageFilter, text: str):
    assert languages.keep(page(text, language="")) is not None


@pytest.mark.parametrize("text", [STORY, "12 x 8 = 96.", "", "x = 3\nprint(x)", "Hmm!", "???"])
def test_english_sums_and_code_stay(languages: LanguageFilter, text: str):
    assert languages.keep(page(text, language="")) is None


def test_chinese_is_wanted_and_known(languages: LanguageFilter):
    seen = page(
        "一天早上,小梅发现自己的风筝不见了。她找遍了整条街,最后在大树上找到了它。大家都很高兴,一起跑回了家,天黑以前还放了一会儿风筝。"
    )
    assert languages.keep(seen) is None and seen.language == "zh"


# ------------------------------------------------------------ quality


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ok",
        "BUY NOW!!! cheap pills $$$ CLICK HERE!!! no risk *** order today *** WIN!!! $$$ NOW!!! free!!!",
        "shoes, " * 60,
        "404. Page not found. Go back to the start page.",
        "Please enable JavaScript to view this page.",
        "The c\ufffdt s\ufffdt on the m\ufffdt and slept.",
        "It was...\nAnd then...\nNobody knew...\nSo they...",
        "x" * 500,
        "\n".join(["We are the best shop of the town."] * 12),
    ],
)
def test_what_is_no_text_goes(text: str):
    assert QualityFilter().keep(page(text)) is not None


def test_what_is_wanted_stays():
    wanted = list(islice(documents(11, 200_000), 500))
    dropped = [d for d in wanted if QualityFilter().keep(page(d.text, language=d.language))]
    assert len(dropped) < 0.03 * len(wanted)
    assert not any(document.kind in ("story", "letter", "diary") for document in dropped)


# ------------------------------------------------------------ duplicates


def test_a_copy_goes_whatever_its_blanks_and_capitals():
    step = ExactDuplicates()
    assert step.keep(page("One text.\nTwo lines.")) is None
    assert step.keep(page("one  text. two LINES.")) is not None
    assert step.keep(page("One text. Two limes.")) is None


def test_a_near_copy_goes_and_names_the_first():
    step = NearDuplicates()
    long = "\n\n".join(story(Dice(number)) for number in range(5))
    assert step.keep(page(long, 3)) is None
    reason = step.keep(page(long.replace(" said", " told them", 1) + " Sent in by a reader.", 4))
    assert reason == "nearly page 3"


def test_two_tellings_of_one_plot_are_two_texts():
    step = NearDuplicates()
    tales = [story(Dice(number)) for number in range(40)]
    assert sum(step.keep(page(tale, number)) is not None for number, tale in enumerate(tales)) <= 1


def test_short_cards_of_one_form_are_no_copies():
    step = NearDuplicates()
    assert step.keep(page("Name: Ada Hartby\nTown: Fernley\nPet: goat", 1)) is None
    assert step.keep(page("Name: Ada Hartby\nTown: Fernley\nPet: hen", 2)) is None


# ------------------------------------------------------------ personal data


@pytest.mark.parametrize(
    ("secret", "word"),
    [
        ("anna.b+x@mail.example.com", "[email]"),
        ("(415) 555-0142", "[phone]"),
        ("+44 20 7946 0958", "[phone]"),
        ("1234 5678 9012 3456", "[number]"),
        ("192.168.0.17", "[ip]"),
    ],
)
def test_personal_data_is_masked(secret: str, word: str):
    text, removed = masked(f"Write to {secret}, please.")
    assert text == f"Write to {word}, please." and removed == [secret]


@pytest.mark.parametrize(
    "text",
    [
        "In 1945, 12 + 30 = 42.",
        "3.14 and 2.0.1",
        "Reach 60 with 3, 12, 8.",
        "a @ b",
        "Ada was born in 1950.",
        "1,000,000",
    ],
)
def test_numbers_of_the_text_stay(text: str):
    assert masked(text) == (text, [])


@given(st.text(max_size=200))
def test_masking_twice_is_masking_once(text: str):
    once, _ = masked(text)
    assert masked(once) == (once, [])


# ------------------------------------------------------------ all of it, against the truth


def test_a_report_counts_right_wrong_and_missed():
    class Odd:
        name, targets = "odd", ("spam",)

        def keep(self, page: Page) -> str | None:
            return "odd" if page.number % 2 else None

    labels = ("spam", "spam", "wanted", "wanted", "copy", "copy")
    pages = [Page(n, "text", truth=Truth(label, "en", "text")) for n, label in enumerate(labels)]  # pyright: ignore[reportArgumentType]
    report = Report("odd")
    left = list(run_step(Odd(), iter(pages), report))
    assert [p.number for p in left] == [0, 2, 4]
    assert (report.right, report.wrong, report.missed) == (1, 1, 1)
    assert (report.precision, report.recall) == (0.5, 0.5)
    assert (report.documents_in, report.documents_out, report.characters_out) == (6, 3, 12)


def test_cleaning_the_raw_web_gives_the_world_back():
    pages = list(raw_pages(documents(2, 150_000), 2))
    assert [p.text for p in pages[:50]] == [p.text for p in islice(raw_pages(documents(2, 150_000), 2), 50)]
    wanted = {p.number for p in pages if p.truth is not None and p.truth.label == "wanted"}
    pipeline = Pipeline()
    left = list(pipeline.clean(iter(pages)))
    kept = {p.number for p in left}
    assert len(kept & wanted) > 0.95 * len(wanted)
    assert len(kept - wanted) < 0.02 * len(kept)
    by_name = {report.step: report for report in pipeline.reports}
    for step, least in (("language filter", 0.95), ("quality filter", 0.85), ("exact duplicates", 0.9)):
        report = by_name[step]
        assert report.recall is not None and report.recall >= least, report
        assert report.precision is not None and report.precision >= 0.85, report
    same = [p for p in left if p.truth is not None and p.truth.label == "wanted" and not p.truth.secrets]
    assert sum(p.text == p.truth.text for p in same if p.truth) > 0.99 * len(same)
    secrets = [secret for p in left if p.truth for secret in p.truth.secrets]
    everything = "\n".join(p.text for p in left)
    assert len(secrets) > 5 and not any(secret in everything for secret in secrets)
