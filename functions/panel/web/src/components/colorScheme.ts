import { applyMode, Mode } from "@cloudscape-design/global-styles";

/** Dark where the system is dark, and along with it. */
export function followColorScheme(): void {
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const apply = () => applyMode(dark.matches ? Mode.Dark : Mode.Light);
  dark.addEventListener("change", apply);
  apply();
}
