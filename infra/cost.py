"""Computes the monthly bill from what was counted (counts.json), the prices (prices.json) and the template: writes the tables of
docs/cost.md, and those of docs/scale.md that were counted.

    cost.py [--check]

`--check` writes nothing and fails if a document is not what would be written.
"""

import argparse
import collections
import json
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
DOCUMENTS = HERE.parent / "docs"
BEGIN, END = "<!-- computed by infra/cost.py -->", "<!-- end of what is computed -->"
HOURS_A_DAY = 24
# Of the rules in infra/template.yaml.
TICKS_AN_HOUR = SWEEPS_AN_HOUR = 12
LOOKS_AN_HOUR = 60
# What the dashboard of the panel asks for, and every how many seconds: see functions/panel/web/src/dashboard and api/pace.ts.
DASHBOARD = {"counts (/v1/stats)": 60, "dead letters": 60, "attention (/v1/attention)": 60}
KMS = ("Encrypt", "Decrypt")
# Sending, receiving and deleting a message.
REQUESTS_A_MESSAGE = 3


class Template:
    """What the bill needs to know of infra/template.yaml."""

    def __init__(self) -> None:
        from samcli.yamlhelper import yaml_parse

        template = yaml_parse((HERE / "template.yaml").read_text())
        self.resources = template["Resources"]
        self.memory = collections.defaultdict(lambda: template["Globals"]["Function"]["MemorySize"])
        for name, resource in self.of("AWS::Serverless::Function").items():
            if memory := resource["Properties"].get("MemorySize"):
                self.memory[name.removesuffix("Function").lower()] = memory
        functions = self.of("AWS::Serverless::Function").values()
        events = [event for function in functions for event in function["Properties"].get("Events", {}).values()]
        self.mappings = sum(event["Type"] == "SQS" for event in events)
        settings = self.resources["Api"]["Properties"]["MethodSettings"]
        self.detailed_metrics = any(setting.get("MetricsEnabled") for setting in settings)

    def of(self, kind: str) -> dict:
        return {name: resource for name, resource in self.resources.items() if resource["Type"] == kind}


