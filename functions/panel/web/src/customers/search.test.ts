import { expect, test, vi } from "vitest";

import type { HostsTried, HostTried } from "../api/client";
import { conclusion, search, words } from "./search";

const of = (base_url: string, result: HostTried["result"], can_list: boolean | null = null): HostTried => ({
  base_url,
  label: base_url,
  result,
  can_list,
});
const answer = (...hosts: HostTried[]): HostsTried => ({ hosts, complete: hosts.every(({ result }) => result !== "not_tried") });

test("a search goes on without the data centers that were tried until all were", async () => {
  const ask = vi
    .fn<(skip: readonly string[]) => Promise<HostsTried>>()
    .mockResolvedValueOnce(answer(of("a", "refused"), of("b", "unreachable"), of("c", "not_tried"), of("d", "not_tried")))
    .mockResolvedValueOnce(answer(of("c", "refused"), of("d", "not_tried")))
    .mockResolvedValueOnce(answer(of("d", "accepted", true)));
  const show = vi.fn<(hosts: readonly HostTried[]) => void>();

  await search(ask, show, []);

  expect(ask.mock.calls).toEqual([[[]], [["a", "b"]], [["a", "b", "c"]]]);
  expect(show.mock.calls.map(([hosts]) => hosts.map(({ base_url, result }) => `${base_url} ${result}`))).toEqual([
    ["a refused", "b unreachable", "c not_tried", "d not_tried"],
    ["a refused", "b unreachable", "c refused", "d not_tried"],
    ["a refused", "b unreachable", "c refused", "d accepted"],
  ]);
});

test("a search that gets no place ends, and goes on later from where it was", async () => {
  const ask = vi.fn(() => Promise.resolve(answer(of("b", "not_tried"))));

  await search(ask, () => undefined, [of("a", "refused"), of("b", "not_tried")]);

  expect(ask.mock.calls).toEqual([[["a"]]]);
});

test("a call that fails ends the search with its error", async () => {
  const failing = search(
    () => Promise.reject(new TypeError("offline")),
    () => undefined,
    [],
  );

  await expect(failing).rejects.toThrow("offline");
});

test("what a data center said is told in words, and an outage is not called a refusal", () => {
  const said = (result: HostTried["result"], can_list: boolean | null = null) => words(of("a", result, can_list))[1];

  expect([said("accepted", true), said("accepted", false), said("accepted")]).toEqual([
    "Accepted",
    "Accepted; the workflows may not be listed",
    "Accepted; no workflows listed yet",
  ]);
  expect([said("refused"), said("unreachable"), said("not_tried")]).toEqual(["Refused", "Could not be asked", "Not tried yet"]);
});

test("a search concludes when all were tried", () => {
  expect(conclusion([of("a", "accepted"), of("b", "not_tried")])).toBeUndefined();
  expect(conclusion([of("a", "accepted"), of("b", "refused")])).toMatch(/^One data center/);
  expect(conclusion([of("a", "accepted"), of("b", "accepted")])).toMatch(/Choose yours/);
  expect(conclusion([of("a", "refused")])).toMatch(/Check the client ID/);
  expect(conclusion([of("a", "refused"), of("b", "unreachable")])).toMatch(/some could not be asked/);
});
