// Error boundary of the graph: the rest of the page keeps working.

import Alert from "@cloudscape-design/components/alert";
import { Component, type ReactNode } from "react";

export class GraphBoundary extends Component<{ readonly children: ReactNode }, { readonly hasFailed: boolean }> {
  override state = { hasFailed: false };

  static getDerivedStateFromError() {
    return { hasFailed: true };
  }

  override render() {
    if (!this.state.hasFailed) return this.props.children;
    return (
      <Alert type="error" header="This graph cannot be drawn">
        See the Tasks and Definition tabs instead.
      </Alert>
    );
  }
}
