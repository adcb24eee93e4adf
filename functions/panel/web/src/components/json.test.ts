import { expect, test } from "vitest";

import { elements, indented, member, withNumbersAsTexts } from "./json";

const ODD = '{"b":9007199254740993,"2":100.00,"1":1e400,"a":-0.10,"a":[ ],"t":"{\\"x\\": [1,\\u0041]}\\\\","e":{}}';

test("numbers, the order of keys and a key that stands twice are shown as they were sent", () => {
  expect(indented(ODD)).toBe(
    [
      "{",
      '  "b": 9007199254740993,',
      '  "2": 100.00,',
      '  "1": 1e400,',
      '  "a": -0.10,',
      '  "a": [],',
      '  "t": "{\\"x\\": [1,\\u0041]}\\\\",',
      '  "e": {}',
      "}",
    ].join("\n"),
  );
});

test.each([
  {},
  [],
  [[], {}, [[1]], { a: { b: [null, true, "x"] } }],
  { "": "", a: [{}, { b: 1 }], c: 'a,b:[{"\\\n' },
  "text",
  1.5,
  null,
])("what JSON.parse would keep is laid out as JSON.stringify does, however it was (%j)", (value) => {
  const wanted = JSON.stringify(value, undefined, 2);

  expect(indented(JSON.stringify(value))).toBe(wanted);
  expect(indented(`\uFEFF${wanted.replaceAll("\n", "\r\n\t")}\n`)).toBe(wanted.replaceAll("\\r\\n\\t", "\\n"));
});

test("the items of an array and the members of an object are taken out as they stand", () => {
  expect(elements('[1.0, {"a":[1,2]}, "x,y", [], null]')).toEqual(["1.0", '{"a":[1,2]}', '"x,y"', "[]", "null"]);
  expect(elements(' {"a" : 1.50, "b": {"a": 2}} ')).toEqual(['"a":1.50', '"b":{"a":2}']);
  expect([elements("[]"), elements("{ }"), elements("3")]).toEqual([[], [], []]);
  expect([member('{"b":{"a":1},"a":2.0}', "a"), member('{"b":{"a":1}}', "a")]).toEqual(["2.0", undefined]);
});

test("a number is read as the text that it is", () => {
  expect(withNumbersAsTexts('\uFEFF{"id":9007199254740993,"n":[-1.50,1e400],"t":"7 {1}","w":[true,null]}')).toEqual({
    id: "9007199254740993",
    n: ["-1.50", "1e400"],
    t: "7 {1}",
    w: [true, null],
  });
});

test("a text of a million characters, and ten thousand levels, are walked without a fault", () => {
  const long = `["${"x\\\\".repeat(350_000)}"]`;
  const deep = "[".repeat(10_000) + "]".repeat(10_000);

  expect(elements(long)[0]?.length).toBe(long.length - 2);
  expect(elements(deep)[0]?.length).toBe(deep.length - 2);
});
