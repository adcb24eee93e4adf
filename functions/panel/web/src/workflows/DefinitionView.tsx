// A definition as Zuora exported it: view, copy, download.

import Button from "@cloudscape-design/components/button";
import CopyToClipboard from "@cloudscape-design/components/copy-to-clipboard";
import ProgressBar from "@cloudscape-design/components/progress-bar";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Spinner from "@cloudscape-design/components/spinner";
import { lazy, Suspense } from "react";

import { download } from "../components/download";
import type { Definition, Progress } from "./definition";

// The viewer is loaded with the first text.
const Code = lazy(() => import("./Code"));

/** Copy and Download give the exported bytes; only the view is formatted. */
export function DefinitionView({ definition: { blob, text }, name }: { definition: Definition; name: string }) {
  return (
    <SpaceBetween size="s">
      <SpaceBetween direction="horizontal" size="xs">
        <CopyToClipboard copyButtonText="Copy" textToCopy={text} copySuccessText="Copied" copyErrorText="Could not be copied" />
        <Button iconName="download" onClick={() => download(`workflow-${name}.json`, "application/json", blob)}>
          Download
        </Button>
      </SpaceBetween>
      <Suspense fallback={<Spinner />}>
        <Code json={text} label="Definition" isSearchable />
      </Suspense>
    </SpaceBetween>
  );
}

/** Progress while a definition is read. */
export function Reading({ progress }: { progress: Progress | undefined }) {
  if (!progress) return <Spinner size="large" />;
  const { read, of } = progress;
  return (
    <ProgressBar
      label="Reading the definition"
      value={Math.round((100 * read) / of)}
      additionalInfo={`It is large and comes in parts: part ${read + 1} of ${of}.`}
    />
  );
}
