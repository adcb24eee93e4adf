import Tooltip from "@cloudscape-design/components/tooltip";
import { useRef, useState, type ReactNode } from "react";

interface Properties {
  readonly text: string;
  readonly children: ReactNode;
  /** Asked when the hint is about to show; always if not given. */
  readonly isNeeded?: (element: HTMLElement) => boolean;
  /** The children can have the focus themselves. */
  readonly hasFocusable?: boolean;
  /** A screen reader tells the hint with the content. */
  readonly isTold?: boolean;
  readonly className?: string;
}

/** Content with a hint that shows while it is pointed at, tapped or focused. */
export function Hint({ text, children, isNeeded = () => true, hasFocusable, isTold, className }: Properties) {
  const element = useRef<HTMLSpanElement>(null);
  const [isShown, setShown] = useState(false);
  const show = () => setShown(element.current !== null && isNeeded(element.current));
  const hide = () => setShown(false);
  return (
    <span
      ref={element}
      {...(className !== undefined && { className })}
      {...(!hasFocusable && { tabIndex: 0 })}
      {...(isTold && { "aria-description": text })}
      onPointerEnter={show}
      onPointerLeave={hide}
      onFocus={show}
      onBlur={hide}
    >
      {children}
      {isShown && <Tooltip content={text} getTrack={() => element.current} onEscape={hide} />}
    </span>
  );
}
