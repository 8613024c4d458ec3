import { createContext, useContext, type ReactNode } from 'react';
import { useUploads } from './use-uploads.ts';

type Uploads = ReturnType<typeof useUploads>;

const UploadsContext = createContext<Uploads | null>(null);

/** Uploads belong to no page: a clip goes on being sent while one looks at another. */
export function UploadsProvider({ children }: { readonly children: ReactNode }) {
  return <UploadsContext value={useUploads()}>{children}</UploadsContext>;
}

export function useSharedUploads(): Uploads {
  const uploads = useContext(UploadsContext);
  if (uploads === null) throw new Error('uploads are shared by what UploadsProvider holds');
  return uploads;
}
