// The user's tokens, kept in this tab until it closes.

/** Tokens issued by the user pool. */
export interface Tokens {
  /** Sent with every request to the API. */
  readonly idToken: string;
  readonly refreshToken: string | undefined;
  /** Expiry of the ID token, in milliseconds since 1970. */
  readonly expiresAt: number;
}

const KEY = "zwm.tokens";

export function readTokens(): Tokens | undefined {
  const text = sessionStorage.getItem(KEY);
  return text ? (JSON.parse(text) as Tokens) : undefined;
}

export function keepTokens(tokens: Tokens): void {
  sessionStorage.setItem(KEY, JSON.stringify(tokens));
}

export function forgetTokens(): void {
  sessionStorage.removeItem(KEY);
}
