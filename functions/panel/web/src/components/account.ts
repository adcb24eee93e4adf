// The account menu of the top bar: the color scheme, and the way out.

import type { TopNavigationProps } from "@cloudscape-design/components/top-navigation";

import { useMe } from "../api/context";
import { useSession } from "../sign-in/session";
import { chooseColorScheme, COLOR_SCHEMES, useColorScheme, type ColorScheme } from "./colorScheme";

export function useAccountMenu(): TopNavigationProps.MenuDropdownUtility {
  const session = useSession();
  const me = useMe().data;
  const scheme = useColorScheme();
  return {
    type: "menu-dropdown",
    text: me?.super_admin ? "Super admin" : "Account",
    iconName: "user-profile",
    ...(me && { description: me.user }),
    items: [
      {
        id: "color-scheme",
        text: "Color scheme",
        items: Object.entries(COLOR_SCHEMES).map(([id, text]) => ({
          id,
          text,
          itemType: "checkbox" as const,
          checked: id === scheme,
        })),
      },
      { id: "sign-out", text: "Sign out" },
    ],
    onItemClick: ({ detail: { id } }) => {
      if (id === "sign-out") void session.signOut();
      else chooseColorScheme(id as ColorScheme);
    },
  };
}
