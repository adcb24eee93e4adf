import Box from "@cloudscape-design/components/box";
import Link from "@cloudscape-design/components/link";

interface Properties {
  readonly label: string;
  /** Dots are shown until it is known. */
  readonly number: number | undefined;
  /** Whether there are more than were counted. */
  readonly isMore?: boolean;
  readonly href: string;
}

/** A large number that leads to what it counts. */
export function Count({ label, number, isMore = false, href }: Properties) {
  const text = number === undefined ? undefined : `${number.toLocaleString("en")}${isMore ? "+" : ""}`;
  return (
    <div>
      <Box variant="awsui-key-label">{label}</Box>
      <Link href={href} fontSize="display-l" ariaLabel={`${label}: ${text ?? "unknown"}`}>
        {text ?? "…"}
      </Link>
    </div>
  );
}
