// Users of the pool, made by its administrator's API for one test. The emulator takes any signature as the account's root.

import { randomUUID } from "node:crypto";

import { stack } from "./stack";

export interface Person {
  readonly name: string;
  readonly password: string;
  readonly sub: string;
  readonly email: string;
}

/** A user who was granted nothing. */
export async function signUp(): Promise<Person> {
  const name = `panel-${randomUUID()}`;
  const password = `Panel-1-${randomUUID()}`;
  const email = `${name}@example.com`;
  const of = { UserPoolId: stack.user_pool_id, Username: name };
  const UserAttributes = [
    { Name: "email", Value: email },
    { Name: "email_verified", Value: "true" },
  ];
  const made = (await cognito("AdminCreateUser", { ...of, UserAttributes, MessageAction: "SUPPRESS" })) as {
    User: { Attributes: { Name: string; Value: string }[] };
  };
  await cognito("AdminSetUserPassword", { ...of, Password: password, Permanent: true });
  const sub = made.User.Attributes.find((attribute) => attribute.Name === "sub")?.Value ?? "";
  return { name, password, sub, email };
}

async function cognito(action: string, body: unknown): Promise<unknown> {
  const scope = "20260101/us-east-1/cognito-idp/aws4_request";
  const answer = await fetch(new URL("/", stack.api_url), {
    method: "POST",
    headers: {
      "x-amz-target": `AWSCognitoIdentityProviderService.${action}`,
      "content-type": "application/x-amz-json-1.1",
      authorization: `AWS4-HMAC-SHA256 Credential=test/${scope}, SignedHeaders=host, Signature=none`,
    },
    body: JSON.stringify(body),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${action}: ${answer.status} ${text}`);
  return text ? (JSON.parse(text) as unknown) : undefined;
}
