// The rules of the health check: what is wrong, and why. As in the table of the help, which a test compares.

import type { RuleId } from "../api/client";

export interface Rule {
  readonly title: string;
  readonly why: string;
}

export const RULES: Readonly<Record<RuleId, Rule>> = {
  S1: {
    title: "A credential is written into the task",
    why: "Whoever may see the workflow, its exports or its backups can use it.",
  },
  S2: {
    title: "A header holds a credential",
    why: "Whoever may see the workflow, its exports or its backups can use it.",
  },
  S4: {
    title: "The other side's certificate is not verified",
    why: "Anybody on the way can read and alter what is sent.",
  },
  S5: {
    title: "An address without encryption",
    why: "Anybody on the way can read and alter what is sent.",
  },
  S6: {
    title: "An address holds a credential",
    why: "Addresses are logged by everybody on the way.",
  },
  S7: {
    title: "An upload by FTP",
    why: "Zuora no longer supports FTP (since 2025.Q1.0.0), and FTP sends passwords in clear text.",
  },
  E1: {
    title: "The id of an object is written into the task",
    why: "Another tenant has the object under another id, or not at all.",
  },
  E2: {
    title: "The address of a Zuora data center is written into the task",
    why: "In another tenant it leads to this one. An error where it leads to another data center than the customer's.",
  },
  E3: {
    title: "A saved OAuth provider",
    why: "The provider is known to this tenant only: the workflow cannot be imported elsewhere as it is.",
  },
  G1: {
    title: "A task that is never reached",
    why: "No path leads to it from where the workflow starts.",
  },
  G2: {
    title: "The workflow starts no task",
    why: "It has tasks, but no linkage from its start: it ends at once.",
  },
  G3: {
    title: "A linkage that does not join two parts",
    why: "A task at one of its ends is not there, or it has no start, or two.",
  },
  G6: {
    title: "A case and its branch do not fit",
    why: "A branch whose case has no condition is never taken. A warning where a condition has no branch: then nothing follows.",
  },
  G8: {
    title: "A linkage that is there twice",
    why: "The task behind it may run twice.",
  },
  T2: {
    title: "A schedule that cannot be read",
    why: "The workflow is scheduled without a cron expression of five or six parts and a time zone that Zuora knows.",
  },
  T3: {
    title: "A schedule that is switched off",
    why: "The workflow has a cron expression, but is not scheduled: perhaps somebody forgot to switch it on again.",
  },
  T5: {
    title: "A scheduled workflow that asks for input",
    why: "A required input has no default: nobody is there to give it when the schedule starts the workflow.",
  },
  R4: {
    title: "A task's validation is switched off",
    why: "Errors in the task's settings stay hidden until it runs.",
  },
  R9: {
    title: "A Zuora address with /v1 twice",
    why: "There is no such address: Zuora answers 404.",
  },
  R14: {
    title: "It executes a workflow that cannot do its part",
    why: "The workflow is inactive; or its answer is awaited, and it has no response formatter, or waits for an approval or a delay itself. A warning where there is no such workflow in the copy.",
  },
  H5: {
    title: "Another workflow of the tenant has the same name",
    why: "Whoever looks for it by its name, as an Execute task or a comparison with another tenant does, may find the other one.",
  },
};
