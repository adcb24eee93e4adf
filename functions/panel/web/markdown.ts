// Has Vite import a Markdown file of the documentation as HTML, so that the panel's help and the documentation are one text: help and runbook.

import GithubSlugger from "github-slugger";
import { Marked, type Tokens } from "marked";
import type { Plugin } from "vite";

/** The pages of the panel by their name in the sidebar: in the documentation they stand in bold. */
const PAGES: Readonly<Record<string, string>> = {
  Dashboard: "#/",
  Customers: "#/customers",
  Workflows: "#/workflows",
  Findings: "#/findings",
  "All jobs": "#/jobs",
  "Jobs Waiting": "#/jobs?state=queued,waiting",
  "Failed Jobs": "#/failed",
  "Held deletions": "#/jobs?awaiting_approval=true",
  Operations: "#/operations",
  Audit: "#/audit",
  Access: "#/access",
};

/** The pages that show a file of the documentation. */
const FILES: Readonly<Record<string, string>> = { "help.md": "help", "runbook.md": "operations" };

/** The page that shows the file being converted. */
let shownOn = "";

/** Names headings in addresses, as code hosts do; the second of the same name gets another. */
const names = new GithubSlugger();

const marked = new Marked({
  renderer: {
    heading({ tokens, depth, text }: Tokens.Heading) {
      // Where the reader is taken, the focus goes.
      return `<h${depth} id="help-${names.slug(text)}" tabindex="-1">${this.parser.parseInline(tokens)}</h${depth}>\n`;
    },
    strong({ tokens, text }: Tokens.Strong) {
      const page = PAGES[text];
      const shown = `<strong>${this.parser.parseInline(tokens)}</strong>`;
      return page ? `<a href="${page}">${shown}</a>` : shown;
    },
    link({ href, tokens }: Tokens.Link) {
      const text = this.parser.parseInline(tokens);
      // Within the file; the panel's addresses are what follows "#", so this is no link of the browser's.
      if (href.startsWith("#"))
        return `<a href="#/${shownOn}?section=${href.slice(1)}" data-section="${href.slice(1)}">${text}</a>`;
      const [file = "", section = ""] = href.split("#");
      if (FILES[file]) return `<a href="#/${FILES[file]}?section=${section}">${text}</a>`;
      // Other files are not in the panel.
      return /^https?:/.test(href) ? `<a href="${href}" target="_blank" rel="noreferrer">${text}</a>` : text;
    },
  },
});

export function markdown(): Plugin {
  return {
    name: "markdown",
    transform(text, id) {
      if (!id.endsWith(".md")) return undefined;
      names.reset();
      shownOn = FILES[id.split("/").at(-1) ?? ""] ?? "";
      const html = marked.parse(text, { async: false });
      return { code: `export default ${JSON.stringify(scrollable(html))};`, map: null };
    },
  };
}

/** Where the window is narrow, tables and code scroll by themselves, not the page; and they can be reached with the keyboard. */
function scrollable(html: string): string {
  return html
    .replaceAll("<table>", '<div class="help-table" tabindex="0"><table>')
    .replaceAll("</table>", "</table></div>")
    .replaceAll("<pre>", '<pre tabindex="0">');
}
