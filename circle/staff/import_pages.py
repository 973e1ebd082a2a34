"""Import of a list: upload, say what its columns and coordinates mean, look at every row, write."""

from __future__ import annotations

import json
import tempfile
from functools import partial
from pathlib import Path
from typing import Any

from starlette.responses import Response

from circle.datum import DATUMS
from circle.errors import CircleError, ConflictError, SheetError
from circle.facilities.sheets import read_rows
from circle.guide.photos import photo_problem
from circle.staff.uploads import MOST_BYTES, SUFFIXES, Upload
from circle.staff.visit import Visit, download
from circle.store.datum_meanings import DatumMeaning, datum_meanings
from circle.store.declared import datum_refusal, undeclared_rows
from circle.store.import_report import write_report
from circle.store.importing import OUTCOMES, apply_import, plan_import
from circle.store.labels import called
from circle.store.list_files import FIELDS, SHEET_SUFFIXES, field_of, read_layer, read_list
from circle.store.list_rows import read_drafts
from circle.store.sheet_of_register import STATE_COLUMNS

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_MOST_ROWS_SHOWN = 500
_FIRST_COLUMNS = ("name", "class", "address", "lon", "lat", "phone", "hours")
# A column an export writes for people to see; what stands in it is never read.
_PASSED_OVER = "doubt"
_CHOICES = (
    *_FIRST_COLUMNS,
    *(field for field in FIELDS if field not in (*_FIRST_COLUMNS, *STATE_COLUMNS)),
)


