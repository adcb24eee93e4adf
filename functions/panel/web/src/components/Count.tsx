import Box from "@cloudscape-design/components/box";
import Link from "@cloudscape-design/components/link";

interface Properties {
  readonly label: string;
  /** Shown as dots while undefined. */
  readonly number: number | undefined;
  /** Marks the number as a lower bound. */
  readonly isMore?: boolean;
  readonly href: string;
}

/** A large number with a link to the items counted. */
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
