// What a change is about.

import Badge, { type BadgeProps } from "@cloudscape-design/components/badge";
import SpaceBetween from "@cloudscape-design/components/space-between";

import type { ChangeClass } from "../api/client";
import { CLASSES } from "./classNames";

const COLORS: Readonly<Record<ChangeClass, NonNullable<BadgeProps["color"]>>> = {
  logic: "blue",
  trigger: "green",
  notification: "severity-low",
  layout: "grey",
  bookkeeping: "grey",
};

export function Classes({ of }: { of: readonly ChangeClass[] }) {
  return (
    <SpaceBetween direction="horizontal" size="xxs">
      {of.map((one) => (
        <Badge key={one} color={COLORS[one]}>
          {CLASSES[one]}
        </Badge>
      ))}
    </SpaceBetween>
  );
}
