import help from "../../../../../docs/help.md";
import { Document } from "./Document";

/** The help text, scrolled to a section if one is given. */
export default function Help({ section }: { section?: string | undefined }) {
  return <Document html={help} section={section} />;
}
