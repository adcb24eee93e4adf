import CopyToClipboard from "@cloudscape-design/components/copy-to-clipboard";

/** A person's e-mail address, or their id if there is none; with a button that copies the id. */
export function Person({ id, email }: { id: string; email?: string | null | undefined }) {
  return (
    <CopyToClipboard
      variant="inline"
      textToCopy={id}
      textToDisplay={email ?? id}
      wrapText={false}
      copyButtonAriaLabel={`Copy the user ID of ${email ?? id}`}
      copySuccessText="User ID copied"
      copyErrorText="Could not be copied"
    />
  );
}
