// Times for people: how long ago, when exactly, and how long something took.

import Box from "@cloudscape-design/components/box";
import Tooltip from "@cloudscape-design/components/tooltip";
import { useEffect, useRef, useState } from "react";

import { age, duration, exact } from "./moments";

export { age, exact };

/** The current time, updated every 20 seconds unless told otherwise. */
export function useNow(everyMs = 20_000): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}

/** The age of a moment. On hover, tap or focus it shows the exact time, which a screen reader tells with it. */
export function Age({ at }: { at: string }) {
  const now = useNow();
  const element = useRef<HTMLTimeElement>(null);
  const [isShown, setShown] = useState(false);
  const when = exact(at);
  return (
    <>
      <time
        ref={element}
        dateTime={at}
        tabIndex={0}
        aria-description={when}
        onPointerEnter={() => setShown(true)}
        onPointerLeave={() => setShown(false)}
        onFocus={() => setShown(true)}
        onBlur={() => setShown(false)}
      >
        {age(at, now)}
      </time>
      {isShown && <Tooltip content={when} getTrack={() => element.current} onEscape={() => setShown(false)} />}
    </>
  );
}

/** A moment where there is room for all of it: the exact time, and its age below. */
export function Moment({ at }: { at: string }) {
  const now = useNow();
  return (
    <>
      <time dateTime={at}>{exact(at)}</time>
      <Box variant="small" display="block">
        {age(at, now)}
      </Box>
    </>
  );
}

/** The time between two moments, or up to now while there is no second. */
export function Duration({ from, to }: { from: string; to: string | null | undefined }) {
  return to ? <>{duration(Date.parse(to) - Date.parse(from))}</> : <Running from={from} />;
}

function Running({ from }: { from: string }) {
  return <>{duration(useNow(1_000) - Date.parse(from))}</>;
}
