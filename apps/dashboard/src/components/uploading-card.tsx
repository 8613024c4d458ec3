import { Film, X } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { isClip } from '../api/upload.ts';
import { ProgressBar } from './progress-bar.tsx';
import type { UploadItem } from './use-uploads.ts';

/** A portrait or clip on its way: the picture from the file itself, and how much of it has been sent. */
export function UploadingCard({ item, onCancel }: { readonly item: UploadItem; readonly onCancel: () => void }) {
  return (
    <div className="min-w-0">
      <div className="relative aspect-square overflow-hidden rounded-xl bg-sunken">
        {isClip(item.file) ? <Film className="absolute inset-0 m-auto size-8 text-faint" strokeWidth={1.3} aria-hidden="true" /> : <FilePicture file={item.file} />}
        <div className="absolute inset-x-2 bottom-2">
          <ProgressBar fraction={item.sent} label={`Uploading ${item.name}`} />
        </div>
        <button
          type="button"
          aria-label={`Cancel the upload of ${item.name}`}
          onClick={onCancel}
          className="absolute top-1.5 right-1.5 grid size-6 place-items-center rounded-full bg-black/60 text-white hover:bg-black/80"
        >
          <X className="size-3.5" aria-hidden="true" />
        </button>
      </div>
      <p className="mt-1.5 truncate text-[12px] text-muted">{item.sent < 1 ? `Uploading ${Math.floor(item.sent * 100)} %` : 'Checking…'}</p>
    </div>
  );
}

// Drawn on a canvas: no blob: address, so the content security policy can stay closed to them.
function FilePicture({ file }: { readonly file: File }) {
  const canvasRef = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    let current = true;
    createImageBitmap(file, { resizeWidth: 256, resizeQuality: 'medium' })
      .then((bitmap) => {
        const canvas = canvasRef.current;
        if (!current || canvas === null) return;
        const side = Math.min(bitmap.width, bitmap.height);
        canvas.getContext('2d')?.drawImage(bitmap, (bitmap.width - side) / 2, (bitmap.height - side) / 2, side, side, 0, 0, canvas.width, canvas.height);
        bitmap.close();
      })
      .catch(() => {});
    return () => {
      current = false;
    };
  }, [file]);
  return <canvas ref={canvasRef} width={224} height={224} aria-hidden="true" className="size-full opacity-60" />;
}
