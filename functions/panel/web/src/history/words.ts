import type { StoredDefinition } from "../api/client";
import { exact } from "../components/moments";

/** `Version 0.0.5, current`. */
export function nameOf({ zuora_version, replaced_at }: StoredDefinition): string {
  const version = zuora_version ? `Version ${zuora_version}` : "Unknown version";
  return replaced_at ? version : `${version}, current`;
}

export function optionOf(definition: StoredDefinition) {
  const { hash, stored_at } = definition;
  const stored = stored_at ? `Stored ${exact(stored_at)}` : "Stored before definitions were kept";
  return { value: hash, label: nameOf(definition), description: `${stored} · ${shortHash(hash)}` };
}

/** As much of it as tells definitions apart. */
export function shortHash(hash: string): string {
  return hash.slice(0, 8);
}
