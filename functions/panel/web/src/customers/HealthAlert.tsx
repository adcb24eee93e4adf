// What is wrong with a customer, since when, and the buttons that mend it.

import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useQuery } from "@tanstack/react-query";

import { body, type Customer, type Remedy } from "../api/client";
import { useApi } from "../api/context";
import { Age } from "../components/time";
import { useRetry } from "../jobs/actions";
import { HEALTH } from "./health";
import { useTestAgain } from "./useTestAgain";

interface Properties {
  readonly customer: Customer;
  /** Asks for a sync. */
  readonly sync: () => void;
}

/** For a customer that needs a person, and so has a remedy. The API says what mends it, as far as the caller may do it. */
export function HealthAlert({ customer, sync }: Properties) {
  const { state, since, reason, remedy, actions } = customer.health;
  const { label, sentence, type } = HEALTH[state];
  return (
    <Alert
      type={type === "error" ? "error" : "warning"}
      header={`${label}: ${reason ?? sentence}`}
      action={
        <SpaceBetween direction="horizontal" size="xs">
          {actions.map((action) => (
            <Mend key={action} customer={customer} remedy={action} sync={sync} />
          ))}
        </SpaceBetween>
      }
    >
      {since && (
        <div>
          Since <Age at={since} />.
        </div>
      )}
      {remedy && <div>{remedy}</div>}
    </Alert>
  );
}

/** The button of a remedy. */
function Mend({ customer, remedy, sync }: Properties & { readonly remedy: Remedy }) {
  const { health, id } = customer;
  const test = useTestAgain(customer);
  const retry = useRetry();
  const job = health.job_id;
  if (remedy === "review") return job && <Review job={job} />;
  if (remedy === "edit_credentials") {
    return <Button href={`#/customers/${id}/edit`}>Edit credentials</Button>;
  }
  if (remedy === "test_connection") {
    return (
      <Button loading={test.isPending} onClick={() => test.mutate()}>
        Test again
      </Button>
    );
  }
  if (remedy === "sync") return <Button onClick={sync}>Sync now</Button>;
  return (
    job && (
      <Button loading={retry.isPending} onClick={() => retry.mutate([job])}>
        Retry
      </Button>
    )
  );
}

/** Leads to what waits for approval, and says how much it is. */
function Review({ job }: { job: string }) {
  const api = useApi();
  const held = useQuery({
    queryKey: ["job", job],
    queryFn: async () => body(await api.GET("/v1/jobs/{job_id}", { params: { path: { job_id: job } } })),
  }).data?.held;
  return (
    <Button variant="primary" href={`#/jobs/${job}`}>
      {held && held.kind !== "different_tenant"
        ? `Review ${held.count} ${held.count === 1 ? "deletion" : "deletions"}`
        : "Review"}
    </Button>
  );
}
