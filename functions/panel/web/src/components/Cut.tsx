// A text that stays on one line where a table cuts what is too long, and is shown in full on hover, on tap and on focus.

import TruncatedText from "@cloudscape-design/components/truncated-text";
import { createContext, useContext, type ReactNode } from "react";

/** Whether the surrounding table cuts long texts; it shows them in full if its lines wrap. */
export const CutsContext = createContext(false);

/** `children` show the text, e.g. as a link; without them it is shown as it is. */
export function Cut({ text, children = text }: { text: string; children?: ReactNode }) {
  return useContext(CutsContext) ? <TruncatedText tooltipText={text}>{children}</TruncatedText> : children;
}
