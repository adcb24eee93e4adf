// A recorded change as sentences. What is no news to anybody is named apart: layout, versions, times.

import type { Change, ChangeClass } from "../api/client";
import { counted } from "../components/counted";
import { ruleInWords } from "../findings/words";
import { CLASSES, isQuiet } from "./classNames";
import { fewOf, fieldInWords, linkageEnds, linkageInWords, taskInWords, taskName } from "./names";

/** A schedule is put into words where it is shown: the library for that is loaded with the first one. */
export type Piece = string | { readonly cron: string; readonly timezone: string | undefined };

export interface Sentence {
  readonly pieces: readonly Piece[];
  /** The fields that it is about, by their paths. */
  readonly paths?: readonly string[];
}

export interface Told {
  readonly sentences: readonly Sentence[];
  /** The rest in one line; undefined if there is none. */
  readonly rest: string | undefined;
}

export function told(change: Change): Told {
  const { sentences, others } = ofFields(change);
  const tasks = change.tasks?.edited ?? [];
  const linkages = change.linkages?.edited ?? [];
  const settings = settingsApart(change);
  const isNews = (path: string) => !isQuiet(change.class_of?.[path]);
  return {
    sentences: [
      ...ofKind(change),
      ...sentences,
      ...ofTasks(change.tasks),
      ...tasks.filter((task) => !isQuiet(task.class)).map((task) => edited(taskInWords(task), task)),
      ...ofLinkages(change.linkages),
      ...linkages
        .filter((linkage) => !isQuiet(linkage.class))
        .map((linkage) => edited(`Linkage ${linkageEnds(linkage)}`, linkage)),
      ...ofSettings(settings.filter(isNews), change),
      ...ofFindings(change.findings),
    ],
    rest: inOneLine(change.classes ?? [], [
      ...others,
      ...tasks.filter((task) => isQuiet(task.class)).map(taskInWords),
      ...linkages.filter((linkage) => isQuiet(linkage.class)).map(linkageEnds),
      ...settings.filter((path) => !isNews(path)).map(withoutPart),
    ]),
  };
}

function said(text: string): Sentence {
  return { pieces: [text] };
}

type Edited = Pick<NonNullable<Change["tasks"]>["edited"][number], "fields" | "class_of">;

/** Of an edit that is news, the fields that are. */
function edited(what: string, { fields: all, class_of = {} }: Edited): Sentence {
  const fields = all.filter((path) => !isQuiet(class_of[path]));
  return { pieces: [`${what}: ${fewOf([...new Set(fields.map(fieldInWords))])} changed`], paths: fields };
}

function ofKind({ kind, first_sync, tasks, linkages, definition_changed, settings }: Change): readonly Sentence[] {
  if (kind === "deleted") return [said("Deleted at Zuora")];
  if (kind === "created") {
    const [some, more] = [tasks?.counts.added ?? 0, linkages?.counts.added ?? 0];
    const parts = [some > 0 && counted(some, "task"), more > 0 && counted(more, "linkage")].filter(Boolean);
    const by = first_sync ? "Created, found by the first sync" : "Created";
    return [said(parts.length > 0 ? `${by}: ${parts.join(" and ")}` : by)];
  }
  const isUnknown = definition_changed && !tasks && !linkages && settings.length === 0;
  return isUnknown ? [said("The definition changed; it could not be compared with the one before")] : [];
}

/** Sentences about the listed fields, and the names of those that have none. */
function ofFields({ fields, version: { before, after }, kind }: Change): { sentences: Sentence[]; others: string[] } {
  const sentences: Sentence[] = [];
  const others: string[] = [];
  const interval = fields.find(({ field }) => field === "interval");
  const timezone = fields.find(({ field }) => field === "timezone");
  for (const { field, before, after } of fields) {
    if (field === "name") sentences.push(said(`Renamed from “${before ?? ""}” to “${after ?? ""}”`));
    else if (field === "status") sentences.push(said(ofStatus(before, after)));
    else if (field === "priority") sentences.push(said(`Priority ${before ?? "none"} → ${after ?? "none"}`));
    else if (field === "interval" || (field === "timezone" && !interval)) sentences.push(ofSchedule(interval, timezone));
    else if (field.endsWith("Trigger"))
      sentences.push(said(`${triggerInWords(field)} ${after === "true" ? "switched on" : "switched off"}`));
    else if (field !== "timezone") others.push(field);
  }
  if (kind === "updated" && before !== after) sentences.push(said(`Version ${before ?? "none"} → ${after ?? "none"}`));
  return { sentences, others };
}

