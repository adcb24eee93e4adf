import Container from "@cloudscape-design/components/container";
import { useSearchParams } from "react-router";

import Help from "./Help";

export function HelpPage() {
  const [parameters] = useSearchParams();
  return (
    <Container>
      <Help section={parameters.get("section") ?? undefined} />
    </Container>
  );
}
