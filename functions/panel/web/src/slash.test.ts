import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

import { expect, test } from "vitest";

test("the content security policy names the page's only inline script", () => {
  const page = readFileSync("index.html", "utf8");
  const policy = readFileSync("../src/page.rs", "utf8");
  const scripts = [...page.matchAll(/<script>(.*?)<\/script>/gs)].map(([, script = ""]) => script);

  expect(scripts.length).toBe(1);
  const hash = createHash("sha256")
    .update(scripts[0] ?? "")
    .digest("base64");
  expect(policy).toContain(`'sha256-${hash}'`);
});
