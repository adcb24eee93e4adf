// Kinds of tasks, by what they do. Zuora's action types are an open list, so an unknown one has no kind.

export const KINDS = {
  flow: "Directs the flow",
  read: "Reads data",
  transform: "Transforms data",
  change: "Changes records",
  send: "Sends data",
} as const;

export type Kind = keyof typeof KINDS;

/** The first that matches counts. */
const ACTION_TYPES: readonly (readonly [Kind, RegExp])[] = [
  ["flow", /^(If$|Iterate|Delay|Approval|Logic::(Case|Merge)|Execute::|UI::)/],
  ["read", /^(Query|GraphQuery|Export|Data::|CustomObject::Query|Reporting::|Download::|File::DownloadFile)/],
  ["send", /^(Callout|AsynchronousCallout|Email|Attachment|Notifications::|Upload::|Mediation::SendEvents)/],
  ["transform", /^(Logic::|Script::|File::|UsageMediation::)/],
  [
    "change",
    /^(Create|Update|Delete|Cancel|Suspend|Resume|NewProduct|RemoveProduct|WriteOff|InvoiceGenerate|Billing::|Payment::|CustomObject::|Usage::)/,
  ],
];

export function kindOf(actionType: string): Kind | undefined {
  return ACTION_TYPES.find(([, types]) => types.test(actionType))?.[0];
}
