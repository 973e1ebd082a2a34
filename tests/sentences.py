"""What every error of the project must be: one sentence, in both languages, that a person reads."""

from __future__ import annotations

import re

from circle.errors import CircleError


def assert_speaks(error: CircleError, *parts: str) -> None:
    """Check that an error is one clear sentence in two languages that names all of `parts`."""
    assert isinstance(error, CircleError)
    for text in (error.en, error.zh):
        assert text
        assert "\n" not in text
        assert "Traceback" not in text
        assert "Error(" not in text
        assert "object at 0x" not in text
    assert re.search(r"[\u4e00-\u9fff]", error.zh), error.zh
    assert not re.search(r"[\u4e00-\u9fff]{4}", error.en), error.en
    assert error.en[0].isalnum() or error.en[0] in "'\"", error.en
    assert error.en[-1] in ".?", error.en
    assert error.zh[-1] in "。？", error.zh
    for part in parts:
        assert part in error.en, (part, error.en)
    assert error.message("en") == str(error) == error.en
    assert error.message("zh") == error.zh
