"""The planner's page of the service: coverage of the study that is served."""

from __future__ import annotations

import html

from circle.errors import CircleError
from circle.planner.web import render_planner
from circle.planner.web_inputs import PlannerTexts, inputs_of
from circle.service.pages import GUIDE_POLICY, Page
from circle.study.config import StudyConfig
from circle.study.coverage import run_coverage
from circle.study.plan_build import make_plan

_HTML = "text/html; charset=utf-8"
_REFUSAL = """\
<!doctype html>
<html lang="{lang}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>circle</title>
<style>body{{font:1.1rem/1.6 sans-serif;max-width:42rem;margin:3rem auto;padding:0 1rem}}</style>
</head>
<body><main>{sentences}<p><a href="/">{back}</a></p></main></body>
</html>
"""


def planner_page(config: StudyConfig) -> Page:
    """
    Return the planner's map of a study, or a page that says why there is none.

    Parameters
    ----------
    config
        The study; it is read and judged here, which takes seconds.
    """
    try:
        plan = make_plan(run_coverage(config))
    except CircleError as error:
        return _refusal(config, error)
    return Page(
        render_planner(inputs_of(plan, texts_of(config)), live=True).encode(),
        _HTML,
        GUIDE_POLICY,
    )


def texts_of(config: StudyConfig) -> PlannerTexts:
    """Return what the map of a study says about itself."""
    return PlannerTexts(
        config.title_zh or config.title_en,
        config.title_en or config.title_zh,
        config.community_zh,
        config.community_en,
        config.languages,
    )


def _refusal(config: StudyConfig, error: CircleError) -> Page:
    zh = f"<p lang='zh-CN'>无法评价设施覆盖：{html.escape(error.message('zh'))}</p>"
    en = f"<p lang='en'>Coverage cannot be judged: {html.escape(error.message('en'))}</p>"
    is_english = config.languages[0] == "en"
    text = _REFUSAL.format(
        lang="en" if is_english else "zh-CN",
        sentences=en + zh if is_english else zh + en,
        back="The guide" if is_english else "返回指南",
    )
    return Page(text.encode(), _HTML, status=404)
