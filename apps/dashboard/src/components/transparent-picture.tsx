import { useEffect, useRef, useState, type RefObject } from 'react';
// The very snippet that customers are given.
// eslint-disable-next-line @nx/enforce-module-boundaries
import { showTransparent } from '../../../../docs/snippets/transparent-avatar.js';
import { Notice } from './notice.tsx';

/** The avatar of a transparent session over a checkerboard: its video, which plays unseen, put together with its alpha. */
export function TransparentPicture({ videoRef, label }: { readonly videoRef: RefObject<HTMLVideoElement | null>; readonly label: string }) {
  const canvasRef = useRef<HTMLCanvasElement>(null);
  const [impossible, setImpossible] = useState(false);
  useEffect(() => {
    if (videoRef.current === null || canvasRef.current === null) return;
    try {
      return showTransparent(videoRef.current, canvasRef.current);
    } catch {
      setImpossible(true);
      return;
    }
  }, [videoRef]);
  return (
    <div className="checkerboard absolute inset-0">
      <canvas ref={canvasRef} role="img" aria-label={label} className="size-full object-contain" />
      {impossible && (
        <div className="absolute inset-x-4 bottom-4 mx-auto max-w-md">
          <Notice tone="warn">This browser has no WebGL 2, so it can’t show a transparent avatar.</Notice>
        </div>
      )}
    </div>
  );
}
