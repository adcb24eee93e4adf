// Ids in addresses: ours, and those of Zuora.

/** Returns true for what the API takes for an id. Anything else, such as `..`, could be another path of it. */
export function isId(text: string | undefined): boolean {
  return text !== undefined && /^[A-Za-z0-9_-]{1,64}$/.test(text);
}
