"""How a command line is split: several files may follow one ``--change`` or ``--after``.

The parser underneath gives an option one value. Left to it, ``check old.yaml --after a.yaml b.yaml`` would
read ``b.yaml`` as part of the baseline, which is a wrong answer without any error.
"""

from collections.abc import Collection, Iterator, Sequence

from typer._click import Context  # the parser typer carries; held by the bounds on typer
from typer.core import TyperCommand

from blastradius.cli.options import usage

GREEDY = ("--change", "--after")


class FilesAfterOption(TyperCommand):
    """A command whose ``--change`` and ``--after`` take all the files that follow."""

    def parse_args(self, ctx: Context, args: list[str]) -> list[str]:
        """Repeat the option before each of its files, then parse as usual."""
        if not ctx.resilient_parsing and not set(args) & set(ctx.help_option_names):
            valued = {name for option in self.params if not getattr(option, "is_flag", False) for name in option.opts}
            args = list(spread(args, valued))
        return super().parse_args(ctx, args)


def spread(arguments: Sequence[str], valued: Collection[str]) -> Iterator[str]:
    """Write the option out before every file that belongs to it.

    Args:
        arguments: What was typed after the name of the command.
        valued: Names of the options that take a value.

    Yields:
        The same arguments, each file of a greedy option behind an option of its own.

    Raises:
        UsageError: When it cannot be told whether a file belongs to the option or is a snapshot.
    """
    remaining = list(arguments)
    before = 0
    current = seen = ""
    while remaining:
        argument = remaining.pop(0)
        if argument == "--":
            yield argument
            yield from remaining
            return
        if argument.startswith("-") and argument != "-":
            current = argument if argument in GREEDY else ""
            seen = current or seen
            if current and remaining and not _is_option(remaining[0]):
                continue
            yield argument
            if argument in valued and remaining and not current:
                yield remaining.pop(0)
        elif current:
            yield from (current, argument)
        elif seen:
            raise usage(
                f"cannot tell whether `{argument}` belongs to `{seen}` or is an argument of its own",
                f"name the snapshots first, then `{seen}` with all its files",
            )
        else:
            before += 1
            yield argument
    if seen and not before:
        raise usage(
            f"no snapshot before `{seen}`",
            f"every file after `{seen}` belongs to it: name the snapshots first, or write `{seen}=FILE`",
        )


def _is_option(argument: str) -> bool:
    return argument.startswith("-") and argument != "-"
