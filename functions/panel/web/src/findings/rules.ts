// The rules of the health check by what is wrong, where no finding says it. As in the table of the help, which a test compares.

import type { RuleId } from "../api/client";

export const RULES: Readonly<Record<RuleId, string>> = {
  S1: "A credential is written into the task",
  S2: "A header holds a credential",
  S4: "The other side's certificate is not verified",
  S5: "An address without encryption",
  S6: "An address holds a credential",
  S7: "An upload by FTP",
  E1: "The id of an object is written into the task",
  E2: "The address of a Zuora data center is written into the task",
  E3: "A saved OAuth provider",
  G1: "A task that is never reached",
  G2: "The workflow starts no task",
  G3: "A linkage that does not join two parts",
  G6: "A case and its branch do not fit",
  G8: "A linkage that is there twice",
  T2: "A schedule that cannot be read",
  T3: "A schedule that is switched off",
  T5: "A scheduled workflow that asks for input",
  R4: "A task's validation is switched off",
  R9: "A Zuora address with /v1 twice",
  R14: "It executes a workflow that cannot do its part",
  H5: "Another workflow of the tenant has the same name",
};
