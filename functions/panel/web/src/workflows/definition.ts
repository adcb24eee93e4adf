// A definition as Zuora exported it, byte for byte: in one answer, or put together from its parts where it is too big for one.
//
// Invariant: all parts belong to the same export. Each has its tag; if one differs, a sync has replaced the definition and
// reading starts again.

import { body, type Api } from "../api/client";
import { Problem } from "../api/problem";

export interface Ids {
  readonly customer_id: string;
  readonly workflow_id: string;
}

export interface Progress {
  readonly read: number;
  readonly of: number;
}

export interface Definition {
  /** The exact bytes: the text may lack their byte order mark. */
  readonly blob: Blob;
  readonly text: string;
}

/** Maximum number of restarts. */
const ANEW = 2;

/** Reads the current definition, or the one with that hash; `tell` receives the progress if there is more than one part. */
export async function readDefinition(
  api: Api,
  path: Ids,
  tell: (progress: Progress) => void,
  hash?: string,
): Promise<Definition> {
  const ask = (part?: number) => askFor(api, path, hash, part);
  for (let anew = 0; anew <= ANEW; anew += 1) {
    const answer = await readAtOnce(ask);
    const blob = typeof answer === "number" ? await readParts(ask, answer, tell) : answer;
    if (blob) return { blob, text: new TextDecoder("utf-8", { ignoreBOM: true }).decode(await blob.arrayBuffer()) };
  }
  throw new Error("The definition kept changing while it was read. Try again in a moment.");
}

/** The whole definition, or the number of its parts if it is too large for one response. */
async function readAtOnce(ask: Ask): Promise<Blob | number> {
  try {
    return (await ask()).blob;
  } catch (error) {
    if (error instanceof Problem && error.slug === "too-large" && error.body.parts) return error.body.parts;
    throw error;
  }
}

/** All parts joined; undefined if they are not of one export. */
async function readParts(ask: Ask, count: number, tell: (progress: Progress) => void): Promise<Blob | undefined> {
  const parts: Blob[] = [];
  const tags = new Set<string | null>();
  for (let part = 1; part <= count; part += 1) {
    tell({ read: part - 1, of: count });
    const { blob, tag } = await ask(part);
    parts.push(blob);
    if (tags.add(tag).size > 1) return undefined;
  }
  return new Blob(parts);
}

interface Answer {
  readonly blob: Blob;
  readonly tag: string | null;
}

/** Asks for a part, or for the whole. */
type Ask = (part?: number) => Promise<Answer>;

async function askFor(api: Api, path: Ids, hash: string | undefined, part: number | undefined): Promise<Answer> {
  const answer = await api.GET("/v1/customers/{customer_id}/workflows/{workflow_id}/definition", {
    params: { path, query: { hash, part } },
    parseAs: "blob",
  });
  return { blob: body<Blob>(answer), tag: answer.response.headers.get("etag") };
}
