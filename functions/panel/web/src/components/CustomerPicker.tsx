// A customer chosen by name among any number: the names are searched by the API.

import Select from "@cloudscape-design/components/select";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { body } from "../api/client";
import { useApi } from "../api/context";
import { useCustomerName } from "./customerName";

/** Names shown at a time; typing finds others. */
const LIMIT = 25;

interface Properties {
  /** The id; empty for none. */
  readonly value: string;
  readonly onChange: (id: string) => void;
  /** What stands for no customer, as a choice of its own. */
  readonly none: string;
  readonly ariaLabel?: string;
}

export function CustomerPicker({ value, onChange, none, ariaLabel }: Properties) {
  const api = useApi();
  const [text, setText] = useState("");
  const found = useQuery({
    queryKey: ["customers-to-pick", text],
    queryFn: async () => {
      const query = { limit: LIMIT, sort: "name" as const, ...(text && { name: text }) };
      return body(await api.GET("/v1/customers", { params: { query } })).items;
    },
    staleTime: 60_000,
  });
  const chosen = useCustomerName(value, value !== "");
  const options = (found.data ?? []).map(({ id, name }) => ({ value: id, label: name }));
  return (
    <Select
      {...(ariaLabel && { ariaLabel })}
      filteringType="manual"
      filteringPlaceholder="Find by name"
      expandToViewport
      options={text ? options : [{ value: "", label: none }, ...options]}
      selectedOption={value ? { value, label: chosen ?? value } : { value: "", label: none }}
      statusType={found.isLoading ? "loading" : found.isError ? "error" : "finished"}
      loadingText="Searching"
      errorText="The customers could not be loaded"
      empty="No customer has this in its name."
      onLoadItems={({ detail }) => setText(detail.filteringText.trim())}
      onChange={({ detail }) => onChange(detail.selectedOption.value ?? "")}
    />
  );
}
