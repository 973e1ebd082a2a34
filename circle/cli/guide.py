"""``circle guide``: the guide on paper, as a PDF; ``circle pictures``: how it looks."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Literal

import click

from circle.cli.command import (
    CircleCommand,
    asked_language,
    guide_language,
    in_words,
    note,
    option,
    tell,
)
from circle.cli.outputs import check_output
from circle.cli.studies import without_photos
from circle.errors import InputError

if TYPE_CHECKING:
    from circle.guide.paper.sheet import PaperGuide

_REASONS = {
    "scale": ("the whole circle does not fit one sheet at this scale", "这个比例尺下一张纸放不下"),
    "small": ("one map would be too small to read", "只用一幅图会太小，看不清"),
    "crowded": ("the places stand too close for one map", "地点太密，一幅图标不下"),
}


@click.command(
    cls=CircleCommand,
    zh="把指南排成可打印的 PDF：编号地图和名录。NAME 为指南文件夹，或内置样本 shanzishi。",
)
@click.argument("name", default="shanzishi")
@option(
    "--paper",
    type=click.Choice(["a4", "a3", "a1"], case_sensitive=False),
    default="a3",
    show_default=True,
    en="a3: a sheet, map on one side, list on the other; a4: a booklet; a1: a wall poster.",
    zh="a3：一张纸，一面地图一面名录；a4：小册子；a1：墙上的大图。",
)
@option(
    "--scale",
    metavar="1:2500",
    en="Scale of the map; by default the largest round one that fits.",
    zh="地图比例尺；默认取放得下的最大整数比例尺。",
)
@option("--atlas", is_flag=True, en="Several overlapping maps.", zh="分成几幅相互重叠的图。")
@option("--large-print", is_flag=True, en="Larger type.", zh="大字版。")
@option(
    "--classes",
    metavar="KEY,KEY",
    en="Print only these classes; numbers stay the same.",
    zh="只印这些类别；编号不变。",
)
@option(
    "--style",
    type=click.Choice(["community", "official"]),
    en="Look: community is warm, official plain; by default that of the guide.",
    zh="样式：community 温暖，official 素净；默认用指南自己的样式。",
)
@option(
    "--language",
    "print_language",
    type=click.Choice(["zh-CN", "en"]),
    en="Language of the print; by default that of --lang where the guide has it, else the first "
    "one of the guide.",
    zh="印刷语言；默认与 --lang 相同（指南有这种语言时），否则为指南的第一种语言。",
)
@option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="FILE",
    en="The PDF; by default maps/NAME/guide-PAPER.pdf.",
    zh="PDF 文件；默认为 maps/NAME/guide-纸张.pdf。",
)
def guide(
    name: str,
    paper: str,
    scale: str | None,
    atlas: bool,
    large_print: bool,
    classes: str | None,
    style: str | None,
    print_language: str | None,
    output: Path | None,
) -> None:
    """Print a guide: a numbered map and its list as a PDF.

    NAME is a study folder, or the embedded sample shanzishi.
    """
    denominator = None if scale is None else read_scale(scale)
    if output is not None:
        check_output(output, (".pdf",))
    from circle.guide.paper.options import PaperOptions
    from circle.guide.paper.sheet import compose
    from circle.study import read_study, run_study
    from circle.study.files import check_folder, write_together

    config = read_study(name)
    target = output or Path("maps") / config.name / f"guide-{paper}.pdf"
    check_folder(target.parent)
    note(in_words("Working out the walks …", "正在计算步行时间……"))
    study = run_study(config)
    note(in_words("Composing the pages …", "正在排版……"))
    options = PaperOptions(
        paper=paper,
        scale=denominator,
        is_atlas=atlas,
        is_large_print=large_print,
        classes=tuple(key.strip() for key in (classes or "").split(",") if key.strip()),
        style=style,
        language=print_language or _asked_of(config.languages),
    )
    printed = compose(study.content, options)
    write_together({target: printed.pdf})
    tell(
        {
            "path": str(target),
            "scale": printed.scale,
            "maps": len(printed.plans),
            "is_atlas": printed.is_atlas,
            "reason": printed.reason,
            "places": printed.n_places,
            "insets": sum(len(plan.insets) for plan in printed.plans),
            "gathered": printed.n_gathered,
            "pages": printed.n_pages,
            "missing_characters": printed.missing,
            "unreadable_pictures": list(printed.bad_pictures),
        },
        "\n".join(_said(printed, target)),
    )
    for line in without_photos(study.bad_photos):
        click.echo(line, err=True)


def _asked_of(languages: Collection[str]) -> Literal["zh-CN", "en"] | None:
    """Return the language of ``--lang`` where the guide has it."""
    asked = asked_language()
    wanted = None if asked is None else guide_language(asked)
    return wanted if wanted in languages else None


def read_scale(text: str) -> float:
    """
    Return the denominator of a scale such as ``1:2500``.

    Raises
    ------
    InputError
        If it is none, or not between 1:100 and 1:200000.

    Examples
    --------
    >>> read_scale("1:2500"), read_scale("5000")
    (2500.0, 5000.0)
    """
    try:
        value = float(text.replace("：", ":").removeprefix("1:").replace(",", "").strip())
    except ValueError:
        value = 0.0
    if not 100 <= value <= 200_000:
        raise InputError(
            en=f"“{text}” is no scale this can print; write it like 1:2500, between 1:100 and "
            "1:200000.",
            zh=f"“{text}”不是可用的比例尺；请写成 1:2500 的样子，在 1:100 与 1:200000 之间。",
        )
    return value


def _said(printed: PaperGuide, target: Path) -> list[str]:
    """Return in plain words what was written and what was decided."""
    n, n_maps = printed.n_places, len(printed.plans)
    lines = [in_words(f"Wrote {target}", f"已写出 {target}")]
    if printed.is_atlas:
        lines.append(
            in_words(
                f"{n} places on {n_maps} maps at 1:{printed.scale:g}, with an overview; "
                f"{printed.n_pages} pages.",
                f"{n} 处地点，{n_maps} 幅图，比例尺 1:{printed.scale:g}，另有总图；"
                f"共 {printed.n_pages} 页。",
            )
        )
    else:
        lines.append(
            in_words(
                f"{n} places on one map at 1:{printed.scale:g}; {printed.n_pages} "
                f"page{'s' if printed.n_pages > 1 else ''}.",
                f"{n} 处地点，一幅图，比例尺 1:{printed.scale:g}；共 {printed.n_pages} 页。",
            )
        )
    if printed.reason:
        en, zh = _REASONS[printed.reason]
        lines.append(in_words(f"Made into an atlas: {en}.", f"已分成图册：{zh}。"))
    n_insets = sum(len(plan.insets) for plan in printed.plans)
    if n_insets:
        lines.append(
            in_words(
                f"Crowded parts are enlarged: {n_insets} inset{'s' if n_insets > 1 else ''}.",
                f"地点密的地方放大了 {n_insets} 处。",
            )
        )
    if printed.n_gathered:
        lines.append(
            in_words(
                f"The numbers of {printed.n_gathered} places still stand together, such as "
                "“12–15”: no room to enlarge more; a larger scale or --atlas takes them apart.",
                f"还有 {printed.n_gathered} 处的编号排在一起（如“12–15”）：没有空处再放大；"
                "用更大的比例尺或 --atlas 可以分开。",
            )
        )
    if printed.is_brief:
        lines.append(
            in_words(
                "The poster's list gives names, walks and squares only, to be read from afar; "
                "print --paper a4 or a3 for addresses, telephones and hours.",
                "为了远处看得清，大图的名录只有名称、步行时间和方格；地址、电话、时间请印 "
                "--paper a4 或 a3。",
            )
        )
    if printed.bad_pictures:
        names = "、".join(f"“{name}”" for name in printed.bad_pictures[:5])
        lines.append(
            in_words(
                f"Pictures that cannot be read, the class's pictogram stands instead: {names}.",
                f"这些图片读不出来，改用类别图标：{names}。",
            )
        )
    for text, signs in printed.missing.items():
        shown = " ".join(f"U+{ord(sign):04X}" for sign in signs)
        lines.append(
            in_words(
                f"The font cannot write {shown} in “{text}”; printed as □.",
                f"字体缺少“{text}”中的 {shown}，印作 □。",
            )
        )
    return lines


@click.command(
    cls=CircleCommand,
    zh="为指南拍小图：网页（手机、电脑）和印刷版。NAME 为指南文件夹，或内置样本 shanzishi。",
)
@click.argument("name", default="shanzishi")
@option(
    "--only",
    type=click.Choice(["page", "paper"]),
    en="Draw only those of the page, or only those of the print.",
    zh="只画网页的，或只画印刷版的。",
)
@option(
    "-o",
    "--output",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("maps/pictures"),
    show_default=True,
    metavar="FOLDER",
    en="Where the PNG files go.",
    zh="PNG 文件放到哪个文件夹。",
)
def pictures(name: str, only: str | None, folder: Path) -> None:
    """Draw small pictures of a guide: its page on a phone and a desk, its sheet and booklet.

    NAME is a study folder, or the embedded sample shanzishi.
    """
    from circle.guide.pack import pack_for_guide
    from circle.guide.paper.prints import print_pictures
    from circle.guide.pictures import take_pictures
    from circle.guide.web import render_page
    from circle.study import read_study, run_study

    config = read_study(name)
    note(in_words("Working out the walks …", "正在计算步行时间……"))
    study = run_study(config)
    files: list[Path] = []
    if only != "paper":
        note(in_words("Opening the page …", "正在打开网页……"))
        with TemporaryDirectory() as made:
            page = Path(made) / "guide.html"
            walks = pack_for_guide(study.network, study.content)
            page.write_text(render_page(study.content, walks=walks), encoding="utf-8")
            files += take_pictures(page, folder)
    if only != "page":
        note(in_words("Composing the pages …", "正在排版……"))
        files += print_pictures(study.content, folder)
    tell([str(file) for file in files], "\n".join(map(str, files)))


COMMANDS = (guide, pictures)
"""The printed guide, and pictures of it."""
