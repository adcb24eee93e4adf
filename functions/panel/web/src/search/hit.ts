// What the search box leads to.

export interface Hit {
  /** The page, as a path. */
  readonly value: string;
  readonly label: string;
  readonly description?: string;
}

/** The page of an id of the API. */
export function pageOf(text: string): Hit | undefined {
  if (/^cus_[0-9a-f]{32}$/.test(text)) return { value: `/customers/${text}`, label: "Customer", description: text };
  if (/^job_[0-9a-f]{32}$/.test(text)) return { value: `/jobs/${text}`, label: "Job", description: text };
  return undefined;
}
