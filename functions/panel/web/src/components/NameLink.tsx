import Link from "@cloudscape-design/components/link";

/** A link with a name, which is also its tooltip: a table may cut it. */
export function NameLink({ href, name }: { href: string; name: string }) {
  return (
    <Link href={href} nativeAttributes={{ title: name }}>
      {name}
    </Link>
  );
}
