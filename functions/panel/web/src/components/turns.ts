// The page that a list shows, kept in the history entry of the address: "back" from a detail and a reload come to the same page.

import { useLocation, useNavigate } from "react-router";

/** The cursors of the pages visited (the first page has none), and which of them is shown. */
interface Turn {
  readonly cursors: readonly (string | undefined)[];
  readonly index: number;
  /** Rows per page: the cursors are good for this number only. */
  readonly limit: number;
}

/** The pages of one list; they start over when the address changes, as it does with every filter. */
export function useTurns(list: string, limit: number) {
  const location = useLocation();
  const navigate = useNavigate();
  const kept = (location.state as Record<string, Turn> | null)?.[list];
  const { cursors, index }: Turn = kept?.limit === limit ? kept : { cursors: [undefined], index: 0, limit };
  const turnTo = (wanted: number, next: string | undefined) => {
    const turn: Turn = { cursors: wanted < cursors.length ? cursors : [...cursors, next], index: wanted, limit };
    void navigate(location, { replace: true, state: { ...(location.state as object | null), [list]: turn } });
  };
  return { cursors, index, turnTo };
}
