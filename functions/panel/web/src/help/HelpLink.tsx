import Link from "@cloudscape-design/components/link";
import Spinner from "@cloudscape-design/components/spinner";
import { lazy, Suspense, useCallback, useState } from "react";

import { SidePanel } from "../components/SidePanel";

const Help = lazy(() => import("./Help"));

/** Opens the help beside the page, at a section; what was typed on the page stays. `about` says what it is about, to who cannot see where it stands. */
export function HelpLink({ section, about }: { section: string; about: string }) {
  const [isOpen, setOpen] = useState(false);
  const close = useCallback(() => setOpen(false), []);
  return (
    <>
      <Link variant="info" ariaLabel={`Help: ${about}`} onFollow={() => setOpen(true)}>
        Help
      </Link>
      {isOpen && (
        <SidePanel header="Help" close={close}>
          <Suspense fallback={<Spinner />}>
            <Help section={section} />
          </Suspense>
        </SidePanel>
      )}
    </>
  );
}
