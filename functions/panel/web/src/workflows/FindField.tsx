// A field to find something that is not all in the page: Enter goes to the next match, Shift and Enter to the one before.

import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Input, { type InputProps } from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState, type Ref } from "react";

interface Properties {
  readonly label: string;
  /** Marks all matches and returns their number. */
  readonly find: (text: string) => number;
  /** Brings a match into view, counted from 0. */
  readonly show: (match: number) => void;
  readonly ref?: Ref<InputProps.Ref>;
}

export function FindField({ label, find, show, ref }: Properties) {
  const [text, setText] = useState("");
  const [count, setCount] = useState(0);
  const [current, setCurrent] = useState<number>();
  const go = (by: 1 | -1) => {
    if (count === 0) return;
    const next = current === undefined ? (by === 1 ? 0 : count - 1) : (current + by + count) % count;
    setCurrent(next);
    show(next);
  };
  const place = current === undefined ? `${count} found` : `${current + 1} of ${count}`;
  return (
    <SpaceBetween direction="horizontal" size="xs" alignItems="center">
      <Input
        ref={ref}
        type="search"
        value={text}
        ariaLabel={label}
        placeholder={label}
        clearAriaLabel="Clear"
        onChange={({ detail }) => {
          setText(detail.value);
          setCount(find(detail.value));
          setCurrent(undefined);
        }}
        onKeyDown={({ detail }) => {
          if (detail.key === "Enter") go(detail.shiftKey ? -1 : 1);
        }}
      />
      <Button iconName="angle-up" variant="icon" ariaLabel="Previous match" disabled={count === 0} onClick={() => go(-1)} />
      <Button iconName="angle-down" variant="icon" ariaLabel="Next match" disabled={count === 0} onClick={() => go(1)} />
      <Box color="text-body-secondary">
        <span role="status">{text && (count === 0 ? "Nothing found" : place)}</span>
      </Box>
    </SpaceBetween>
  );
}