class Costs:
    """Quantities of a month, and what they cost."""

    def __init__(self, template: Template, counts: dict, prices: dict) -> None:
        self.template, self.counts, self.prices = template, counts, prices["prices"]
        self.assumed = {name: one["value"] for name, one in prices["assumed"].items()}
        self.hours = HOURS_A_DAY * self.assumed["days"]

    def bill(self, size: int, panels: float = 0) -> dict[str, tuple[float, float]]:
        """Quantity and price by name of the price, free tiers deducted."""
        quantities = collections.Counter(self._fixed())
        quantities.update(self._syncing(size))
        asked = panels * self.assumed["panel_hours"] * 3600
        for action, every in DASHBOARD.items():
            quantities.update(self._scaled(self._request(self.counts["seeded"][str(size)][action]), asked / every))
        return {name: (quantities[name], self.price(name, quantities[name])) for name in self.prices}

    def price(self, name: str, quantity: float) -> float:
        one = self.prices[name]
        return max(0.0, quantity - one["free"]) / one["per"] * one["usd"]

    def total(self, size: int, panels: float = 0) -> float:
        return sum(usd for _, usd in self.bill(size, panels).values())

    def _fixed(self) -> dict[str, float]:
        """What is paid for however many customers there are."""
        receives = self.template.mappings * self.assumed["queue_pollers"] * 3 * 60 * self.hours
        detailed = self.assumed["methods"] * self.assumed["detailed_metrics"] * self.template.detailed_metrics
        return {
            "sqs_requests": receives,
            "kms_keys": len(self.template.of("AWS::KMS::Key")),
            "secrets": len(self.template.of("AWS::SecretsManager::Secret")),
            "alarms": sum(map(_alarm_metrics, self.template.of("AWS::CloudWatch::Alarm").values())),
            "dashboards": len(self.template.of("AWS::CloudWatch::Dashboard")),
            "metrics": self.assumed["own_metrics"] + detailed,
            "scheduled_events": (TICKS_AN_HOUR + SWEEPS_AN_HOUR + LOOKS_AN_HOUR) * self.hours,
        }

    def _syncing(self, size: int) -> collections.Counter:
        """The hourly syncs of so many customers, and what is stored of them."""
        quantities, seeded = collections.Counter(), self.counts["seeded"][str(size)]
        tick, sweep = seeded["a tick of the schedule"], seeded["a sweep"]
        syncs = size * self.hours
        quantities.update(self._scaled(self.sync(self.counts["sync"]["hourly"]), syncs))
        # A tick asks for what its customers need; the one that was counted had so many, and may not be the average.
        quantities.update(self._scaled(self._units(tick), syncs / max(1, tick["placed"])))
        quantities.update(self._scaled(self._units(sweep), SWEEPS_AN_HOUR * self.hours))
        quantities.update(self._scaled(self._units(seeded["a look for a batch"]), LOOKS_AN_HOUR * self.hours))
        stored = self.counts["stored"]
        jobs = HOURS_A_DAY * stored["job_days"]
        quantities["dynamodb_storage"] += size * (stored["lasting"] + jobs * stored["job"]) / 1e9
        quantities["dynamodb_backup"] += size * (stored["lasting_in_table"] + jobs * stored["job_in_table"]) / 1e9
        return quantities

    def sync(self, counted: dict) -> dict[str, float]:
        """What one sync uses."""
        return {
            "lambda_gb_seconds": counted["seconds"] * self.template.memory["sync"] / 1024,
            "lambda_requests": 1,
            "dynamodb_writes": counted["write_units"],
            "dynamodb_reads": counted["read_units"],
            "kms_requests": sum(counted["calls"].get(operation, 0) for operation in KMS),
            "sqs_requests": REQUESTS_A_MESSAGE,
            "sqs_fair": REQUESTS_A_MESSAGE,
            "log_gb": self.assumed["log_bytes"] / 1e9,
        }

    def _units(self, counted: dict) -> dict[str, float]:
        """What one invocation of another function uses; their memory is the same."""
        calls = sum(counted["calls"].values())
        return {
            "lambda_gb_seconds": calls * self.assumed["seconds_a_call"] * self.template.memory["schedule"] / 1024,
            "lambda_requests": counted["invocations"],
            "dynamodb_writes": counted["write_units"],
            "dynamodb_reads": counted["read_units"],
            "log_gb": counted["invocations"] * self.assumed["log_bytes"] / 1e9,
        }

    def _request(self, counted: dict) -> dict[str, float]:
        return {**self._units(counted), "api_requests": counted["invocations"]}

    @staticmethod
    def _scaled(quantities: dict[str, float], factor: float) -> dict[str, float]:
        return {name: quantity * factor for name, quantity in quantities.items()}


def _alarm_metrics(alarm: dict) -> int:
    """What an alarm is billed for: its metric, or each of its expression's."""
    return sum("MetricStat" in metric for metric in alarm["Properties"].get("Metrics", [])) or 1


def tables(costs: Costs) -> str:
    """All that is computed, as Markdown."""
    return "\n\n".join((_bills(costs), _large(costs), _syncs(costs), _dashboard(costs), _prices(costs)))


def actions(costs: Costs) -> str:
    """What was counted on tables of many customers."""
    sizes, seeded = _sizes(costs), costs.counts["seeded"]
    rows = [[action, *(_action(costs, seeded[str(size)][action]) for size in sizes)] for action in seeded[str(sizes[0])]]
    return _markdown(["pages · read units · write units · calls at 10 ms", *(f"{size:,} customers" for size in sizes)], rows)


def _action(costs: Costs, counted: dict) -> str:
    seconds = sum(counted["calls"].values()) * costs.assumed["seconds_a_call"]
    text = f"{counted['pages']:,} · {counted['read_units']:,.0f} · {counted['write_units']:,.0f} · {seconds:,.1f} s"
    return text + (" and more: cut off" if counted["cut_off"] else "")


def _sizes(costs: Costs) -> list[int]:
    return sorted(map(int, costs.counts["seeded"]))


