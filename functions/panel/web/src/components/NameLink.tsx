import Link from "@cloudscape-design/components/link";

import { Cut } from "./Cut";

/** A link with a name. */
export function NameLink({ href, name }: { href: string; name: string }) {
  return (
    <Cut text={name}>
      <Link href={href}>{name}</Link>
    </Cut>
  );
}
