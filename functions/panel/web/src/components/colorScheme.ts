// The color scheme: the user's choice, kept in the browser, or that of the system.

import { applyMode, Mode } from "@cloudscape-design/global-styles";
import { useSyncExternalStore } from "react";

export const COLOR_SCHEMES = { system: "System", light: "Light", dark: "Dark" } as const;
export type ColorScheme = keyof typeof COLOR_SCHEMES;

const KEY = "zwm.color-scheme";
const systemIsDark = window.matchMedia("(prefers-color-scheme: dark)");
const listeners = new Set<() => void>();

function chosen(): ColorScheme {
  const kept = localStorage.getItem(KEY);
  return kept === "light" || kept === "dark" ? kept : "system";
}

function apply(): void {
  const isDark = chosen() === "dark" || (chosen() === "system" && systemIsDark.matches);
  applyMode(isDark ? Mode.Dark : Mode.Light);
  // For what the browser itself draws: scroll bars, and the page before it is there.
  document.documentElement.style.colorScheme = isDark ? "dark" : "light";
}

/** Applies the scheme, and follows the system while it is chosen. */
export function followColorScheme(): void {
  systemIsDark.addEventListener("change", apply);
  apply();
}

export function chooseColorScheme(scheme: ColorScheme): void {
  localStorage.setItem(KEY, scheme);
  apply();
  for (const changed of listeners) changed();
}

function subscribe(changed: () => void): () => void {
  listeners.add(changed);
  return () => listeners.delete(changed);
}

export function useColorScheme(): ColorScheme {
  return useSyncExternalStore(subscribe, chosen);
}
