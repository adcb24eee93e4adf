// A text that stays on one line where a table cuts what is too long, with the whole text as its hint.

import { createContext, useContext, type ReactNode } from "react";

import { Hint } from "./Hint";

/** Whether the surrounding table cuts long texts; it shows them in full if its lines wrap. */
export const CutsContext = createContext(false);

/** `children` are a link with the text; without them it is shown as it is. */
export function Cut({ text, children }: { text: string; children?: ReactNode }) {
  if (!useContext(CutsContext)) return children ?? text;
  return (
    <Hint text={text} className="cut" hasFocusable={children !== undefined} isNeeded={isCut}>
      {children ?? text}
    </Hint>
  );
}

function isCut({ scrollWidth, clientWidth }: HTMLElement): boolean {
  return scrollWidth > clientWidth;
}
