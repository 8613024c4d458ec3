import { useEffect, useState, type RefObject } from 'react';

export interface Fullscreen {
  readonly active: boolean;
  toggle(): void;
}

/** Fullscreen for an element; an iPhone offers it only for the video itself. */
export function useFullscreen(elementRef: RefObject<HTMLElement | null>, videoRef: RefObject<HTMLVideoElement | null>): Fullscreen {
  const [active, setActive] = useState(false);
  useEffect(() => {
    const changed = () => setActive(document.fullscreenElement !== null && document.fullscreenElement === elementRef.current);
    document.addEventListener('fullscreenchange', changed);
    return () => document.removeEventListener('fullscreenchange', changed);
  }, [elementRef]);

  function toggle(): void {
    if (document.fullscreenElement !== null) {
      void document.exitFullscreen();
      return;
    }
    const element = elementRef.current;
    if (element !== null && document.fullscreenEnabled) {
      element.requestFullscreen().catch(() => {});
      return;
    }
    const video = videoRef.current as (HTMLVideoElement & { webkitEnterFullscreen?: () => void }) | null;
    video?.webkitEnterFullscreen?.();
  }
  return { active, toggle };
}
