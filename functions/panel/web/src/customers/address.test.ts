import { expect, test } from "vitest";

import type { ZuoraHost } from "../api/client";
import { choice, dataCenters } from "./address";

function host(name: string, app_hosts: readonly string[], on_zuoras_list = true): ZuoraHost {
  const base_url = `https://rest.${name}zuora.com`;
  const environment = name.startsWith("test") ? "test" : "production";
  return {
    base_url,
    label: name,
    environment,
    preset: false,
    app_hosts: [...app_hosts],
    on_zuoras_list,
    recommended_frequency: "every_two_hours",
  };
}

const EU = host("eu.", ["eu.zuora.com"]);
const TEST = host("test.eu.", ["test.eu.zuora.com"]);
const OLD = host("sandbox.", [], false);
const KNOWN = [EU, TEST, OLD];

test.each([
  ["https://eu.zuora.com/platform/webapp?x=1#y", [EU]],
  [" HTTPS://Test.EU.zuora.com ", [TEST]],
  ["eu.zuora.com/apps", [EU]],
  ["https://one.zuora.com/home", [EU, TEST]],
  ["https://rest.eu.zuora.com", []],
  ["https://rest.pt1.zuora.com", []],
  ["https://eu.zuora.com.evil.io", []],
  ["https://evil.io/eu.zuora.com", []],
  ["https://proxy.example.com", []],
  ["http://127.0.0.1:8089", []],
  ["", []],
  ["https://", []],
])("the address %s may belong to as many data centers as its host leaves open", (address, expected) => {
  expect(dataCenters(address, KNOWN)).toEqual(expected);
});

test("a base URL brings what suits customers there to a new customer only", () => {
  const suits = { environment: "test", frequency: "every_two_hours" };
  expect(choice(TEST.base_url, KNOWN, true)).toEqual({ baseUrl: TEST.base_url, ...suits });
  expect(choice(TEST.base_url, KNOWN, false)).toEqual({ baseUrl: TEST.base_url });
  expect(choice("https://proxy.example.com", KNOWN, true)).toEqual({ baseUrl: "https://proxy.example.com" });
});
