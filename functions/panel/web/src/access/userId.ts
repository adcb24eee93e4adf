const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** Returns true for a Cognito `sub`, which is a UUID. */
export function isUserId(text: string): boolean {
  return UUID.test(text);
}
