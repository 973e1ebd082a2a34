"""
How often the offline geocoder is right, and how often it is wrong and sure of it.

Cases are drawn from real maps (`tests/geocoding/cases.py`); the figures are of the half that
nothing was tuned on. ``--tuning`` shows the other half, ``--wrong N`` what went wrong there.
"""

from __future__ import annotations

import argparse

from tests.benchmarks.report import FOLDER, Report, extract
from tests.geocoding.measure import all_cases, measure, median_ms, total

MAPS = ("Monaco", "Tsinghua", "Shanzishi")


def main() -> Report:
    """Measure, print a table with the targets."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tuning", action="store_true", help="the half that may be looked at")
    parser.add_argument("--wrong", type=int, default=0, help="print so many wrong answers a way")
    given = parser.parse_args()
    for name in ("monaco_2023.osm.pbf", "beijing_tsinghua_2017.osm", "lanzhou_streets.geojson"):
        extract(name)
    half = "tuning" if given.tuning else "test"
    report = Report(f"Geocoding without the internet, {half} half")
    found = measure(all_cases(FOLDER), "tuning" if given.tuning else "test")
    report.note(
        f"{'':<12}{'':<34}{'n':>6}{'top 1':>8}{'top 3':>8}{'sure':>8}{'of these right':>16}"
    )
    for (key, kind, way), tally in sorted(found.items()):
        precise = tally.confident_right / tally.confident if tally.confident else 1.0
        report.note(
            f"{key:<12}{kind + ', ' + way:<34}{tally.n:>6}{tally.share(tally.top_1):>8.1%}"
            f"{tally.share(tally.top_3):>8.1%}{tally.share(tally.confident):>8.1%}{precise:>16.2%}"
        )
        if given.tuning:
            for where, case, matches in tally.wrong[: given.wrong]:
                shown = [
                    (a.name, a.level, round(a.confidence, 2), a.reason[:50]) for a in matches[:3]
                ]
                report.note(f"    {where} {case.name!r} {case.address!r} -> {shown}")
    for key in MAPS:
        exact, disturbed = total(found, "exact", key), total(found, "disturbed", key)
        absent = total(found, "absent", key)
        report.note(
            f"{key}: exact {exact.share(exact.top_1):.1%} of {exact.n}, disturbed "
            f"{disturbed.share(disturbed.top_1):.1%} / {disturbed.share(disturbed.top_3):.1%} of "
            f"{disturbed.n}, not on the map {absent.share(absent.top_1):.1%} of {absent.n}"
        )
    exact, disturbed, absent = (total(found, kind) for kind in ("exact", "disturbed", "absent"))
    every = total(found)
    sure = every.confident_right / every.confident if every.confident else 1.0
    report.line("exact, right at top 1", 100 * exact.share(exact.top_1), "%", least=97)
    report.line("disturbed, right at top 1", 100 * disturbed.share(disturbed.top_1), "%", least=88)
    report.line("disturbed, right in the top 3", 100 * disturbed.share(disturbed.top_3), "%",
                least=95)  # fmt: skip
    report.line("not on the map, not found", 100 * absent.share(absent.top_1), "%", least=95)
    report.line("not on the map, sure all the same", absent.confident, "", most=0)
    report.line("sure, and right", 100 * sure, "%", least=99)
    report.line("a question on Monaco, median", median_ms(total(found, key="Monaco")), "ms",
                most=10)  # fmt: skip
    return report


if __name__ == "__main__":
    main().leave()
