"""The delta sorted by class of data: what moved in each class, still as sets and never as pairs."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from blastradius.assess.classes import ResourceClasses
from blastradius.model.delta import GAINS, AccessChange, Delta, IdSet, Scope
from blastradius.model.snapshot import Capability, Snapshot


@dataclass(frozen=True, slots=True)
class Cell:
    """The resources of one scope that count in one class.

    Attributes:
        scope: How access changed on each of them.
        resources: Indices into `Delta.resources`, ascending, never empty.
        items: How many items they stand for.
        gained: Who gained anything on them; None when nobody did.
    """

    scope: Scope
    resources: tuple[int, ...]
    items: int
    gained: IdSet | None

    def gained_with(self, capabilities: Iterable[Capability]) -> IdSet | None:
        """Say who gained any of these capabilities here; None when nobody did."""
        return union(ids for c in capabilities for change in GAINS if (ids := self.changed(change, c)) is not None)

    def changed(self, change: AccessChange, capability: Capability) -> IdSet | None:
        """Say to whom one change of one capability happened; None when to nobody."""
        return self.scope.capability_changes.get((change, capability))


@dataclass(frozen=True, slots=True)
class ClassChange:
    """All cells of one class.

    Attributes:
        class_name: Id of the class.
        cells: In the order of the scopes; never empty.
        opened: Those of the cells on which something was gained.
        gained: Everybody who gained anything in the class; None when nobody did.
    """

    class_name: str
    cells: tuple[Cell, ...]
    opened: tuple[Cell, ...]
    gained: IdSet | None

    def people(self, changes: Iterable[AccessChange], capabilities: Iterable[Capability]) -> IdSet | None:
        """Say to whom any of these changes of any of these capabilities happened; None when to nobody."""
        wanted = [(change, capability) for change in sorted(changes) for capability in sorted(capabilities)]
        return union(
            ids for cell in self.cells for key in wanted if (ids := cell.scope.capability_changes.get(key)) is not None
        )


def union(sets: Iterable[IdSet | None]) -> IdSet | None:
    """Join sets, each only once however often it is shared; None when there is none."""
    result: IdSet | None = None
    joined: dict[int, IdSet] = {}
    for ids in sets:
        # The set itself is kept beside its address, so that no other set can get the same address meanwhile.
        if ids is None or id(ids) in joined:
            continue
        joined[id(ids)] = ids
        result = ids if result is None else result | ids
    return result


def changes_by_class(
    delta: Delta, classes: ResourceClasses, baseline: Snapshot, simulated: Snapshot
) -> Mapping[str, ClassChange]:
    """Sort a delta by class.

    Returns:
        Only classes in which an access tuple changed, in the order of the policy.

    Cost: linear in the resources of the scopes.
    """
    cells: dict[str, list[Cell]] = {}
    for scope in delta.scopes:
        if not scope.capability_changes:
            continue
        gained = union(ids for (change, _), ids in sorted(scope.capability_changes.items()) if change in GAINS)
        by_class: dict[str, list[int]] = {}
        for index in scope.resources:
            by_class.setdefault(classes.counted(delta.resources[index]), []).append(index)
        for name, resources in by_class.items():
            items = sum(_items(delta.resources[index], baseline, simulated) for index in resources)
            cells.setdefault(name, []).append(Cell(scope, tuple(resources), items, gained))
    return {name: _class_change(name, cells[name]) for name in classes.known if name in cells}


def _class_change(name: str, cells: list[Cell]) -> ClassChange:
    opened = tuple(cell for cell in cells if cell.gained is not None)
    return ClassChange(name, tuple(cells), opened, union(cell.gained for cell in opened))


def _items(resource: str, *sides: Snapshot) -> int:
    return max(side.resources[resource].items for side in sides if resource in side.resources)
