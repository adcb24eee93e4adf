// What the panel knows of its deployment: the panel function writes it into the page.

function meta(name: string): string {
  return document.querySelector<HTMLMetaElement>(`meta[name="${name}"]`)?.content ?? "";
}

/** The page's own address, which is also the API's root: `https://host/dev/`. */
export const root = new URL("./", window.location.href.split(/[?#]/)[0]);

/** The user pool's client that users sign in through. */
export const clientId = meta("client-id");

/** Who issues the tokens: the user pool. */
export const issuer = meta("issuer");

/** Origin of the sign-in pages; the panel's own on the local stack. */
export const signInOrigin = new URL(meta("sign-in-url") || "/", root);
