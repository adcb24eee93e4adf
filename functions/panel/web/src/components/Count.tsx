import Box from "@cloudscape-design/components/box";
import Link from "@cloudscape-design/components/link";

import { CHART } from "./chart";

interface Properties {
  readonly label: string;
  /** Shown as dots while undefined. */
  readonly number: number | undefined;
  /** Marks the number as a lower bound. */
  readonly isMore?: boolean;
  /** Its color unless it is zero; without it, the number is neither good nor bad. */
  readonly tone?: "warning" | "bad";
  readonly href: string;
}

/** A large number with a link to the items counted. */
export function Count({ label, number, isMore = false, tone, href }: Properties) {
  const text = number === undefined ? undefined : `${number.toLocaleString("en")}${isMore ? "+" : ""}`;
  const color = tone && number ? CHART[tone] : undefined;
  return (
    <div>
      <Box variant="awsui-key-label">{label}</Box>
      <Link
        href={href}
        fontSize="heading-xl"
        ariaLabel={`${label}: ${text ?? "unknown"}`}
        {...(color && { style: { root: { color: { default: color, hover: color, active: color } } } })}
      >
        {text ?? "…"}
      </Link>
    </div>
  );
}
