// A message in the queue of jobs that could not be read: when, why, and its text.

import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import { useState } from "react";

import type { UnreadableMessage } from "../api/client";
import { Age } from "../components/time";
import { Toggle } from "./JobLine";

interface Properties {
  readonly message: UnreadableMessage;
  readonly remove: (message: UnreadableMessage) => void;
}

export function MessageLine({ message, remove }: Properties) {
  const [isOpen, setOpen] = useState(false);
  const { message_id: id } = message;
  return (
    <li>
      <div className="failure-line">
        <Toggle isOpen={isOpen} toggle={() => setOpen(!isOpen)} what={`message ${id}`} />
        <span className="failure-name">{id}</span>
        <span className="failure-kind">Message</span>
        <span>
          <Age at={message.dead_lettered_at} />
        </span>
        <span />
        <span className="failure-error">{message.reason}</span>
        <span className="failure-actions">
          {message.actions.includes("delete") && (
            <Button variant="inline-link" ariaLabel={`Delete message ${id}`} onClick={() => remove(message)}>
              Delete
            </Button>
          )}
        </span>
      </div>
      {isOpen && (
        <div className="failure-details">
          <div>{message.reason}</div>
          <Box variant="code">{message.body || "(empty)"}</Box>
        </div>
      )}
    </li>
  );
}
