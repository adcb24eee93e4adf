// One line for each cause, below it one for each job or message, and below these the whole error.

import "./failed.css";

import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Popover from "@cloudscape-design/components/popover";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";

import type { UnreadableMessage } from "../api/client";
import { Age } from "../components/time";
import { sizeOf, type Group } from "./groups";
import { JobLine, Toggle, type JobActions } from "./JobLine";
import { MessageLine } from "./MessageLine";

/** Lines shown of a group at a time: a browser is slow with a thousand. */
const STEP = 50;

export interface Actions extends JobActions {
  readonly retryAll: (group: Group) => void;
  readonly remove: (message: UnreadableMessage) => void;
}

export function FailedList({ groups, ...actions }: { groups: readonly Group[] } & Actions) {
  return (
    <div className="failures">
      <ul>
        {groups.map((group) => (
          // A single group has nothing to be chosen from.
          <GroupLine key={group.id} group={group} isAlone={groups.length === 1} {...actions} />
        ))}
      </ul>
    </div>
  );
}

function GroupLine({ group, isAlone, retryAll, remove, ...actions }: { group: Group; isAlone: boolean } & Actions) {
  // It stays as it was opened when it becomes the only one.
  const [isOpen, setOpen] = useState(isAlone);
  const [shown, setShown] = useState(STEP);
  const isRetriable = group.errorClass && group.jobs.some((job) => job.actions.includes("retry"));
  return (
    <li>
      <div className="failure-line is-group">
        <Toggle isOpen={isOpen} toggle={() => setOpen(!isOpen)} what={group.title} />
        <h2 className="failure-name">
          <Box variant="strong">{group.title}</Box> <Box variant="span">({sizeOf(group)})</Box>
        </h2>
        <span className="failure-since">
          {group.since && (
            <>
              First <Age at={group.since} />
            </>
          )}
        </span>
        <span className="failure-actions">
          <SpaceBetween direction="horizontal" size="s" alignItems="center">
            {group.advice && (
              <Popover
                size="large"
                dismissAriaLabel="Close"
                header={group.title}
                content={group.advice}
                triggerAriaLabel={`What to do: ${group.title}`}
              >
                What to do
              </Popover>
            )}
            {isRetriable && (
              <Button ariaLabel={`Retry all: ${group.title}`} onClick={() => retryAll(group)}>
                Retry all
              </Button>
            )}
          </SpaceBetween>
        </span>
      </div>
      {isOpen && (
        <ul>
          {group.jobs.slice(0, shown).map((job) => (
            <JobLine key={job.job_id} job={job} {...actions} />
          ))}
          {group.messages.slice(0, shown).map((message) => (
            <MessageLine key={message.message_id} message={message} remove={remove} />
          ))}
          {Math.max(group.jobs.length, group.messages.length) > shown && (
            <li>
              <Button variant="inline-link" onClick={() => setShown(shown + STEP)}>
                Show more
              </Button>
            </li>
          )}
        </ul>
      )}
    </li>
  );
}
