"""The shape of a document against its JSON Schema, in messages that name the place."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib import resources
from itertools import islice
from typing import TYPE_CHECKING, Any

from blastradius.documents.limits import DOCUMENT_PROBLEMS_MAX, quoted
from blastradius.documents.tree import Document, LinedList, LinedMap
from blastradius.errors import BlastRadiusError, did_you_mean
from blastradius.model.sources import Problem

if TYPE_CHECKING:
    from jsonschema import ValidationError
    from jsonschema.protocols import Validator

_ERRORS_MAX = 200
_TYPE_NAMES = {
    "object": "a mapping",
    "array": "a list",
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "`true` or `false`",
    "null": "empty",
}


def schema_text(name: str) -> str:
    """Give a JSON Schema that ships with blastradius as text.

    Args:
        name: Such as ``snapshot``, ``change``, ``policy`` or ``report``.

    Raises:
        BlastRadiusError: When there is no schema of that name.
    """
    folder = resources.files("blastradius") / "schemas"
    known = sorted(item.name.removesuffix(".schema.json") for item in folder.iterdir() if item.name.endswith(".json"))
    if name not in known:
        hint = did_you_mean(name, known)
        raise BlastRadiusError(Problem(f"there is no schema {quoted(name)}", None, hint))
    return (folder / f"{name}.schema.json").read_text(encoding="utf-8")


def check_schema(document: Document, name: str, error: type[BlastRadiusError]) -> None:
    """Hold a document against a schema.

    Args:
        document: What was read.
        name: Name of the schema, as for `schema_text`.
        error: The error to raise.

    Raises:
        BlastRadiusError: Of the type given, with all problems in the order of the document; of very
            many only the first, and how many more there are.
    """
    value: Any = document.value
    errors = islice(_validator(name).iter_errors(value), _ERRORS_MAX)
    problems = list(dict.fromkeys(_problems(document, errors)))
    if problems:
        raise error(shortened(problems))


def shortened(problems: Iterable[Problem]) -> list[Problem]:
    """Put problems in the order of their places, keep the first, and say how many more there are.

    Args:
        problems: Of any number of files; the files keep the order in which they are first named.
    """
    ordered = list(problems)
    files: dict[str, int] = {}
    for problem in ordered:
        files.setdefault(problem.source.file if problem.source else "", len(files))
    ordered.sort(key=lambda problem: _place_order(problem, files))
    rest = len(ordered) - DOCUMENT_PROBLEMS_MAX
    if rest <= 0:
        return ordered
    return [*ordered[:DOCUMENT_PROBLEMS_MAX], Problem(f"and {rest} more problems", None)]


def type_name(value: object) -> str:
    """Say what kind of value stands somewhere, for a message."""
    match value:
        case None:
            return "empty"
        case bool():
            return "a truth value"
        case int() | float():
            return "a number"
        case str():
            return "text"
        case list():
            return "a list"
        case _:
            return "a mapping"


@cache
def _validator(name: str) -> "Validator":
    import json

    from jsonschema import Draft202012Validator

    return Draft202012Validator(json.loads(schema_text(name)))


def _place_order(problem: Problem, files: Mapping[str, int]) -> tuple[int, int, int]:
    source = problem.source
    return (files[source.file], source.line, source.column) if source else (files[""], 0, 0)


def _problems(document: Document, errors: Iterable["ValidationError"]) -> Iterator[Problem]:
    for error in errors:
        if error.validator in ("anyOf", "oneOf"):
            yield from _alternatives(document, error)
        elif error.validator == "additionalProperties":
            yield from _unknown_fields(document, error)
        else:
            yield _problem(document, error)


def _alternatives(document: Document, error: "ValidationError") -> Iterator[Problem]:
    """Report the errors of the alternative that was meant: the one that fits at its own level."""
    branches: dict[Any, list[ValidationError]] = {}
    for inner in error.context or ():
        branches.setdefault(inner.schema_path[0], []).append(inner)
    meant = [branch for branch in branches.values() if not any(_is_another(inner, error) for inner in branch)]
    listed = [branch for branch in branches.values() if isinstance(error.instance, str) and _is_listed(branch)]
    if meant or listed:
        yield from _problems(document, (meant or listed)[0])
        return
    types = [
        str(inner.validator_value) for branch in branches.values() for inner in branch if inner.validator == "type"
    ]
    kinds = " or ".join(["one of a few words", *(_TYPE_NAMES[kind] for kind in dict.fromkeys(types))])
    yield _at(document, error, f"{_subject(error)} must be {kinds}, not {type_name(error.instance)}")


def _is_another(inner: "ValidationError", outer: "ValidationError") -> bool:
    """Tell an error that says that another alternative was meant."""
    return inner.validator in ("type", "enum", "const") and len(inner.absolute_path) == len(outer.absolute_path)


def _is_listed(branch: Iterable["ValidationError"]) -> bool:
    return any(inner.validator == "enum" for inner in branch)


def _unknown_fields(document: Document, error: "ValidationError") -> Iterator[Problem]:
    schema: Any = error.schema
    fields: Any = error.instance
    known = list(schema.get("properties", {}))
    for key in fields:
        if key not in known:
            hint = did_you_mean(key, known)
            yield Problem(f"unknown field {quoted(key)}", document.at(fields, key), hint)


def _problem(document: Document, error: "ValidationError") -> Problem:
    subject = _subject(error)
    value: Any = error.instance
    wanted: Any = error.validator_value
    hint = ""
    match error.validator:
        case "type":
            kinds = [wanted] if isinstance(wanted, str) else list(wanted)
            names = " or ".join(_TYPE_NAMES[kind] for kind in kinds)
            message = f"{subject} must be {names}, not {type_name(value)}"
            hint = "put it in quotes" if kinds == ["string"] and isinstance(value, bool | int | float) else ""
        case "required":
            missing = [key for key in wanted if key not in value]
            message = f"{subject} lacks {', '.join(quoted(key) for key in missing)}"
        case "enum":
            message = f"{subject} is {_shown(value)}, which is not known"
            hint = did_you_mean(str(value), [str(item) for item in wanted])
        case "const":
            message = f"{subject} is {_shown(value)}, it must be {quoted(wanted)}"
        case "minimum" | "exclusiveMinimum" | "maximum" | "exclusiveMaximum":
            message = f"{subject} is {_shown(value)}, it must be {_BOUNDS[str(error.validator)]} {wanted}"
        case "minLength" | "minItems" | "minProperties":
            message = f"{subject} must not be empty"
        case "pattern":
            message = f"{subject} is {_shown(value)}, which has the wrong form"
            schema: Any = error.schema
            hint = schema.get("description", "")
        case "uniqueItems":
            message = f"{subject} names the same thing twice"
        case _:
            message = f"{subject} does not fit the format ({error.validator})"
    return _at(document, error, message, hint)


_BOUNDS = {
    "minimum": "at least",
    "exclusiveMinimum": "more than",
    "maximum": "at most",
    "exclusiveMaximum": "less than",
}


def _shown(value: object) -> str:
    return type_name(value) if isinstance(value, list | dict) else quoted(value)


def _subject(error: "ValidationError") -> str:
    path = ""
    for part in error.absolute_path:
        path += f"[{part}]" if isinstance(part, int) else f".{part}" if path else part
    return quoted(path) if path else "the document"


def _at(document: Document, error: "ValidationError", message: str, help: str = "") -> Problem:
    container: Any = None
    here: Any = document.value
    key: Any = None
    for part in error.absolute_path:
        container, key, here = here, part, here[part]
    if error.validator in ("required", "minProperties") and isinstance(here, LinedMap | LinedList):
        return Problem(message, document.at(here), help)
    return Problem(message, document.at(container, key), help)
