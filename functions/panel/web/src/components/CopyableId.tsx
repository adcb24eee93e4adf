import CopyToClipboard from "@cloudscape-design/components/copy-to-clipboard";

/** An id with a button that copies it. */
export function CopyableId({ id, of }: { id: string; of: string }) {
  return (
    <CopyToClipboard
      variant="inline"
      textToCopy={id}
      copyButtonAriaLabel={`Copy the ID of the ${of}`}
      copySuccessText="ID copied"
      copyErrorText="The ID could not be copied"
    />
  );
}
