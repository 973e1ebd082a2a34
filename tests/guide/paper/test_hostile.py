"""Names nobody would print, and signs no font has."""

from __future__ import annotations

import re

import pytest

from circle.errors import InputError
from circle.guide.model import GuideContent
from circle.guide.paper import fonts
from circle.guide.paper.fonts import FontError, find_font
from circle.guide.paper.options import PaperOptions
from circle.guide.paper.sheet import compose

from ..conftest import HOSTILE
from .printed import Printed
from .test_layout import assert_all_numbered, assert_tidy


@pytest.mark.parametrize("paper", ["a3", "a4", "a1"])
def test_hostile_names_are_printed_as_they_are(content: GuideContent, paper: str) -> None:
    printed = compose(content, PaperOptions(paper=paper))
    for plan in printed.plans:
        assert_tidy(plan)
    assert_all_numbered(printed, content)
    text = re.sub(r"\s+", "", Printed(printed.pdf).all_text())
    assert "<script>window.hacked=1</script>" in text
    assert "{{7*7}}{%raw%}${alert(1)}" in text
    assert "甘" * 60 in text


def test_signs_without_a_glyph_are_reported_and_marked(content: GuideContent) -> None:
    printed = compose(content, PaperOptions())
    missing = printed.missing
    emoji = next(name for name in missing if name.startswith("阳光"))
    assert "🌞" in missing[emoji]
    font = find_font()
    text = Printed(printed.pdf).all_text()
    assert "阳光□小卖部" in text.replace(" ", "")
    assert not font.missing(re.sub(r"\s|\ufffe|\x00", "", text))


def test_every_sign_printed_has_a_glyph() -> None:
    font = find_font()
    for name in HOSTILE.values():
        one_line = "".join(sign for sign in name if sign.isprintable())
        assert not font.missing(font.printable(one_line))
    assert font.printable("社区👨‍👩‍👧中心") == "社区□中心"
    assert font.missing("山字石社区卫生服务中心") == []


def test_an_unknown_class_is_refused_in_words(content: GuideContent) -> None:
    with pytest.raises(InputError, match="no class “nonsense”"):
        compose(content, PaperOptions(classes=("nonsense",)))


def test_an_atlas_of_hundreds_of_maps_is_refused(content: GuideContent) -> None:
    with pytest.raises(InputError, match="more than 60"):
        compose(content, PaperOptions(scale=100))


def test_without_any_font_the_sentence_says_what_to_do(monkeypatch, tmp_path) -> None:
    monkeypatch.delenv(fonts.FONT_VARIABLE, raising=False)
    monkeypatch.setattr(fonts, "_candidates", lambda: iter(()))
    with pytest.raises(FontError, match="fonts-noto-cjk"):
        find_font()
    broken = tmp_path / "broken.ttf"
    broken.write_bytes(b"not a font")
    monkeypatch.setenv(fonts.FONT_VARIABLE, str(broken))
    with pytest.raises(FontError, match=r"broken\.ttf"):
        find_font()


def test_the_packaged_font_serves_where_the_computer_has_none(
    monkeypatch, content: GuideContent
) -> None:
    pytest.importorskip("zhplot", reason="only needed on Linux")
    monkeypatch.delenv(fonts.FONT_VARIABLE, raising=False)
    monkeypatch.setattr(fonts, "_installed", dict)
    font = find_font()
    assert font.family.startswith("Noto Sans SC")
    assert not font.has_bold
    printed = compose(content, PaperOptions())
    assert "卫生" in Printed(printed.pdf).all_text()
