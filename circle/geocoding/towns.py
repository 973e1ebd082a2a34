"""The towns a map lies in: left out of a question, or held against one that names another."""

from __future__ import annotations

import re
from collections.abc import Iterable

from circle.geocoding.address import admin_parts
from circle.geocoding.folding import fold, has_cjk

_POSTCODE = re.compile(r"(?<!\d)\d{4,6}(?!\d)")
_LONGEST_COUNTRY = 3
# 街道 is not among them: 张掖路街道 is named after a street, and 张掖路 means that.
_ENDS = ("特别行政区", "自治州", "自治区", "地区", "省", "市", "区", "县")


class Towns:
    """
    Names of the towns and districts around a map.

    Parameters
    ----------
    names
        As a map or a person writes them: ``"北京市海淀区"``, ``"Monaco"``.
    postcodes
        Postcodes met on the map.
    quarters
        Those of `names` that are only a part of the map: who names one says where to look.
    """

    def __init__(
        self,
        names: Iterable[str],
        postcodes: Iterable[str] = (),
        quarters: Iterable[str] = (),
    ) -> None:
        names, quarters = list(names), set(quarters)
        wider = [name for name in names if name not in quarters]
        self._wider = Towns(wider, postcodes) if quarters else self
        words: set[str] = set()
        for name in names:
            key = fold(name)
            if len(key) < 2:
                continue
            words.add(key)
            if has_cjk(key):
                words.update(_short_forms(key))
        self._words = sorted(words, key=len, reverse=True)
        self._cities = {part for word in words if (part := admin_parts(word)["city"])}
        self._postcodes = frozenset(postcodes)
        latin = "|".join(re.escape(word) for word in self._words if not has_cjk(word))
        self._behind = re.compile(
            rf"[\s,(]+(?:\d{{4,6}}\s+)?(?:{latin or '(?!)'})\)?$", re.IGNORECASE
        )

    def __contains__(self, text: str) -> bool:
        return fold(text) in self._words

    def without(self, text: str) -> str:
        """
        Return a question without towns and postcodes before and behind it.

        Examples
        --------
        >>> Towns(["北京市海淀区"]).without("海淀区成府路 55号")
        '成府路55号'
        >>> Towns(["Monaco"], ["98000"]).without("Villa Byron, 98000 Monaco")
        'Villa Byron'
        """
        if not has_cjk(text):
            return self._without_latin(text)
        parts = [part.strip() for part in re.split("[,，;；]", text)]
        kept = [part for part in parts if part and part not in self]
        return self._without_cjk(" ".join(kept or parts))

    def leaves_out_a_quarter(self, text: str) -> bool:
        """
        Say whether what `without` leaves out tells one part of the map from others.

        Examples
        --------
        >>> towns = Towns(["Monaco", "Larvotto"], quarters=["Larvotto"])
        >>> [towns.leaves_out_a_quarter(f"Carrefour, {town}") for town in ("Larvotto", "Monaco")]
        [True, False]
        """
        return self.without(text) != self._wider.without(text)

    def _without_cjk(self, text: str) -> str:
        rest = fold(text)
        for _ in range(4):
            admin = admin_parts(rest)
            # A written-out 省, 市 or 区 is one whatever the map knows; a bare 兰州 must be known.
            start = "".join(admin[part] for part in ("country", "province", "city"))
            if start or admin["district"] in self._words:
                start += admin["district"]
            word = start or next((w for w in self._words if rest.startswith(w)), "")
            if not word or len(rest) - len(word) < 2:
                break
            rest = rest.removeprefix(word)
        return rest

    def _without_latin(self, text: str) -> str:
        parts = [part.strip() for part in re.split(r"[,;\n]", text)]
        kept = [part for part in parts if part and not self._is_town(part)]
        rest = ", ".join(kept)
        bare = self._behind.sub("", rest)
        return bare if len(bare) >= 4 else rest

    def _is_town(self, part: str) -> bool:
        bare = fold(_POSTCODE.sub(" ", part))
        return bare in self._words or (not bare and bool(_POSTCODE.search(part)))

    def other_town(self, text: str) -> str:
        """
        Return the town a question names when it is none of these; empty when it names none.

        Examples
        --------
        >>> Towns(["兰州市城关区"]).other_town("西宁市人民路6号")
        '西宁市'
        """
        if has_cjk(text):
            city = admin_parts(fold(text))["city"]
            if not city or not self._cities:
                return ""
            return "" if city in self._cities else city
        if not self._words:
            return ""
        for part in re.split(r"[,;\n]", text)[1:]:
            found = _POSTCODE.search(part)
            if found is None:
                continue
            # The town stands behind its code, or before it where nothing follows: not the street
            # in 27, boulevard des Moulins 98000 Monaco, nor the country in MC-98000.
            town = fold(part[found.end() :]) or fold(part[: found.start()])
            if len(town) > _LONGEST_COUNTRY and town not in self._words:
                return part.strip()
            if self._postcodes and found[0] not in self._postcodes:
                return part.strip()
        return ""


def _short_forms(key: str) -> set[str]:
    """Return the parts of 甘肃省兰州市城关区, and 甘肃, 兰州, 城关."""
    parts = [part for part in admin_parts(key).values() if part]
    forms = set(parts) | {"".join(parts[i:]) for i in range(len(parts))}
    for part in parts or [key]:
        for end in _ENDS:
            if part.endswith(end) and len(part) - len(end) >= 2:
                forms.add(part.removesuffix(end))
                break
    return {form for form in forms if len(form) >= 2}