def start(visit: Visit) -> Response:
    """Ask for a file."""
    return visit.page("import.html", suffixes=SUFFIXES, most_mb=MOST_BYTES // 1_000_000, error="")


def upload(visit: Visit) -> Response:
    """Keep the file that came, and go on."""
    try:
        sent = visit.file("file")
        if sent is None:
            raise SheetError(en="Choose a file first.", zh="请先选择文件。")
        kept = visit.desk.uploads.keep(*sent, visit.who)
    except CircleError as error:
        return visit.page(
            "import.html",
            422,
            suffixes=SUFFIXES,
            most_mb=MOST_BYTES // 1_000_000,
            error=visit.sentence(error),
        )
    return visit.go(f"/import/{kept.token}")


def choices(visit: Visit, *, error: str = "") -> Response:
    """Show the columns of the list and ask what its coordinates are in."""
    kept = visit.desk.uploads.get(visit.part("token"))
    columns: list[tuple[str, str | None, str]]
    n_undeclared, is_needed, asks = 0, False, ""
    meanings: tuple[DatumMeaning, ...] = ()
    try:
        listed = read_list(kept.path, kept.mapping)
        columns = [
            (
                column.header,
                None if column.field == _PASSED_OVER else column.field,
                _sample(listed.rows, column.header, column.field),
            )
            for column in listed.columns
        ]
        undeclared = undeclared_rows(listed, None)
        n_undeclared, is_needed = len(undeclared), datum_refusal(listed, None) is not None
        if undeclared:
            meanings = datum_meanings(undeclared, visit.desk.surroundings())
        n_rows = len(listed.rows)
    except SheetError:
        columns = [(header, field_of(header), "") for header in _headers(kept.path)]
        n_rows = 0
        if not columns:
            raise
        question = (
            "No column of names was found; say below which one it is.",
            "没有找到名称列；请在下面指定哪一列是名称。",
        )
        asks = question[visit.language == "zh"] if not error else ""
    marks = [
        {"lon": spot.lon, "lat": spot.lat, "label": str(number), "kind": meaning.datum}
        for meaning in meanings
        for number, (_, spot) in enumerate(meaning.first, start=1)
    ]
    return visit.page(
        "import_choices.html",
        422 if error else 200,
        kept=kept,
        columns=columns,
        fields=_CHOICES,
        n_rows=n_rows,
        n_undeclared=n_undeclared,
        is_needed=is_needed,
        meanings=meanings,
        datums=DATUMS,
        marks=json.dumps(marks),
        classes=visit.desk.classes,
        error=error,
        asks=asks,
    )


def choose(visit: Visit) -> Response:
    """Take what was said of the list, and make the report."""
    kept = visit.desk.uploads.get(visit.part("token"))
    headers, meant = visit.texts("header"), visit.texts("meant")
    mapping = dict(zip(headers, meant, strict=False))
    taken = [field for field in meant if field]
    repeated = sorted({field for field in taken if taken.count(field) > 1})
    datum, default = visit.text("datum") or None, visit.text("default_class") or None
    try:
        if "name" not in taken:
            raise SheetError(en="Say which column holds the names.", zh="请指定哪一列是名称。")
        if repeated:
            raise SheetError(
                en=f"Two columns cannot both be “{called(repeated[0], 'en')}”; choose one.",
                zh=f"不能有两列都是“{called(repeated[0], 'zh')}”；请只选一列。",
            )
        if datum is not None and datum not in DATUMS:
            raise SheetError(en="Choose a datum from the list.", zh="请从列表中选择坐标系。")
        with kept.lock:
            kept.mapping = _said(mapping)
            kept.datum, kept.default_class = datum, default
            _plan(visit, kept)
    except CircleError as error:
        return choices(visit, error=visit.sentence(error))
    return visit.go(f"/import/{kept.token}/report")


def _said(mapping: dict[str, str]) -> dict[str, str]:
    """Return what each header means; one that means something and shall not is passed over."""
    said = {}
    for header, field in mapping.items():
        if field:
            said[header] = field
        elif field_of(header) is not None:
            said[header] = _PASSED_OVER
    return said


def _plan(visit: Visit, kept: Upload) -> None:
    """Find out what the list would change; nothing is written."""
    listed = read_list(kept.path, kept.mapping)
    around = visit.desk.surroundings()
    drafts = read_drafts(
        listed,
        visit.desk.classes,
        kept.datum,
        within=None if around is None else around.bounds,
        default_class=kept.default_class,
        photo_problem=partial(photo_problem, visit.desk.config.photo_folder),
    )
    kept.plan = plan_import(
        visit.desk.register,
        drafts,
        visit.desk.classes,
        file_name=kept.path.name,
        geocoder=None if around is None else around.geocoder,
    )
    kept.listed = listed


def report(visit: Visit) -> Response:
    """Show what would become of every row."""
    kept = visit.desk.uploads.get(visit.part("token"))
    if kept.plan is None:
        return visit.go(f"/import/{kept.token}")
    wanted = visit.asked("show")
    rows = [row for row in kept.plan.rows if wanted not in OUTCOMES or row.outcome == wanted]
    rows.sort(key=lambda row: (-_rank(row.outcome), row.number))
    return visit.page(
        "import_report.html",
        kept=kept,
        plan=kept.plan,
        rows=rows[:_MOST_ROWS_SHOWN],
        n_hidden=max(0, len(rows) - _MOST_ROWS_SHOWN),
        wanted=wanted,
    )


def _rank(outcome: str) -> int:
    return ("unchanged", "new", "changed", "doubtful", "refused").index(outcome)


def report_file(visit: Visit) -> Response:
    """Return the report as Excel, offending cells marked."""
    kept = visit.desk.uploads.get(visit.part("token"))
    if kept.plan is None or kept.listed is None:
        return visit.go(f"/import/{kept.token}")
    with tempfile.TemporaryDirectory(prefix="circle-report-") as folder:
        path = Path(folder) / "report.xlsx"
        write_report(path, kept.listed, kept.plan, visit.language)
        return download(path.read_bytes(), f"{kept.path.stem}-report.xlsx", _XLSX)


def write(visit: Visit) -> Response:
    """Write what the report says, once."""
    kept = visit.desk.uploads.get(visit.part("token"))
    with kept.lock:
        if kept.plan is None:
            return visit.go(f"/import/{kept.token}")
        if kept.n_written is None:
            only_good = visit.text("only_good") == "yes"
            try:
                kept.n_written = apply_import(
                    visit.desk.register, kept.plan, visit.who, only_good=only_good
                )
            except ConflictError:
                _plan(visit, kept)
                visit.say(
                    "The register was changed meanwhile, so nothing was imported; here is the "
                    "report anew. Look at it and import again.",
                    "登记册刚刚有了改动，因此没有导入；已重新生成报告，请核对后再导入。",
                    kind="bad",
                )
                return visit.go(f"/import/{kept.token}/report")
            if kept.n_written:
                kept.act_id = visit.desk.register.acts(limit=1)[0].act_id
    return visit.go(f"/import/{kept.token}/done")


def done(visit: Visit) -> Response:
    """Say what was written."""
    kept = visit.desk.uploads.get(visit.part("token"))
    if kept.n_written is None:
        return visit.go(f"/import/{kept.token}")
    return visit.page("import_done.html", kept=kept, plan=kept.plan)


def _sample(rows: Any, header: str, field: str | None) -> str:
    """Return the first cells of a column, for somebody to tell what it is."""
    found = [row.cells.get(field, "") if field else row.extra.get(header, "") for row in rows]
    return " · ".join([text[:24] for text in found if text][:3])


def _headers(path: Path) -> list[str]:
    """Return the headers of a list nobody has found the names in yet."""
    if path.suffix.lower() not in SHEET_SUFFIXES:
        try:
            return [str(name) for name in read_layer(path).columns if name != "geometry"]
        except Exception:  # pyogrio has no one class for what a foreign file does to it
            return []
    for rows in read_rows(path):
        for _, cells in rows[:15]:
            headers = [cell for cell in cells if cell]
            if len(headers) > 1:
                return headers
    return []
