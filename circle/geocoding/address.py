"""
Addresses as people write them, taken apart.

Chinese addresses run from large to small, 省 市 区 街道 社区 路 号, mostly without a space; Latin
ones put the number beside the street and the town behind a comma. `parse_address` needs no map;
what is a street and what only looks like one is settled against the map in `streets.py`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from circle.geocoding.folding import expand, fold, has_cjk

# 小区, 社区, 园区 … end in 区 without being a district.
_DISTRICT = r"(?:[^省市区县]{1,6}?(?<![小社园校景院库新片灾地])[区县旗])"
_ADMIN = re.compile(
    r"^(?P<country>中国|中华人民共和国)?"
    r"(?P<province>[^省市区县路街]{2,6}?(?:省|自治区|特别行政区)|(?:北京|上海|天津|重庆|内蒙古|广西|宁夏|新疆|西藏)(?!市)(?=[^路街]{1,5}[市区县]))?"
    r"(?P<city>[^省市区县路街村]{2,7}?(?:(?<![超门菜早夜集都城])市|自治州|地区|盟)(?!场))?"
    rf"(?P<district>{_DISTRICT})?"
    r"(?P<township>[^号\d]{1,6}?(?:街道办事处|街道办|街道(?!口))|[^路街号\d]{1,4}?[镇乡])?"
    r"(?P<community>[^路街号]{1,8}?社区)?"
)
_STREET = re.compile(
    r"(?P<street>[^\d]{1,10}?\d*[^\d]{0,3}?(?:大街|大道|[东西南北中]路|[东西南北中]街|胡同|路|街|巷|弄|道|条))"
    r"(?P<number>\d+[a-z]?(?:-\d+[a-z]?)?)"
)
_STREET_ALONE = re.compile(r"(?P<street>.{1,9}?(?:大街|大道|胡同|路|街|巷))")
_NUMBER = re.compile(r"\d+(?:-\d+)?")
# 12, 12 bis, 12b, 4-6; a postcode of five or six digits is none.
_LATIN_NUMBER = r"\d{1,4}(?:\s?(?:bis|ter|quater|[a-z]))?(?:-\d{1,4}[a-z]?)?"
_LEADING = re.compile(rf"^(?:n[o°]?\s?)?(?P<number>{_LATIN_NUMBER})\s+(?P<street>\D.*)$")
_TRAILING = re.compile(rf"^(?P<street>\D.*?)\s+(?:n[o°]?\s?)?(?P<number>{_LATIN_NUMBER})$")


@dataclass(frozen=True, slots=True)
class Address:
    """
    An address in parts, all folded, empty where not given.

    Parameters
    ----------
    text
        The whole address.
    province, city, district, township, community
        Administrative parts, suffix included (``"兰州市"``).
    street, number
        As far as they can be told without a map.
    rest
        What stands behind the administrative parts.
    """

    text: str
    province: str = ""
    city: str = ""
    district: str = ""
    township: str = ""
    community: str = ""
    street: str = ""
    number: str = ""
    rest: str = ""


def parse_address(address: str) -> Address:
    """
    Take an address apart.

    Examples
    --------
    >>> a = parse_address("甘肃省兰州市城关区张掖路街道山字石社区箭道巷12号")
    >>> a.city, a.district, a.township, a.community, a.street, a.number
    ('兰州市', '城关区', '张掖路街道', '山字石社区', '箭道巷', '12')
    >>> b = parse_address("12 bis, av. d'Ostende, 98000 Monaco")
    >>> b.street, b.number
    ('avenue d ostende', '12bis')
    """
    if not has_cjk(address):
        return _parse_latin(address)
    text = fold(address).replace(" ", "")
    parts = admin_parts(text)
    rest = text[len("".join(parts.values())) :]
    street = _STREET.search(rest) or _STREET_ALONE.match(rest)
    found = street.groupdict() if street else {}
    return Address(
        text,
        province=parts["province"],
        city=parts["city"],
        district=parts["district"],
        township=parts["township"],
        community=parts["community"],
        street=found.get("street") or "",
        number=found.get("number") or "",
        rest=rest,
    )


def _parse_latin(address: str) -> Address:
    parts = [expand(fold(part)) for part in re.split(r"[,;\n]", address)]
    parts = [part for part in parts if part]
    text = " ".join(parts)
    # "12, Avenue d'Ostende": a comma behind the number belongs to it.
    for index in range(len(parts) - 1):
        if re.fullmatch(_LATIN_NUMBER, parts[index]):
            parts[index : index + 2] = [f"{parts[index]} {parts[index + 1]}"]
            break
    for part in parts:
        found = _LEADING.match(part) or _TRAILING.match(part)
        if found:
            number = found["number"].replace(" ", "")
            return Address(text, street=found["street"], number=number, rest=text)
    return Address(text, street=parts[0] if parts else "", rest=text)


def admin_parts(folded: str) -> dict[str, str]:
    """
    Return country, province, city, district, township and community a folded address begins with.

    Examples
    --------
    >>> admin_parts("甘肃省兰州市城关区张掖路")["city"]
    '兰州市'
    """
    found = _ADMIN.match(folded)
    assert found is not None  # every part of the pattern is optional
    return {key: value or "" for key, value in found.groupdict().items()}


def house_number(text: str) -> str:
    """
    Return a house number in one form, empty when there is none; a postcode is none.

    Examples
    --------
    >>> house_number("28號"), house_number("34 b"), house_number("十二号院"), house_number("12－8")
    ('28', '34b', '12', '12-8')
    """
    folded = fold(text)
    if not has_cjk(folded):
        folded = fold(text + "号").removesuffix("号")  # numerals alone are folded among characters
    found = re.match(
        r"(?:no\s?)?(\d{1,4}(?!\d)(?:\s?(?:bis|ter|quater|[a-z])(?![a-z]))?(?:-\d+[a-z]?)?)", folded
    )
    return found.group(1).replace(" ", "") if found else ""


def leading_number(number: str) -> int | None:
    """Return the whole number a house number starts with."""
    found = _NUMBER.match(number)
    return int(found.group().partition("-")[0]) if found else None