def _bills(costs: Costs) -> str:
    panels = costs.assumed["panels"]
    bills = [costs.bill(size, open) for size in _sizes(costs) for open in (0, panels)]
    paid = [name for name in costs.prices if any(bill[name][1] > 0.005 for bill in bills)]
    rows = [[costs.prices[name]["what"], *(f"{bill[name][1]:,.2f}" for bill in bills)] for name in paid]
    rows.append(["**Dollars a month**", *(f"**{sum(usd for _, usd in bill.values()):,.0f}**" for bill in bills)])
    head = ["", *(f"{size:,}{f' and {panels} dashboards' if open else ''}" for size in _sizes(costs) for open in (0, panels))]
    return "### The bill\n\n" + _markdown(head, rows)


def _large(costs: Costs) -> str:
    """Quantities at 1,000 customers, or at what comes nearest."""
    size = min(_sizes(costs), key=lambda size: abs(size - 1000))
    without, with_panels = costs.bill(size), costs.bill(size, costs.assumed["panels"])
    rows = [
        [costs.prices[name]["what"], _number(without[name][0]), _number(with_panels[name][0])]
        for name in costs.prices
        if with_panels[name][0]
    ]
    head = ["", "syncing", f"and {costs.assumed['panels']} dashboards"]
    return f"### Quantities of a month at {size:,} customers, free tiers included\n\n" + _markdown(head, rows)


def _syncs(costs: Costs) -> str:
    rows = []
    for name, counted in costs.counts["sync"].items():
        used = costs.sync(counted)
        usd = sum(quantity / costs.prices[price]["per"] * costs.prices[price]["usd"] for price, quantity in used.items())
        calls = sum(counted["calls"].values())
        units = [f"{counted['read_units']:,.1f}", f"{counted['write_units']:,.0f}"]
        rows.append([name, f"{counted['seconds']:.1f} s", f"{counted['requests']}", f"{calls}", *units, f"{usd * 1e6:,.0f}"])
    head = ["Sync of 200 workflows", "lasts", "requests to Zuora", "calls to AWS", "read units", "write units"]
    return "### What a sync uses\n\n" + _markdown([*head, "dollars a million, no free tier"], rows)


def _dashboard(costs: Costs) -> str:
    rows = []
    for size in _sizes(costs):
        for action, every in DASHBOARD.items():
            counted = costs.counts["seeded"][str(size)][action]
            asked = [f"{counted['invocations']}", f"{counted['pages']}", f"{counted['read_units']:,.1f}"]
            rows.append([f"{size:,}", action, f"{every} s", *asked])
    head = ["Customers", "A dashboard asks for", "every", "requests", "pages of DynamoDB", "read units"]
    return "### What an open dashboard asks for\n\n" + _markdown(head, rows)


def _prices(costs: Costs) -> str:
    rows = [
        [one["what"], _price(one), _number(one["free"]) if one["free"] else "-", one["page"]] for one in costs.prices.values()
    ]
    return "### Prices\n\n" + _markdown(["", "dollars, us-east-1", "always free a month", "from"], rows)


def _price(one: dict) -> str:
    per = "a" if one["per"] == 1 else f"per {one['per']:,}"
    return f"{one['usd']:.10f}".rstrip("0").rstrip(".") + f" {per} {one['unit']}"


def _markdown(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---", *("---:" for _ in head[1:])], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _number(quantity: float) -> str:
    for bound, divisor, unit in ((1e6, 1e6, " M"), (1e3, 1e3, " k")):
        if quantity >= bound:
            return f"{quantity / divisor:,.1f}{unit}"
    return f"{quantity:,.1f}".removesuffix(".0")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    counts, prices = (json.loads((HERE / name).read_text()) for name in ("counts.json", "prices.json"))
    costs = Costs(Template(), counts, prices)
    for name, computed in (("cost.md", tables(costs)), ("scale.md", actions(costs))):
        path = DOCUMENTS / name
        before, _, rest = path.read_text().partition(BEGIN)
        document = f"{before}{BEGIN}\n\n{computed}\n\n{END}{rest.partition(END)[2]}"
        if options.check and document != path.read_text():
            sys.exit(f"docs/{name} is not what infra/cost.py computes: `make cost` writes it.")
        path.write_text(document)


if __name__ == "__main__":
    main()
