// Judges an export before anybody imports it: from a file or pasted. Nothing is stored.

import Alert from "@cloudscape-design/components/alert";
import FileUpload from "@cloudscape-design/components/file-upload";
import FormField from "@cloudscape-design/components/form-field";
import LiveRegion from "@cloudscape-design/components/live-region";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Textarea from "@cloudscape-design/components/textarea";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";

import { body, type Api, type Lint } from "../api/client";
import { useApi } from "../api/context";
import { fieldError } from "../api/problem";
import { Confirm } from "../components/Confirm";
import { counted } from "../components/counted";
import { FindingsList } from "./FindingsList";
import { ruleInWords } from "./words";

/** In bytes. */
const LARGEST = 4 * 1024 * 1024;

export default function CheckExport({ close }: { close: () => void }) {
  const api = useApi();
  const [files, setFiles] = useState<readonly File[]>([]);
  const [pasted, setPasted] = useState("");
  const check = useMutation({ mutationFn: async () => lint(api, (await files[0]?.text()) ?? pasted) });
  // What was found belongs to what was sent.
  const change = (set: () => void) => {
    set();
    check.reset();
  };
  const wrong = fieldError(check.error, "");
  return (
    <Confirm
      title="Check an export"
      action="Check"
      leave="Close"
      isBusy={check.isPending}
      error={wrong === undefined ? check.error : undefined}
      onConfirm={() => check.mutate()}
      onClose={close}
    >
      <div>The export of a workflow, as Zuora gives it, is checked by the same rules as what syncs store. It is not kept.</div>
      <FormField label="File" errorText={files.length > 0 ? wrong : undefined}>
        <FileUpload
          value={files}
          accept=".json,application/json"
          showFileSize
          constraintText="JSON, at most 4 MB."
          onChange={({ detail }) => change(() => setFiles(detail.value))}
          i18nStrings={{
            uploadButtonText: () => "Choose a file",
            dropzoneText: () => "Drop the file here",
            removeFileAriaLabel: () => "Remove the file",
            limitShowFewer: "Show fewer",
            limitShowMore: "Show more",
            errorIconAriaLabel: "Error",
          }}
        />
      </FormField>
      {files.length === 0 && (
        <FormField label="Or its text" errorText={wrong}>
          <Textarea
            value={pasted}
            rows={6}
            spellcheck={false}
            placeholder='{"workflow": ..., "tasks": ..., "linkages": ...}'
            onChange={({ detail }) => change(() => setPasted(detail.value))}
          />
        </FormField>
      )}
      {check.data && <Result of={check.data} />}
    </Confirm>
  );
}

function Result({ of: { findings, complete, not_checked } }: { of: Lint }) {
  const count = findings.length === 0 ? "Nothing was found." : `${counted(findings.length, "finding")}, the worst first.`;
  return (
    <SpaceBetween size="m">
      <LiveRegion>
        <Alert type={findings.length === 0 ? "success" : "warning"}>
          {count} {!complete && "There are more, or the export has too many parts for some of the rules."}
        </Alert>
      </LiveRegion>
      <FindingsList findings={findings} />
      {not_checked.length > 0 && (
        <div>Not checked, because the customer or its other workflows are needed: {not_checked.map(ruleInWords).join("; ")}.</div>
      )}
    </SpaceBetween>
  );
}

/** The text is sent as it is: parsed, numbers would be rounded. */
async function lint(api: Api, text: string): Promise<Lint> {
  if (text.trim() === "") throw new Error("Choose a file, or paste the export.");
  if (new Blob([text]).size > LARGEST) throw new Error("The export is larger than 4 MB, which cannot be checked here.");
  return body(await api.POST("/v1/lint", { body: {}, bodySerializer: () => text }));
}
