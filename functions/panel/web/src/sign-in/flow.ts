// Signing in at the user pool's own pages: authorization code with PKCE (RFC 7636). The panel holds no secret.
//
// Leaving the page would lose its input, so signing in again happens in a second window, which hands over the code.

import * as oauth from "oauth4webapi";

import { clientId, issuer, root, signInOrigin } from "../deployment";
import { keepTokens, type Tokens } from "./tokens";

const server: oauth.AuthorizationServer = {
  issuer,
  authorization_endpoint: new URL("/oauth2/authorize", signInOrigin).href,
  token_endpoint: new URL("/oauth2/token", signInOrigin).href,
  revocation_endpoint: new URL("/oauth2/revoke", signInOrigin).href,
};
const client: oauth.Client = { client_id: clientId };
const publicClient = oauth.None();
// Only the local stack has no TLS.
const insecure = { [oauth.allowInsecureRequests]: signInOrigin.protocol === "http:" };

const PENDING = "zwm.pending-sign-in";
const CHANNEL = "zwm.sign-in";
/** Time for a window to close, in milliseconds. */
const CLOSING_MS = 1_000;
/** Time for the user pool to revoke a token, in milliseconds. */
const REVOKING_MS = 2_000;

interface Pending {
  readonly verifier: string;
  readonly state: string;
  /** The page that the user wanted. */
  readonly hash: string;
}

async function begin(): Promise<{ readonly url: URL; readonly pending: Pending }> {
  const verifier = oauth.generateRandomCodeVerifier();
  const state = oauth.generateRandomState();
  const url = new URL(server.authorization_endpoint ?? "");
  url.search = new URLSearchParams({
    response_type: "code",
    client_id: clientId,
    redirect_uri: root.href,
    scope: "openid email",
    state,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
  }).toString();
  return { url, pending: { verifier, state, hash: window.location.hash } };
}

/** Goes to the sign-in page, and back to the requested page afterwards. */
export async function signIn(): Promise<void> {
  const { url, pending } = await begin();
  sessionStorage.setItem(PENDING, JSON.stringify(pending));
  window.location.assign(url);
}

/** Signs in again in a second window. Call it from a click, or the browser blocks the window. */
export async function signInBeside(): Promise<Tokens> {
  const beside = window.open("about:blank", "zwm-sign-in", "width=520,height=680");
  if (!beside) throw new Error("The browser blocked the sign-in window. Allow pop-ups for this page, then try again.");
  const { url, pending } = await begin();
  const answer = new Promise<URL>((resolve) => {
    const channel = new BroadcastChannel(CHANNEL);
    channel.onmessage = (message: MessageEvent<string>) => {
      const address = new URL(message.data);
      if (address.searchParams.get("state") === pending.state) {
        channel.close();
        resolve(address);
      }
    };
  });
  beside.location.href = url.href;
  return exchange(await answer, pending);
}

/**
 * Completes the sign-in in the address; `undefined` if there is none.
 *
 * A second window hands the code to the first one and closes.
 */
export async function finishSignIn(): Promise<Tokens | undefined> {
  const address = new URL(window.location.href);
  if (!address.searchParams.has("code") && !address.searchParams.has("error")) return undefined;
  const text = sessionStorage.getItem(PENDING);
  const pending = text ? (JSON.parse(text) as Pending) : undefined;
  if (!pending || pending.state !== address.searchParams.get("state")) {
    new BroadcastChannel(CHANNEL).postMessage(address.href);
    window.close();
    // A window that stays was not opened by the panel: the address is an old one, from the history.
    await new Promise((resolve) => setTimeout(resolve, CLOSING_MS));
    window.history.replaceState(null, "", root.pathname + address.hash);
    return undefined;
  }
  sessionStorage.removeItem(PENDING);
  // The code must not stay in the history.
  window.history.replaceState(null, "", root.pathname + pending.hash);
  return exchange(address, pending);
}

async function exchange(address: URL, { verifier, state }: Pending): Promise<Tokens> {
  const parameters = oauth.validateAuthResponse(server, client, address, state);
  const response = await oauth.authorizationCodeGrantRequest(
    server,
    client,
    publicClient,
    parameters,
    root.href,
    verifier,
    insecure,
  );
  return keep(await oauth.processAuthorizationCodeResponse(server, client, response), undefined);
}

/** Refreshes the tokens. Throws if the session has ended. */
export async function refresh(refreshToken: string): Promise<Tokens> {
  const response = await oauth.refreshTokenGrantRequest(server, client, publicClient, refreshToken, insecure);
  return keep(await oauth.processRefreshTokenResponse(server, client, response), refreshToken);
}

function keep(answer: oauth.TokenEndpointResponse, refreshToken: string | undefined): Tokens {
  if (!answer.id_token) throw new Error("The sign-in returned no ID token.");
  const tokens: Tokens = {
    idToken: answer.id_token,
    refreshToken: answer.refresh_token ?? refreshToken,
    expiresAt: Date.now() + (answer.expires_in ?? 3600) * 1000,
  };
  keepTokens(tokens);
  return tokens;
}

/** Revokes the refresh token, with all tokens that came from it. Nobody who signs out waits for long, or for nothing. */
export async function revoke(refreshToken: string): Promise<void> {
  const signal = AbortSignal.timeout(REVOKING_MS);
  await oauth
    .revocationRequest(server, client, publicClient, refreshToken, { ...insecure, signal })
    .catch((error: unknown) => console.warn("The session could not be revoked. It ends by itself.", error));
}

/** The sign-out page of the user pool, which ends the session and redirects back. */
export function signOutAddress(): string {
  const url = new URL("/logout", signInOrigin);
  url.search = new URLSearchParams({ client_id: clientId, logout_uri: root.href }).toString();
  return url.href;
}
