// The tokens of whoever is signed in: in this tab only, until it closes.

/** What the user pool issued. */
export interface Tokens {
  /** Sent with every request to the API. */
  readonly idToken: string;
  readonly refreshToken: string | undefined;
  /** When the ID token ends, in milliseconds since 1970. */
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
