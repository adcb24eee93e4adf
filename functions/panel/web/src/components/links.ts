/**
 * Follows the links of the panel through the router instead of the browser: only the router's own steps can be held back, by a
 * form that has unsaved changes. Returns a function that ends it.
 */
export function followLinks(navigate: (to: string, options: { replace: boolean }) => unknown): () => void {
  const follow = (event: MouseEvent) => {
    const link = event.target instanceof Element && event.target.closest<HTMLAnchorElement>('a[href^="#/"]');
    if (!link || link.target || event.defaultPrevented || event.button !== 0) return;
    // With a modifier key the browser opens another tab or window.
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    navigate(link.hash.slice(1), { replace: link.hash === window.location.hash });
  };
  document.addEventListener("click", follow);
  return () => document.removeEventListener("click", follow);
}
