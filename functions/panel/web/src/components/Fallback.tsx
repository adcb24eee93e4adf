// Content shown in place of a page: not found, failed, still loading.

import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import ContentLayout from "@cloudscape-design/components/content-layout";
import Header from "@cloudscape-design/components/header";
import Spinner from "@cloudscape-design/components/spinner";
import type { ReactNode } from "react";
import { useRouteError } from "react-router";

import { useLostSince } from "../api/connection";
import { sentence } from "../api/problem";
import { useTitle } from "./title";

export function NoSuchPage() {
  useTitle("Page not found");
  return (
    <ContentLayout header={<Header variant="h1">Page not found</Header>}>
      <Alert type="info">This page does not exist. Choose a page on the left.</Alert>
    </ContentLayout>
  );
}

/** Shown after an uncaught error in the panel. */
export function PageFailed() {
  return (
    <main>
      <Alert type="error" header="This page failed" action={<Button onClick={() => window.location.reload()}>Reload</Button>}>
        {sentence(useRouteError())}
      </Alert>
    </main>
  );
}

interface Loaded<Data> {
  readonly data: Data | undefined;
  readonly error: unknown;
  readonly refetch: () => unknown;
}

interface LoadingProperties<Data> {
  readonly of: Loaded<Data>;
  readonly waiting?: ReactNode;
  readonly children: (data: Data) => ReactNode;
}

/** The loaded data; a spinner before, or the error. Old data stays visible while a refetch fails. */
export function Loading<Data>({ of, waiting = <Spinner size="large" />, children }: LoadingProperties<Data>) {
  const isTold = useIsTold(of.error);
  if (of.data !== undefined) {
    return (
      <>
        {of.error && !isTold ? (
          <Box margin={{ bottom: "s" }}>
            <Refused error={of.error} title="This may be out of date" retry={of.refetch} />
          </Box>
        ) : null}
        {children(of.data)}
      </>
    );
  }
  if (of.error && !isTold) return <Refused error={of.error} title="This could not be loaded" retry={of.refetch} />;
  return waiting;
}

/** Returns true for an error that the message about the connection covers. */
function useIsTold(error: unknown): boolean {
  const isLost = useLostSince() !== undefined;
  return isLost && error instanceof TypeError;
}

export function Refused({ error, title, retry }: { error: unknown; title: string; retry: () => unknown }) {
  if (useIsTold(error)) return null;
  return (
    <Alert type="error" header={title} action={<Button onClick={() => void retry()}>Try again</Button>}>
      {sentence(error)}
    </Alert>
  );
}
