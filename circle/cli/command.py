"""
The manners all commands share: two languages, ``--json``, one sentence per error, progress.

Results go to standard output, for people or, with ``--json``, for programs; everything else goes
to standard error. A mistake in what was given ends with one sentence and exit code 1, a mistake
in the command line itself with exit code 2. Nothing heavy is imported here.
"""

from __future__ import annotations

import copy
import json
import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import IO, Any, Literal, TypeVar

import click

from circle.cli import chinese
from circle.errors import CircleError, Language

_LANGUAGE = "circle.language"
_AS_JSON = "circle.json"
_PROGRESS = "circle.progress"
_DEBUG = "CIRCLE_DEBUG"

Function = TypeVar("Function", bound=Callable[..., Any])


def language() -> Language:
    """Return the language to speak: of ``--lang``, else of LC_ALL, LC_MESSAGES or LANG."""
    return asked_language() or language_of(os.environ)


def asked_language() -> Language | None:
    """Return the language that ``--lang`` asked for, None without it."""
    context = click.get_current_context(silent=True)
    return None if context is None else context.meta.get(_LANGUAGE)


def guide_language(spoken: Language) -> Literal["zh-CN", "en"]:
    """Return the language of a guide that somebody who speaks one reads."""
    return "zh-CN" if spoken == "zh" else "en"


def language_of(environment: Mapping[str, str]) -> Language:
    """
    Return the language an environment asks for.

    Examples
    --------
    >>> language_of({"LANG": "zh_CN.UTF-8"}), language_of({"LC_ALL": "C", "LANG": "zh_CN"})
    ('zh', 'en')
    """
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := environment.get(name):
            return "zh" if value.lower().startswith("zh") else "en"
    return "en"


def in_words(en: str, zh: str) -> str:
    """Return the one of two texts that is in the language to speak."""
    return zh if language() == "zh" else en


def wants_json() -> bool:
    """Say whether the command was asked to print for programs."""
    return bool(click.get_current_context().meta.get(_AS_JSON))


def shows_progress() -> bool:
    """Say whether somebody watches: asked for, else when standard error is a terminal."""
    asked = click.get_current_context().meta.get(_PROGRESS)
    return sys.stderr.isatty() if asked is None else bool(asked)


def tell(data: Any, text: str) -> None:
    """Print a result: `data` as JSON for programs, `text` for people."""
    click.echo(json.dumps(data, ensure_ascii=False, allow_nan=False) if wants_json() else text)


def note(text: str) -> None:
    """Print how the work goes, where somebody watches."""
    if shows_progress():
        click.echo(text, err=True)


