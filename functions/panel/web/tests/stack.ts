// The deployed local stack that the tests look at, and a Zuora of their own: the simulator that runs beside it.

import { readFileSync } from "node:fs";

interface Stack {
  readonly panel_url: string;
  readonly api_url: string;
  readonly user_pool_id: string;
  readonly user_pool_client_id: string;
  readonly simulator_url: string;
  readonly job_queue_url: string;
  readonly username: string;
  readonly password: string;
}

const file = process.env.ZWM_STACK_JSON;
if (!file) throw new Error("ZWM_STACK_JSON must name the stack file: these tests need the local stack.");

export const stack = JSON.parse(readFileSync(file, "utf8")) as Stack;
