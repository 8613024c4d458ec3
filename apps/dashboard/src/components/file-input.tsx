import { UPLOAD_ACCEPT } from '../api/upload.ts';

interface FileInputProps {
  readonly id: string;
  readonly disabled?: boolean;
  readonly onFiles: (files: File[]) => void;
}

/** Chooses clips or portraits. To be seen is the label that follows it. */
export function FileInput({ id, disabled = false, onFiles }: FileInputProps) {
  return (
    <input
      id={id}
      type="file"
      accept={UPLOAD_ACCEPT}
      disabled={disabled}
      className="peer sr-only"
      onChange={(event) => {
        onFiles([...(event.target.files ?? [])]);
        event.target.value = '';
      }}
    />
  );
}
