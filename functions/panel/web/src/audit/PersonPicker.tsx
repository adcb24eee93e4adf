// A person chosen among those whose records were read, and, for callers who may grant, among all users.

import Select from "@cloudscape-design/components/select";
import { useState } from "react";

import { useUsers } from "../access/useUsers";
import { usePeople } from "./usePeople";

export function PersonPicker({ value, onChange }: { value: string; onChange: (id: string) => void }) {
  const [text, setText] = useState("");
  const users = useUsers(text);
  const people = usePeople(text);
  const sought = text.toLowerCase();
  const options = [...people]
    .map(([id, email]) => ({ value: id, label: email }))
    .filter(({ value: id, label }) => label.toLowerCase().includes(sought) || id === sought)
    .sort((one, other) => one.label.localeCompare(other.label));
  return (
    <Select
      filteringType="manual"
      filteringPlaceholder="Find by e-mail"
      expandToViewport
      options={text ? options : [{ value: "", label: "Anybody" }, ...options]}
      selectedOption={value ? { value, label: people.get(value) ?? value } : { value: "", label: "Anybody" }}
      statusType={users.isFetching ? "loading" : "finished"}
      loadingText="Searching"
      empty="Nobody's address contains this."
      onLoadItems={({ detail }) => setText(detail.filteringText.trim())}
      onChange={({ detail }) => onChange(detail.selectedOption.value ?? "")}
    />
  );
}
