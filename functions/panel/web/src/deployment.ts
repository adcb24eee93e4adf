// Settings of the deployment, which the panel function writes into the page.

function meta(name: string): string {
  return document.querySelector<HTMLMetaElement>(`meta[name="${name}"]`)?.content ?? "";
}

/** The page's own address, which is also the API's root: `https://host/dev/`. */
export const root = new URL("./", window.location.href.split(/[?#]/)[0]);

/** Id of the user pool's client for the panel. */
export const clientId = meta("client-id");

/** The issuer of the tokens: the user pool. */
export const issuer = meta("issuer");

/** Origin of the sign-in pages; that of the panel on the local stack. */
export const signInOrigin = new URL(meta("sign-in-url") || "/", root);
