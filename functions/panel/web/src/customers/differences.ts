// Two people changed the same customer: what each of them changed, and both changes together.

import { API_NAMES, ENVIRONMENTS, FREQUENCIES, type Fields, type Name } from "./fields";
import { LABELS } from "./labels";

export interface Difference {
  readonly label: string;
  readonly theirs: string;
  readonly mine: string;
}

const differs = (name: keyof Fields, one: Fields, other: Fields) => JSON.stringify(one[name]) !== JSON.stringify(other[name]);

/** The fields that somebody changed since `opened` and that are not the same now. */
export function differences(opened: Fields, theirs: Fields, mine: Fields): readonly Difference[] {
  // A secret cannot be compared, because it is never shown.
  const names = (Object.keys(API_NAMES) as Name[]).filter((name) => name !== "secret" && differs(name, theirs, mine));
  return names.map((name) => ({
    label: LABELS[API_NAMES[name]],
    theirs: textOf(name, theirs),
    mine: mineOf(name, opened, mine),
  }));
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
