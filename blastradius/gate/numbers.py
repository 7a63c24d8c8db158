"""Reading the numbers of the severity score; each that is left out is the shipped one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from blastradius.documents import LinedMap, quoted
from blastradius.gate.reading import Reading
from blastradius.model.assessment import FINDING_RULES, HEADCOUNT_KINDS, Level
from blastradius.model.policy import SeverityModel
from blastradius.model.snapshot import CAPABILITIES

_BREADTH = "breadth"
_SCORE_MAX = 10
_DIGITS = 1


@dataclass(frozen=True, slots=True)
class _Section:
    """A group of numbers: their names, and the highest value.

    Attributes:
        all_needed: False when any of the names may be missing without a number in its place.
    """

    names: Sequence[str]
    high: float
    whole: bool = False
    all_needed: bool = True


_SECTIONS = {
    "capability": _Section(tuple(CAPABILITIES), 1),
    "headcount": _Section(HEADCOUNT_KINDS, 10**9, whole=True),
    "reach": _Section(("base", "per_decade_of_people", "per_decade_of_items", "insiders_max"), 1),
    "floors": _Section(FINDING_RULES, _SCORE_MAX, all_needed=False),
    "bands": _Section(tuple(map(str, (Level.CRITICAL, Level.HIGH, Level.MEDIUM))), _SCORE_MAX),
}


def read_severity(reading: Reading, document: LinedMap, shipped: SeverityModel | None) -> SeverityModel | None:
    """Read the numbers.

    Args:
        reading: Collects the problems.
        document: The policy.
        shipped: Where numbers that are left out come from; None when none may be left out.

    Returns:
        The numbers; None when there was a problem with them.
    """
    section = reading.mapping(document, "severity") if "severity" in document else LinedMap(document.place)
    if section is None:
        return None
    known_before = len(reading.problems)
    reading.known_fields(section, (*_SECTIONS, _BREADTH))
    defaults = {} if shipped is None else _plain(shipped)
    numbers = {name: _numbers(reading, section, name, defaults.get(name, {})) for name in _SECTIONS}
    breadth = None if shipped is None else shipped.breadth
    if _BREADTH in section:
        breadth = reading.number(section, _BREADTH, 0, 1)
    elif breadth is None:
        reading.needed(section, _BREADTH, "`severity`")
    if (
        len(reading.problems) > known_before
        or breadth is None
        or not _bands_are_sound(reading, section, numbers["bands"])
    ):
        return None
    return _model(numbers, breadth)


def _numbers(reading: Reading, section: LinedMap, name: str, defaults: Mapping[str, float]) -> dict[str, float]:
    what = _SECTIONS[name]
    found = dict(defaults)
    fields = reading.mapping(section, name) if name in section else LinedMap(section.place)
    if fields is None:
        return found
    reading.known_fields(fields, what.names)
    for key in what.names:
        if key in fields:
            value = reading.number(fields, key, 0, what.high, whole=what.whole)
            if value is not None:
                found[key] = value
        elif key not in found and what.all_needed:
            reading.needed(fields, key, quoted(name))
    return found


def _bands_are_sound(reading: Reading, section: LinedMap, bands: Mapping[str, float]) -> bool:
    place = (section, "bands")
    if any(round(score, _DIGITS) != score for score in bands.values()):
        reading.report(*place, "a band begins at a score with one decimal", "scores are rounded to one decimal")
        return False
    if not 0 < bands[Level.MEDIUM] <= bands[Level.HIGH] <= bands[Level.CRITICAL]:
        reading.report(*place, "the bands must rise from `medium` over `high` to `critical`, and begin above 0")
        return False
    return True


def _plain(model: SeverityModel) -> dict[str, dict[str, float]]:
    return {
        "capability": {capability.label: weight for capability, weight in model.capability.items()},
        "headcount": dict(model.headcount),
        "reach": {
            "base": model.reach_base,
            "per_decade_of_people": model.reach_per_decade_of_people,
            "per_decade_of_items": model.reach_per_decade_of_items,
            "insiders_max": model.reach_insiders_max,
        },
        "floors": dict(model.floors),
        "bands": {str(level): score for level, score in model.bands.items()},
    }


def _model(numbers: Mapping[str, Mapping[str, float]], breadth: float) -> SeverityModel:
    reach = numbers["reach"]
    return SeverityModel(
        capability=MappingProxyType({CAPABILITIES[name]: weight for name, weight in numbers["capability"].items()}),
        headcount=MappingProxyType({name: int(weight) for name, weight in numbers["headcount"].items()}),
        reach_base=reach["base"],
        reach_per_decade_of_people=reach["per_decade_of_people"],
        reach_per_decade_of_items=reach["per_decade_of_items"],
        reach_insiders_max=reach["insiders_max"],
        breadth=breadth,
        floors=MappingProxyType(dict(numbers["floors"])),
        bands=MappingProxyType({Level(name): score for name, score in numbers["bands"].items()}),
    )
