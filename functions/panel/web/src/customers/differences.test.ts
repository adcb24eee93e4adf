import { expect, test } from "vitest";

import { differences, merged } from "./differences";
import { EMPTY } from "./fields";

const opened = { ...EMPTY, name: "Acme", tags: ["eu"] };
const theirs = { ...opened, name: "Acme Ltd", frequency: "manual" as const };
const mine = { ...opened, name: "Acme Inc", tags: ["eu", "gold"] };

test("what either of two people changed is shown side by side, in words", () => {
  expect(differences(opened, theirs, mine)).toEqual([
    { label: "Name", theirs: "Acme Ltd", mine: "Acme Inc" },
    { label: "Sync frequency", theirs: "Manual only", mine: "Not changed" },
    { label: "Tags", theirs: "eu", mine: "eu, gold" },
  ]);
  expect(differences(opened, { ...opened, owner: "Ada" }, { ...opened, owner: "Ada" })).toEqual([]);
});

test("what I changed is put over theirs, and the rest stays theirs", () => {
  expect(merged(opened, theirs, mine)).toEqual({ ...theirs, name: "Acme Inc", tags: ["eu", "gold"] });
  expect(merged(opened, opened, mine)).toEqual(mine);
});
