// The one text that the panel takes for HTML: documentation that was converted when the panel was built. The content security policy
// allows no other (`functions/panel/src/page.rs`).

interface TrustedTypes {
  createPolicy(name: string, rules: { createHTML: (text: string) => string }): { createHTML(text: string): TrustedHTML };
}

/** Browsers that do not know trusted types take the text as it is. */
const policy = (globalThis as { readonly trustedTypes?: TrustedTypes }).trustedTypes?.createPolicy("help", {
  createHTML: (text) => text,
});

export function trusted(html: string): string | TrustedHTML {
  return policy?.createHTML(html) ?? html;
}
