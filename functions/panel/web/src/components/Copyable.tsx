import CopyToClipboard from "@cloudscape-design/components/copy-to-clipboard";

/** A text with a button that copies it; `what` names it. */
export function Copyable({ text, what }: { text: string; what: string }) {
  return (
    <CopyToClipboard
      variant="inline"
      copyButtonAriaLabel={`Copy ${what}`}
      textToCopy={text}
      // Cut rather than broken: the whole is what the button copies.
      wrapText={false}
      copySuccessText="Copied"
      copyErrorText="Could not be copied"
    />
  );
}
