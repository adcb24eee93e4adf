import { applyMode, Mode } from "@cloudscape-design/global-styles";

/** Follows the color scheme of the system. */
export function followColorScheme(): void {
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const apply = () => applyMode(dark.matches ? Mode.Dark : Mode.Light);
  dark.addEventListener("change", apply);
  apply();
}
