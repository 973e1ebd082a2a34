"""
How long a messy Excel list of 1,000 rows takes to be located offline and written to a register.

Rows are named things of the Monaco extract, with what people do to them: missing
letters, shortened streets, ids that repeat, unknown classes, coordinates in another order.
Target: under 20 s from the file to the report and the register, a report for every row.
"""

from __future__ import annotations

import random
import tempfile
import time
from pathlib import Path

from circle.classes import load_classes
from circle.store import Register
from circle.store.import_report import write_report
from circle.store.importing import apply_import, plan_import
from circle.store.list_files import read_list
from circle.store.list_rows import read_drafts
from circle.store.surroundings import Surroundings, read_surroundings
from tests.benchmarks.report import Report, extract, run

N_ROWS = 1_000
TARGET_S = 20.0


def messy_list(path: Path, around: Surroundings, n_rows: int = N_ROWS) -> None:
    """Write a messy Excel list of things on a map."""
    from openpyxl import Workbook

    moments = random.Random(7)
    kinds = [kind.key for kind in around.classes]
    things = around.features.named
    things = things[things["name"].notna() & (things["name"] != "")].drop_duplicates("name")
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Facilities of the district, as of May"])
    sheet.append(["编号", "设施名称", "类别", "地址", "经度", "纬度", "电话", "负责人"])
    for number in range(n_rows):
        thing = things.iloc[number % len(things)]
        name: str | None = str(thing["name"])
        assert name
        address = " ".join(thing["addr"].get(key, "") for key in ("housenumber", "street")).strip()
        kind = kinds[number % len(kinds)]
        lon = lat = None
        mess = moments.random()
        if mess < 0.1 and len(name) > 4:
            cut = moments.randrange(1, len(name) - 1)
            name = name[:cut] + name[cut + 1 :]
        elif mess < 0.2:
            address = address.replace("Avenue", "av.").replace("Boulevard", "bd")
        elif mess < 0.3:
            lon, lat = thing["point"].x, thing["point"].y
        elif mess < 0.33:
            kind = "flying saucers"
        elif mess < 0.36:
            name = None
        elif mess < 0.39:
            lon, lat = "east", 43.7
        identity = number - 1 if 0.39 <= mess < 0.42 else number
        sheet.append([identity, name, kind, address, lon, lat, f"+377 {number:05}", "M."])
    book.save(path)


def measure() -> Report:
    """Import the list and say how long it took."""
    report = Report("A messy list into the register")
    classes = load_classes()
    around = read_surroundings(extract("monaco_2023.osm.pbf"), classes)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "list.xlsx"
        messy_list(path, around)
        start = time.perf_counter()
        listed = read_list(path)
        drafts = read_drafts(listed, classes, "wgs84", within=around.bounds)
        with Register.open(Path(folder) / "places.db") as register:
            plan = plan_import(
                register, drafts, classes, file_name=path.name, geocoder=around.geocoder
            )
            write_report(Path(folder) / "report.xlsx", listed, plan, "zh")
            apply_import(register, plan, "bench", only_good=True)
            seconds = time.perf_counter() - start
            n_places = len(register.places())
    counts = ", ".join(f"{n} {name}" for name, n in plan.counts.items())
    report.line("1,000 rows imported, located offline, reported", seconds, "s", most=TARGET_S)
    report.line("rows the report accounts for", len(plan.rows), least=N_ROWS)
    report.note(f"{counts}; {n_places} places in the register")
    return report


if __name__ == "__main__":
    run(measure)
