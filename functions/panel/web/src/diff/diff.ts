// A comparison of two definitions as the API answers it. Values stay the JSON that was sent: parsed, numbers would be rounded.

import type { ChangeClass } from "../api/client";
import { isQuiet } from "../changes/classNames";
import type { LinkageName, TaskName } from "../changes/names";
import { elements, indented, member } from "../components/json";

export interface Diff {
  readonly from: string;
  readonly to: string;
  readonly classes: readonly ChangeClass[];
  readonly tasks: Parts<TaskName>;
  readonly linkages: Parts<LinkageName>;
  readonly settings: readonly Edit[];
  /** False if values were left out for their size. */
  readonly complete: boolean;
}

export interface Parts<Name> {
  readonly added: readonly Name[];
  readonly removed: readonly Name[];
  readonly renamed: readonly { readonly from: Name; readonly to: Name }[];
  readonly edited: readonly Part<Name>[];
}

/** A task or linkage with other fields, by its new name. */
export interface Part<Name> {
  readonly name: Name;
  readonly edits: readonly Edit[];
}

export interface Edit {
  readonly path: string;
  readonly class: ChangeClass;
  /** As text for people; undefined if there is no value. */
  readonly before: string | undefined;
  readonly after: string | undefined;
  /** Contains a credential, which is hidden. */
  readonly masked: boolean;
  readonly left_out: boolean;
}

export function readDiff(json: string): Diff {
  const { from, to, classes, complete } = JSON.parse(json) as Diff;
  return {
    from,
    to,
    classes,
    complete,
    tasks: parts<TaskName>(member(json, "tasks") ?? "{}"),
    linkages: parts<LinkageName>(member(json, "linkages") ?? "{}"),
    settings: edits(member(json, "settings") ?? "[]"),
  };
}

function parts<Name>(json: string): Parts<Name> {
  const { added, removed, renamed } = JSON.parse(json) as Parts<Name>;
  const edited = elements(member(json, "edited") ?? "[]").map((part) => ({
    name: JSON.parse(part) as Name,
    edits: edits(member(part, "edits") ?? "[]"),
  }));
  return { added, removed, renamed, edited };
}

function edits(json: string): readonly Edit[] {
  return elements(json).map((edit) => {
    const { path, class: about, masked = false, left_out = false } = JSON.parse(edit) as Edit;
    return { path, class: about, masked, left_out, before: shown(member(edit, "before")), after: shown(member(edit, "after")) };
  });
}

/** A text without its quotation marks, anything else indented. */
function shown(value: string | undefined): string | undefined {
  if (value === undefined || value === "null") return undefined;
  return value.startsWith('"') ? (JSON.parse(value) as string) : indented(value);
}

/** Edits apart: those of what the workflow does, and those of layout and bookkeeping. */
export function apart(edits: readonly Edit[]): { readonly loud: readonly Edit[]; readonly quiet: readonly Edit[] } {
  return { loud: edits.filter((edit) => !isQuiet(edit.class)), quiet: edits.filter((edit) => isQuiet(edit.class)) };
}

/** The parts that have such edits, with these alone. */
export function partsApart<Name>(parts: readonly Part<Name>[], which: "loud" | "quiet"): readonly Part<Name>[] {
  return parts.map(({ name, edits }) => ({ name, edits: apart(edits)[which] })).filter(({ edits }) => edits.length > 0);
}
