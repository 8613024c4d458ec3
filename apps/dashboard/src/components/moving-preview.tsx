import type { Avatar } from '@visavis/contracts';
import { UserRound } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';

/**
 * An avatar's picture, which moves while `moving`. Where there is only the clip, its first picture stands
 * for the portrait. Keeps still for those who ask for reduced motion.
 */
export function MovingPreview({ avatar, moving }: { readonly avatar: Avatar; readonly moving: boolean }) {
  const videoRef = useRef<HTMLVideoElement>(null);
  const [played, setPlayed] = useState(false);
  const { preview_url: picture, preview_video_url: clip } = avatar;
  const plays = moving && clip !== null && !window.matchMedia('(prefers-reduced-motion: reduce)').matches;
  useEffect(() => {
    const video = videoRef.current;
    if (video === null) return;
    if (plays) void video.play().catch(() => {});
    else {
      video.pause();
      video.currentTime = 0;
      setPlayed(false);
    }
  }, [plays]);
  return (
    <>
      {picture === null && clip === null && <UserRound className="absolute inset-0 m-auto size-10 text-faint" strokeWidth={1.2} aria-hidden="true" />}
      {picture !== null && <img src={picture} alt="" loading="lazy" decoding="async" className="absolute inset-0 size-full object-cover" />}
      {clip !== null && (picture === null || plays) && (
        <video
          ref={videoRef}
          src={clip}
          muted
          loop
          playsInline
          preload="metadata"
          aria-hidden="true"
          tabIndex={-1}
          onPlaying={() => setPlayed(true)}
          className={`absolute inset-0 size-full object-cover ${picture === null || played ? '' : 'opacity-0'}`}
        />
      )}
    </>
  );
}