class CircleOption(click.Option):
    """An option whose help speaks both languages."""

    def __init__(self, *args: Any, zh: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zh = zh

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """Return the line of the option in the help."""
        if not self.zh or language() != "zh":
            return super().get_help_record(ctx)
        shown = copy.copy(self)
        shown.help = self.zh
        record = click.Option.get_help_record(shown, ctx)
        if record is None:
            return None
        names, text = record
        if not self.metavar:
            names = chinese.kind(names)
        return names, self.zh + chinese.notes(text.removeprefix(self.zh))


def option(*names: str, en: str, zh: str, **kwargs: Any) -> Callable[[Function], Function]:
    """Return a decorator that adds an option with help in both languages."""
    return click.option(*names, cls=CircleOption, help=en, zh=zh, **kwargs)


class _Formatter(click.HelpFormatter):
    """Writes what click adds to a help in the language to speak."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """Write the line that shows how a command is called."""
        if language() == "zh":
            args, prefix = chinese.usage(args), prefix or "用法："
        super().write_usage(prog, args, prefix)

    def write_heading(self, heading: str) -> None:
        """Write a heading."""
        if language() == "zh":
            self.write(f"{'':>{self.current_indent}}{_in_language(heading)}：\n")
        else:
            super().write_heading(heading)

    def write_dl(self, rows: Iterable[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        """Write names and what they mean."""
        super().write_dl([(name, _in_language(text)) for name, text in rows], *args, **kwargs)


def _in_language(text: str) -> str:
    return chinese.WORDS.get(text, text) if language() == "zh" else text


class _Context(click.Context):
    """A context whose help speaks both languages."""

    formatter_class = _Formatter


class _ChineseUsageError(click.UsageError):
    """A mistake in the command line, told in Chinese."""

    def __init__(self, error: click.UsageError) -> None:
        super().__init__(chinese.usage_error(error), error.ctx)
        lines = [f"错误：{self.message}"]
        if (ctx := error.ctx) is not None:
            # The language is that of this run, which is over when the error is shown.
            with ctx.scope(cleanup=False):
                lines = [ctx.get_usage(), f"用法详见 {ctx.command_path} --help", "", *lines]
        self._text = "\n".join(lines)

    def show(self, file: IO[Any] | None = None) -> None:
        """Print it as click prints its own."""
        click.echo(self._text, file=file, err=True)


class _Bilingual(click.Command):
    """What commands and their group share: help and usage errors in two languages."""

    context_class = _Context

    def __init__(self, *args: Any, zh: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zh = zh

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Take the language first, so that even what is wrong with the rest is told in it."""
        if asked := _asked_language(args):
            ctx.meta[_LANGUAGE] = asked
        try:
            return super().parse_args(ctx, args)
        except click.UsageError as error:
            error.ctx = error.ctx or ctx
            raise _told(error) from None

    def _spoken(self) -> str | None:
        return self.zh if self.zh and language() == "zh" else self.help

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write what the command does."""
        shown = copy.copy(self)
        shown.zh, shown.help = "", self._spoken()
        click.Command.format_help_text(shown, ctx, formatter)

    def get_short_help_str(self, limit: int = 45) -> str:
        """Return the first sentence, for the list of commands."""
        shown = copy.copy(self)
        shown.zh, shown.help = "", self._spoken()
        return click.Command.get_short_help_str(shown, limit)


class CircleCommand(_Bilingual):
    """A command that takes the shared options."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params += _shared_options()


class CircleGroup(_Bilingual, click.Group):
    """The program itself: turns every error of ours into one sentence and exit code 1."""

    command_class = CircleCommand

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command and speak about what went wrong."""
        try:
            return super().invoke(ctx)
        except click.UsageError as error:
            raise _told(error) from None
        except (KeyboardInterrupt, EOFError):
            # No mistake, and nothing half-written stays; the code is the shell's for Ctrl+C.
            click.echo(in_words("\nStopped.", "\n已停止。"), err=True)
            ctx.exit(130)
        except (click.exceptions.Exit, click.Abort, click.ClickException):
            raise
        except CircleError as error:
            _fail(ctx, error, error.message(language()))
        except BrokenPipeError:
            raise
        except MemoryError as error:
            _fail(ctx, error, in_words("There is not enough memory for this.", "内存不足。"))
        except Exception as error:
            if os.environ.get(_DEBUG):
                raise
            what = f"{type(error).__name__}: {error}".splitlines()[0]
            _fail(
                ctx,
                error,
                in_words(
                    f"Something went wrong that should not have ({what}); run again with "
                    f"{_DEBUG}=1 and report what it prints.",
                    f"程序内部出错（{what}）；请设置 {_DEBUG}=1 再运行一次，并报告其输出。",
                ),
            )


def _told(error: click.UsageError) -> click.UsageError:
    """Return a mistake in the command line in the language to speak; help stays help."""
    is_help = type(error).__name__ == "NoArgsIsHelpError"
    if is_help or isinstance(error, _ChineseUsageError):
        return error
    if error.ctx is None:
        return _ChineseUsageError(error) if language() == "zh" else error
    with error.ctx.scope(cleanup=False):
        return _ChineseUsageError(error) if language() == "zh" else error


def _asked_language(args: Sequence[str]) -> Language | None:
    """Return the last language of ``--lang`` among arguments, before they are understood."""
    asked: Language | None = None
    for before, arg in zip(("", *args), args, strict=False):
        if arg == "--":
            break
        value = arg if before == "--lang" else arg.removeprefix("--lang=")
        if value != arg or before == "--lang":
            asked = "zh" if value == "zh" else "en" if value == "en" else asked
    return asked


def _fail(ctx: click.Context, error: BaseException, sentence: str) -> None:
    if ctx.meta.get(_AS_JSON):
        said = {"error": {"type": type(error).__name__, "message": sentence}}
        click.echo(json.dumps(said, ensure_ascii=False), err=True)
    else:
        click.echo(sentence, err=True)
    ctx.exit(1)


def _keep(name: str) -> Callable[[click.Context, click.Parameter, Any], None]:
    def keep(ctx: click.Context, _: click.Parameter, value: Any) -> None:
        # Shared by all contexts of one run; the group's default must not undo a command's choice.
        if value is not None:
            ctx.meta[name] = value

    return keep


def language_option() -> click.Option:
    """Return ``--lang``, read before anything that speaks."""
    return CircleOption(
        ["--lang"],
        type=click.Choice(["zh", "en"]),
        is_eager=True,
        expose_value=False,
        callback=_keep(_LANGUAGE),
        help="Language of messages; else that of LC_ALL or LANG.",
        zh="提示语言；默认取 LC_ALL 或 LANG。",
    )


def version_option(version: str) -> click.Option:
    """Return ``--version``."""

    def show(ctx: click.Context, _: click.Parameter, is_asked: bool) -> None:
        if is_asked and not ctx.resilient_parsing:
            click.echo(in_words(f"circle, version {version}", f"circle，版本 {version}"))
            ctx.exit()

    return CircleOption(
        ["--version"],
        is_flag=True,
        is_eager=True,
        expose_value=False,
        callback=show,
        help="Show the version and exit.",
        zh=chinese.WORDS["Show the version and exit."],
    )


def _shared_options() -> list[click.Parameter]:
    return [
        CircleOption(
            ["--json"],
            is_flag=True,
            default=None,
            is_eager=True,
            expose_value=False,
            callback=_keep(_AS_JSON),
            help="Print for programs instead of people.",
            zh="输出 JSON，供程序使用。",
        ),
        CircleOption(
            ["--progress/--no-progress"],
            default=None,
            expose_value=False,
            callback=_keep(_PROGRESS),
            help="Show how the work goes; by default on a terminal.",
            zh="显示进度；默认仅在终端中显示。",
        ),
        language_option(),
    ]
