import { body, type Api } from "../api/client";
import type { BulkRequest, BulkResult } from "./coming";

/** Does the same to many customers. */
export async function changeMany(api: Api, request: BulkRequest): Promise<BulkResult> {
  const post = api.POST as unknown as (path: string, sent: { body: BulkRequest }) => Promise<{ data?: BulkResult }>;
  return body(await post("/v1/customers/bulk", { body: request }));
}
