import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import TokenGroup from "@cloudscape-design/components/token-group";
import { useState } from "react";

import { LABELS } from "./labels";

interface Properties {
  readonly tags: readonly string[];
  readonly error: string | undefined;
  readonly onChange: (tags: readonly string[]) => void;
}

/** Tags, each entered with Enter; what was typed without it counts as well. */
export function TagsField({ tags, error, onChange }: Properties) {
  const [typed, setTyped] = useState("");
  const add = () => {
    const tag = typed.trim();
    if (tag !== "" && !tags.includes(tag)) onChange([...tags, tag]);
    setTyped("");
  };
  return (
    <FormField
      label={LABELS.tags}
      description="To find customers that belong together. Press Enter after each tag."
      constraintText="Up to 20 tags of 40 characters."
      errorText={error}
    >
      <SpaceBetween size="xxs">
        <Input
          value={typed}
          onChange={({ detail }) => setTyped(detail.value)}
          onBlur={add}
          onKeyDown={(event) => {
            if (event.detail.key !== "Enter" || typed.trim() === "") return;
            // Does not send the form.
            event.preventDefault();
            add();
          }}
        />
        {tags.length > 0 && (
          <TokenGroup
            items={tags.map((tag) => ({ label: tag, dismissLabel: `Remove ${tag}` }))}
            onDismiss={({ detail }) => onChange(tags.filter((_, index) => index !== detail.itemIndex))}
          />
        )}
      </SpaceBetween>
    </FormField>
  );
}
