import "@cloudscape-design/global-styles/dark-mode-utils.css";
import "./base.css";

import I18nProvider from "@cloudscape-design/components/i18n";
import messages from "@cloudscape-design/components/i18n/messages/all.en";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { ApiProvider } from "./api/context";
import { Router } from "./router";
import { SignInFailed } from "./components/SignInFailed";
import { followColorScheme } from "./components/colorScheme";
import { SessionProvider } from "./sign-in/session";

followColorScheme();
const panel = document.getElementById("panel");
if (panel) {
  createRoot(panel).render(
    <StrictMode>
      <I18nProvider locale="en" messages={[messages]}>
        <SessionProvider failed={(why) => <SignInFailed why={why} />}>
          <ApiProvider>
            <Router />
          </ApiProvider>
        </SessionProvider>
      </I18nProvider>
    </StrictMode>,
  );
}