function ofStatus(before: string | null | undefined, after: string | null | undefined): string {
  if (after === "Active") return "Switched on";
  if (after === "Inactive") return "Switched off";
  return `Status ${before ?? "none"} → ${after ?? "none"}`;
}

type Field = Change["fields"][number];

function ofSchedule(interval: Field | undefined, timezone: Field | undefined): Sentence {
  if (!interval) return said(`Time zone of the schedule changed: ${timezone?.before || "none"} → ${timezone?.after || "none"}`);
  const schedule = (cron: string | null | undefined, zone: string | null | undefined): Piece =>
    cron ? { cron, timezone: zone ?? undefined } : "none";
  return {
    pieces: ["Schedule changed: ", schedule(interval.before, timezone?.before), " → ", schedule(interval.after, timezone?.after)],
  };
}

/** `Callout trigger` for `calloutTrigger`. */
function triggerInWords(field: string): string {
  const words = field.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function ofTasks(tasks: Change["tasks"]): readonly Sentence[] {
  if (!tasks) return [];
  const renamed = tasks.renamed ?? [];
  const { counts } = tasks;
  return [
    ...list("task", "added", tasks.added.map(taskName), counts.added),
    ...list("task", "removed", tasks.removed.map(taskName), counts.removed),
    ...renamed.map(({ from, to }) => said(`Task “${taskName(from)}” renamed to “${taskName(to)}”`)),
    ...left("task", "renamed", renamed.length, counts.renamed),
    ...left("task", "edited", tasks.edited.length, counts.edited),
  ];
}

function ofLinkages(linkages: Change["linkages"]): readonly Sentence[] {
  if (!linkages) return [];
  const { counts } = linkages;
  return [
    ...list("linkage", "added", linkages.added.map(linkageInWords), counts.added),
    ...list("linkage", "removed", linkages.removed.map(linkageInWords), counts.removed),
    ...(linkages.renamed ?? []).map(({ from, to }) => said(`Linkage ${linkageInWords(from)} is now ${linkageInWords(to)}`)),
    ...left("linkage", "edited", linkages.edited.length, counts.edited),
  ];
}

/** `2 tasks added: A, B`. None are named of a workflow that is new as a whole, whose extent is told. */
function list(noun: string, how: string, names: readonly string[], of: number): readonly Sentence[] {
  return names.length > 0 ? [said(`${counted(of, noun)} ${how}: ${fewOf(names, of)}`)] : [];
}

/** Those that a long record counts and does not name. */
function left(noun: string, how: string, named: number, of = named): readonly Sentence[] {
  return of > named ? [said(`${counted(of - named, `more ${noun}`)} ${how}`)] : [];
}

function ofSettings(settings: readonly string[], { settings_count: of = 0, settings: named, kind }: Change): readonly Sentence[] {
  if (settings.length === 0 || kind === "created") return [];
  const all = settings.length + Math.max(0, of - named.length);
  return [{ pieces: [`Settings changed: ${fewOf(settings.map(fieldInWords), all)}`], paths: settings }];
}

/** `New finding: An address without encryption (S5)`. */
function ofFindings({ raised, resolved }: NonNullable<Change["findings"]> = { raised: [], resolved: [] }): readonly Sentence[] {
  const list = (rules: typeof raised, one: string, several: string) =>
    rules.length > 0 ? [said(`${rules.length === 1 ? one : several}: ${fewOf(rules.map(ruleInWords))}`)] : [];
  return [...list(raised, "New finding", "New findings"), ...list(resolved, "Finding resolved", "Findings resolved")];
}

/** The settings that no listed field tells: the export repeats these. */
function settingsApart({ settings, fields, version }: Change): readonly string[] {
  const listed = fields.map(({ field }) => field.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`));
  if (version.before !== version.after) listed.push("version");
  const repeated = new Set(listed.flatMap((field) => [`workflow.${field}`, `workflow_definition.${field}`]));
  return settings.filter((path) => !repeated.has(path));
}

function withoutPart(path: string): string {
  return path.replace(/^workflow\./, "");
}

function inOneLine(classes: readonly ChangeClass[], names: readonly string[]): string | undefined {
  if (names.length === 0) return undefined;
  const label =
    classes
      .filter(isQuiet)
      .map((one) => CLASSES[one])
      .join(" and ") || CLASSES.bookkeeping;
  return `${label.charAt(0)}${label.slice(1).toLowerCase()}: ${fewOf(names, names.length, 10)}`;
}
