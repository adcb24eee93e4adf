// What a workflow uses, and which workflows of the same customer use it.

import "../search/search.css";

import SpaceBetween from "@cloudscape-design/components/space-between";

import type { Ids } from "../workflows/definition";
import { UsedBy } from "./UsedBy";
import { Uses } from "./Uses";

export default function UsesTab({ path }: { path: Ids }) {
  return (
    <SpaceBetween size="l">
      <UsedBy path={path} />
      <Uses path={path} />
    </SpaceBetween>
  );
}
