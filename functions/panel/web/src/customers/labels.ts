// The names of a customer's settings, everywhere in the panel.

/** By the field of the API; the parts of a field follow a dot. */
export const LABELS = {
  name: "Name",
  zuora_base_url: "Zuora base URL",
  zuora_client_id: "Zuora client ID",
  zuora_client_secret: "Zuora client secret",
  environment: "Environment",
  sync_frequency: "Sync frequency",
  delete_guard: "Ask before deleting more than",
  "delete_guard.count": "Ask before deleting more than: number of workflows",
  "delete_guard.percent": "Ask before deleting more than: % of the workflows",
  tags: "Tags",
  owner: "Owner",
  notes: "Notes",
  status: "Status",
} as const;
export type LabelledField = keyof typeof LABELS;
