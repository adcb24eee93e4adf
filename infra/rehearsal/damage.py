"""What happens between a backup and its restore: life goes on, and something goes wrong past the product."""

from collections.abc import Iterator

from scale.deployed import Installation
from scale.stored import partition

WORKFLOWS = ("WORKFLOW#", "DEFINITION#")
JOBS = ("JOB#",)


class Damage:
    """What a program does to the data table that should not have run there."""

    def __init__(self, installation: Installation) -> None:
        self._installation, self._table = installation, installation.table

    def empty(self, customer: str) -> int:
        """Deletes a customer's workflows, changes and jobs. How many items."""
        items = list(self._items(customer, *WORKFLOWS, "CHANGE#", *JOBS))
        with self._table.batch_writer() as writes:
            for item in items:
                writes.delete_item(Key={"PK": item["PK"], "SK": item["SK"]})
        return len(items)

    def overwrite(self, customer: str) -> int:
        """Writes nonsense into a customer's workflows and jobs. How many items."""
        items = list(self._items(customer, *WORKFLOWS, *JOBS))
        with self._table.batch_writer() as writes:
            for item in items:
                keys = {name: value for name, value in item.items() if name in ("PK", "SK", "GSI1PK", "GSI1SK", "rev", "id")}
                writes.put_item(Item=keys | {"name": "overwritten", "state": "overwritten"})
        return len(items)

    def _items(self, customer: str, *prefixes: str) -> Iterator[dict]:
        return (item for item in partition(self._installation, customer) if item["SK"].startswith(prefixes))
