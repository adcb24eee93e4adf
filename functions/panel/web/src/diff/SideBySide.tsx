// A value before and after, side by side, with unchanged lines folded.

import "./diff.css";

import Button from "@cloudscape-design/components/button";
import { useContext, useMemo, useState } from "react";

import { folded, inWords, sideBySide, type Line, type Piece, type Row } from "./lines";
import { SidesContext } from "./sides";

interface Properties {
  readonly before: string | undefined;
  readonly after: string | undefined;
  /** What the values are of, for screen readers. */
  readonly label: string;
}

/** Unchanged rows that are not shown, by the index of their block. */
interface FoldedRows {
  readonly index: number;
  readonly count: number;
}

/** Maximum number of rows that are shown at once. */
const MOST_ROWS = 500;

export function SideBySide({ before, after, label }: Properties) {
  const blocks = useMemo(() => folded(sideBySide(before, after)), [before, after]);
  const sides = useContext(SidesContext);
  const [opened, setOpened] = useState<ReadonlySet<number>>(new Set());
  const [isAll, setAll] = useState(false);
  const rows = blocks.flatMap((block, index): readonly (Row | FoldedRows)[] =>
    block.isFolded && !opened.has(index) ? [{ index, count: block.rows.length }] : block.rows,
  );
  const shown = isAll ? rows : rows.slice(0, MOST_ROWS);
  return (
    <table className="diff" aria-label={label}>
      <colgroup>
        <col className="diff-number" />
        <col />
        <col className="diff-number" />
        <col />
      </colgroup>
      <thead>
        <tr>
          <th scope="col" colSpan={2}>
            {sides.before}
          </th>
          <th scope="col" colSpan={2}>
            {sides.after}
          </th>
        </tr>
      </thead>
      <tbody>
        {shown.map((row, at) =>
          "index" in row ? (
            <Fold
              key={at}
              text={`Show ${row.count.toLocaleString("en")} unchanged lines`}
              open={() => setOpened(new Set([...opened, row.index]))}
            />
          ) : (
            <Lines key={at} row={row} missing={at === 0 ? "(none)" : ""} />
          ),
        )}
        {shown.length < rows.length && (
          <Fold text={`Show ${(rows.length - shown.length).toLocaleString("en")} more lines`} open={() => setAll(true)} />
        )}
      </tbody>
    </table>
  );
}

function Fold({ text, open }: { text: string; open: () => void }) {
  return (
    <tr>
      <td colSpan={4} className="diff-fold">
        <Button variant="inline-link" onClick={open}>
          {text}
        </Button>
      </td>
    </tr>
  );
}

/** `missing` stands where there is no line. */
function Lines({ row, missing }: { row: Row; missing: string }) {
  const { before, after, isChanged } = row;
  const words = useMemo(() => inWords(row), [row]);
  return (
    <tr {...(!isChanged && { className: "diff-same" })}>
      <Side line={before} pieces={words.before} missing={missing} sign="−" className={isChanged ? "diff-removed" : ""} />
      <Side line={after} pieces={words.after} missing={missing} sign="+" className={isChanged ? "diff-added" : ""} />
    </tr>
  );
}

interface SideProperties {
  readonly line: Line | undefined;
  readonly pieces: readonly Piece[];
  readonly missing: string;
  readonly sign: string;
  readonly className: string;
}

function Side({ line, pieces, missing, sign, className }: SideProperties) {
  if (!line) {
    return (
      <td colSpan={2} className="diff-none">
        {missing}
      </td>
    );
  }
  return (
    <>
      <td className={`diff-number ${className}`}>
        {line.number}
        {className && ` ${sign}`}
      </td>
      <td className={`diff-line ${className}`}>
        {pieces.map(({ text, isChanged }, at) => (isChanged ? <mark key={at}>{text}</mark> : text))}
      </td>
    </>
  );
}
