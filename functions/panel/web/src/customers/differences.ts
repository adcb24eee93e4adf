// Two people changed the same customer: what each of them changed, and both changes together.

import { ENVIRONMENTS, FREQUENCIES, type Fields } from "./fields";

/** The fields that are compared, by their labels. A secret cannot be, because it is never shown. */
const LABELS = {
  baseUrl: "Zuora base URL",
  clientId: "Zuora client ID",
  name: "Name",
  environment: "Environment",
  frequency: "Sync frequency",
  guardCount: "Ask before deleting more than: workflows",
  guardPercent: "Ask before deleting more than: %",
  tags: "Tags",
  owner: "Owner",
  notes: "Notes",
} as const satisfies Partial<Record<keyof Fields, string>>;
type Name = keyof typeof LABELS;

export interface Difference {
  readonly label: string;
  readonly theirs: string;
  readonly mine: string;
}

const differs = (name: keyof Fields, one: Fields, other: Fields) => JSON.stringify(one[name]) !== JSON.stringify(other[name]);

/** The fields that somebody changed since `opened` and that are not the same now. */
export function differences(opened: Fields, theirs: Fields, mine: Fields): readonly Difference[] {
  const names = (Object.keys(LABELS) as Name[]).filter((name) => differs(name, theirs, mine));
  return names.map((name) => ({ label: LABELS[name], theirs: textOf(name, theirs), mine: mineOf(name, opened, mine) }));
}

function mineOf(name: Name, opened: Fields, mine: Fields): string {
  return differs(name, opened, mine) ? textOf(name, mine) : "Not changed";
}

function textOf(name: Name, fields: Fields): string {
  if (name === "environment") return ENVIRONMENTS[fields.environment];
  if (name === "frequency") return FREQUENCIES[fields.frequency];
  const value = fields[name];
  return (typeof value === "string" ? value : value.join(", ")) || "(none)";
}

/** My changes over theirs: what I did not change stays as they left it. */
export function merged(opened: Fields, theirs: Fields, mine: Fields): Fields {
  const changes = Object.entries(mine).filter(([name]) => differs(name as keyof Fields, opened, mine));
  return { ...theirs, ...Object.fromEntries(changes) };
}
