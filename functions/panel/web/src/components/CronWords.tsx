import cronstrue from "cronstrue";

export default function CronWords({ cron }: { cron: string }) {
  return <span title={cron}>{inWords(cron)}</span>;
}

function inWords(cron: string): string {
  try {
    return cronstrue.toString(cron, { use24HourTimeFormat: true, verbose: true });
  } catch {
    return cron;
  }
}
