import Select from "@cloudscape-design/components/select";

interface Properties<Key extends string> {
  readonly options: Record<Key, string>;
  readonly value: Key;
  readonly onChange: (key: Key) => void;
}

/** A select over a record of labels. */
export function Choice<Key extends string>({ options, value, onChange }: Properties<Key>) {
  const list = (Object.keys(options) as Key[]).map((key) => ({ value: key, label: options[key] }));
  return (
    <Select
      selectedOption={list.find((option) => option.value === value) ?? null}
      options={list}
      onChange={({ detail }) => onChange(detail.selectedOption.value as Key)}
    />
  );
}
