// Where a text contains what was searched, compared as the API does: in any case and normal form.

export interface Piece {
  readonly text: string;
  readonly isHit: boolean;
}

/** The text in pieces, hits and what is between them. */
export function marked(text: string, q: string): readonly Piece[] {
  const needle = [...q.trim().normalize("NFC")].map(folded).join("");
  const characters = [...text.normalize("NFC")];
  // The place in `characters` of each unit of the folded text: `ß` is folded to two.
  const places = characters.flatMap((character, at) => Array.from({ length: folded(character).length }, () => at));
  const haystack = characters.map(folded).join("");
  const pieces: Piece[] = [];
  const add = (from: number, to: number, isHit: boolean) => {
    if (from < to) pieces.push({ text: characters.slice(from, to).join(""), isHit });
  };
  let shown = 0;
  for (let at = haystack.indexOf(needle); needle && at >= 0; at = haystack.indexOf(needle, at + needle.length)) {
    const from = Math.max(shown, places[at] ?? 0);
    const to = (places[at + needle.length - 1] ?? 0) + 1;
    add(shown, from, false);
    add(from, to, true);
    shown = Math.max(shown, to);
  }
  add(shown, characters.length, false);
  return pieces;
}

/** Upper case first: that takes `ß` apart. */
function folded(character: string): string {
  return character.toUpperCase().toLowerCase();
}
