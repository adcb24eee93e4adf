import type { Job } from "../api/client";

/** Filters of the page as parameters of the API: several states are a list. */
export function jobQuery({ state, ...others }: Readonly<Record<string, string | number>>) {
  return { ...others, ...(state ? { state: String(state).split(",") as Job["state"][] } : {}) };
}
