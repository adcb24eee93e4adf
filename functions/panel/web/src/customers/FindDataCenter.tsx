// Offered when Zuora refuses credentials: perhaps they belong to another data center.

import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import LiveRegion from "@cloudscape-design/components/live-region";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import Table from "@cloudscape-design/components/table";

import type { HostTried } from "../api/client";
import { useMe } from "../api/context";
import { sentence } from "../api/problem";
import { choice } from "./address";
import type { Fields } from "./fields";
import { conclusion, isTried, words } from "./search";
import { useSearch } from "./useSearch";
import { useZuoraHosts } from "./useZuoraHosts";

interface Properties {
  readonly fields: Fields;
  /** Zuora refused the credentials in the form. */
  readonly isRefused: boolean;
  readonly isNew: boolean;
  readonly set: (change: Partial<Fields>) => void;
}

/** Says where the secret will be sent before it is, and offers the data centers that accept it. */
export function FindDataCenter({ fields, isRefused, isNew, set }: Properties) {
  const me = useMe().data;
  const found = useSearch(fields);
  const known = useZuoraHosts().data?.items ?? [];
  const canSearch = me?.actions.includes("test_credentials") && fields.clientId !== "" && fields.secret !== "";
  if (!canSearch || !(isRefused || found.isCurrent)) return null;
  const isBegun = found.hosts.length > 0;
  const isOver = isBegun && found.hosts.every(isTried);
  return (
    <SpaceBetween size="s">
      <Alert
        type="info"
        header="Perhaps another data center"
        action={
          <Button formAction="none" loading={found.isPending} onClick={found.start}>
            {isOver ? "Search again" : isBegun ? "Go on searching" : "Find the right data center"}
          </Button>
        }
      >
        Each data center knows only its own credentials. The search sends the client ID and the client secret to each of Zuora's
        listed data centers in turn, and to nobody else. Nothing is stored but a record in the audit. It takes up to a minute.
      </Alert>
      {found.error && (
        <Alert type="error" header="The search was interrupted">
          {sentence(found.error)}
        </Alert>
      )}
      {isBegun && (
        <Table
          variant="embedded"
          ariaLabels={{ tableLabel: "Data centers" }}
          items={found.hosts}
          trackBy="base_url"
          columnDefinitions={[
            { id: "host", header: "Data center", cell: (host) => <DataCenter host={host} />, isRowHeader: true },
            { id: "result", header: "Result", cell: (host) => <Result host={host} /> },
            {
              id: "use",
              header: "Base URL",
              cell: (host) =>
                host.result === "accepted" && (
                  <Use
                    host={host}
                    isChosen={host.base_url === fields.baseUrl}
                    choose={() => set(choice(host.base_url, known, isNew))}
                  />
                ),
            },
          ]}
        />
      )}
      <LiveRegion>{isOver && <Box>{conclusion(found.hosts)}</Box>}</LiveRegion>
      {isBegun && !isOver && !found.isPending && (
        <Box>Zuora's limit of token requests is used up for the moment. Go on searching in a few seconds.</Box>
      )}
    </SpaceBetween>
  );
}

function DataCenter({ host }: { readonly host: HostTried }) {
  return (
    <>
      <div>{host.label}</div>
      {host.label !== host.base_url && <Box color="text-body-secondary">{host.base_url}</Box>}
    </>
  );
}

function Result({ host }: { readonly host: HostTried }) {
  const [type, text] = words(host);
  return <StatusIndicator type={type}>{text}</StatusIndicator>;
}

function Use({ host, isChosen, choose }: { readonly host: HostTried; readonly isChosen: boolean; readonly choose: () => void }) {
  if (isChosen) return <StatusIndicator type="success">Entered above</StatusIndicator>;
  return (
    <Button formAction="none" variant="inline-link" onClick={choose} ariaLabel={`Use ${host.base_url}`}>
      Use it
    </Button>
  );
}
