// A cron schedule in words. The library that finds them is loaded with the first schedule.

import { lazy, Suspense } from "react";

const CronWords = lazy(() => import("./CronWords"));

/** `At 03:15, every day (Asia/Tokyo)`; a text that is no cron schedule stays as it is. */
export function Schedule({ cron, timezone }: { cron: string; timezone?: string | null | undefined }) {
  return (
    <>
      <Suspense fallback={cron}>
        <CronWords cron={cron} />
      </Suspense>
      {timezone && ` (${timezone})`}
    </>
  );
}
