// JSON as text. Numbers, keys and their order stay as they were sent: `JSON.parse` would round numbers, drop duplicate keys,
// and move keys that look like numbers to the front.

const SIGNS = "{}[]:,";

/** The tokens of a JSON text, unchanged, without the white space between them. */
function* tokens(json: string): Generator<string> {
  for (let at = 0; at < json.length;) {
    const start = at;
    const first = json.charAt(at);
    at += 1;
    if (isBlank(first)) continue;
    if (first === '"') at = endOfText(json, at);
    else if (!SIGNS.includes(first)) at = endOfWord(json, at);
    yield json.slice(start, at);
  }
}

function isBlank(char: string): boolean {
  return char === " " || char === "\n" || char === "\r" || char === "\t" || char === "\uFEFF";
}

function endOfText(json: string, begin: number): number {
  let at = begin;
  while (at < json.length && json[at] !== '"') at += json[at] === "\\" ? 2 : 1;
  return at + 1;
}

function endOfWord(json: string, begin: number): number {
  let at = begin;
  while (at < json.length && !isBlank(json.charAt(at)) && !SIGNS.includes(json.charAt(at))) at += 1;
  return at;
}

const opens = (token: string) => token === "{" || token === "[";
const closes = (token: string) => token === "}" || token === "]";

/** The same JSON, indented for reading. */
export function indented(json: string): string {
  const written: string[] = [];
  let depth = 0;
  let before = "";
  for (const token of tokens(json)) {
    if (closes(token)) depth -= 1;
    if (closes(token) ? !opens(before) : opens(before) || before === ",") written.push("\n", "  ".repeat(depth));
    if (opens(token)) depth += 1;
    written.push(token === ":" ? ": " : token);
    before = token;
  }
  return written.join("");
}

/** The items of an array as texts, or the members of an object with their keys. */
export function elements(json: string): readonly string[] {
  const found: string[] = [];
  let element: string[] = [];
  let depth = 0;
  const end = () => {
    if (element.length > 0) found.push(element.join(""));
    element = [];
  };
  for (const token of tokens(json)) {
    if (closes(token)) depth -= 1;
    if (depth === 0 || (depth === 1 && token === ",")) end();
    else element.push(token);
    if (opens(token)) depth += 1;
  }
  return found;
}

/** The value of a member of an object as text, if it is there. */
export function member(json: string, name: string): string | undefined {
  const key = `${JSON.stringify(name)}:`;
  return elements(json)
    .find((element) => element.startsWith(key))
    ?.slice(key.length);
}

/** The parsed JSON with numbers as texts: a long id would be rounded to that of something else. */
export function withNumbersAsTexts(json: string): unknown {
  const quoted = [...tokens(json)].map((token) => (/^[-\d]/.test(token) ? `"${token}"` : token));
  return JSON.parse(quoted.join(""));
}
