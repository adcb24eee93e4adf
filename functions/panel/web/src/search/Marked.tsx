import { marked } from "./marked";

/** A text with what was searched marked. */
export function Marked({ text, q }: { text: string; q: string }) {
  return marked(text, q).map(({ text: piece, isHit }, index) => (isHit ? <mark key={index}>{piece}</mark> : piece));
}
