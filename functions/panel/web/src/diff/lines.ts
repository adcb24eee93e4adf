// Two texts side by side, line by line, with what differs within a line, and unchanged lines folded.

import { diffArrays, diffWordsWithSpace } from "diff";

/** A piece of a line; one that differs is marked. */
export interface Piece {
  readonly text: string;
  readonly isChanged: boolean;
}

export interface Line {
  readonly number: number;
  readonly text: string;
}

/** The lines that stand beside each other; one is missing where a line was added or removed. */
export interface Row {
  readonly before: Line | undefined;
  readonly after: Line | undefined;
  readonly isChanged: boolean;
}

/** Rows that are shown, or unchanged ones that are folded. */
export interface Block {
  readonly rows: readonly Row[];
  readonly isFolded: boolean;
}

/** Comparing takes longer the more differs: from so many differences on, everything counts as changed. */
const MOST_EDITS = 1_000;
/** The longest line that is compared word by word. */
const LONGEST = 2_000;

export function sideBySide(before: string | undefined, after: string | undefined): readonly Row[] {
  const [old, other] = [linesOf(before), linesOf(after)];
  const changes = diffArrays([...old], [...other], { maxEditLength: MOST_EDITS }) ?? [
    { value: [...old], removed: true, added: false },
    { value: [...other], removed: false, added: true },
  ];
  const rows: Row[] = [];
  const at = { before: 1, after: 1 };
  let removed: readonly string[] = [];
  const flush = (added: readonly string[]) => {
    for (let index = 0; index < Math.max(removed.length, added.length); index += 1) {
      const [left, right] = [removed[index], added[index]];
      rows.push({
        before: left === undefined ? undefined : { number: at.before++, text: left },
        after: right === undefined ? undefined : { number: at.after++, text: right },
        isChanged: true,
      });
    }
    removed = [];
  };
  for (const change of changes) {
    if (change.removed) removed = change.value;
    else if (change.added) flush(change.value);
    else {
      flush([]);
      for (const text of change.value) {
        rows.push({ before: { number: at.before++, text }, after: { number: at.after++, text }, isChanged: false });
      }
    }
  }
  flush([]);
  return rows;
}

/** Folds unchanged rows, but for `context` around those that changed. */
export function folded(rows: readonly Row[], context = 3): readonly Block[] {
  const isNear = rows.map(() => false);
  rows.forEach((row, at) => {
    if (row.isChanged) isNear.fill(true, Math.max(0, at - context), at + context + 1);
  });
  const blocks: Block[] = [];
  for (let begin = 0; begin < rows.length;) {
    let end = begin;
    while (end < rows.length && isNear[end] === isNear[begin]) end += 1;
    // A single line takes no more room than the button that shows it.
    blocks.push({ rows: rows.slice(begin, end), isFolded: !isNear[begin] && end - begin > 1 });
    begin = end;
  }
  return blocks;
}

function linesOf(text: string | undefined): readonly string[] {
  return text === undefined ? [] : text.split(/\r\n|\r|\n/);
}

/** The pieces of both lines of a row. */
export function inWords({ before, after, isChanged }: Row): {
  readonly before: readonly Piece[];
  readonly after: readonly Piece[];
} {
  const whole = (line: Line | undefined) => [{ text: line?.text ?? "", isChanged: false }];
  if (!isChanged || !before || !after || before.text.length + after.text.length > LONGEST) {
    return { before: whole(before), after: whole(after) };
  }
  const words = diffWordsWithSpace(before.text, after.text);
  const pieces = (own: "added" | "removed", other: "added" | "removed") =>
    words.filter((word) => !word[other]).map((word) => ({ text: word.value, isChanged: word[own] }));
  return { before: pieces("removed", "added"), after: pieces("added", "removed") };
}
