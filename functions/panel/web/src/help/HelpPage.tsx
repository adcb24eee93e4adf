import Container from "@cloudscape-design/components/container";
import { useSearchParams } from "react-router";

import { useTitle } from "../components/title";
import Help from "./Help";

export function HelpPage() {
  useTitle("Help");
  const [parameters] = useSearchParams();
  return (
    <Container>
      <Help section={parameters.get("section") ?? undefined} />
    </Container>
  );
}
