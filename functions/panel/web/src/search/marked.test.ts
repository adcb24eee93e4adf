import { expect, test } from "vitest";

import { marked } from "./marked";

/** With brackets around the hits. */
function shown(text: string, q: string): string {
  return marked(text, q)
    .map(({ text, isHit }) => (isHit ? `[${text}]` : text))
    .join("");
}

test("every hit is marked in the text as it is written, in any case and normal form", () => {
  expect(shown("… POST https://Pay.example.com/pay …", "pay")).toBe("… POST https://[Pay].example.com/[pay] …");
  expect(shown("Hauptstraße 1", "STRASSE")).toBe("Haupt[straße] 1");
  expect(shown("Cafe\u0301 bar", "CAFÉ")).toBe("[Café] bar");
  expect(shown("😀 mail 😀", " mail ")).toBe("😀 [mail] 😀");
});

test("a text without the hit stays as it is, also one that could be a pattern", () => {
  expect([shown("a.b", "a+b"), shown("", "abc"), shown("abc", "")]).toEqual(["a.b", "", "abc"]);
  expect(shown("(a|b) (a|b)", "(a|b)")).toBe("[(a|b)] [(a|b)]");
});
