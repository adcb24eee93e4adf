import Link from "@cloudscape-design/components/link";
import Spinner from "@cloudscape-design/components/spinner";
import { lazy, Suspense, useCallback, useState } from "react";

import { SidePanel } from "../components/SidePanel";

const Help = lazy(() => import("./Help"));

/** Opens the help at a section beside the page, which keeps its input. `about` completes the accessible name of the link. */
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
