import { useCallback, useEffect, useRef, useState, type RefObject } from 'react';

const STORED_VOLUME = 'visavis.volume';

export interface Playback {
  readonly videoRef: RefObject<HTMLVideoElement | null>;
  readonly volume: number;
  readonly muted: boolean;
  /** The browser plays only without sound until the person touches the page. */
  readonly blocked: boolean;
  setVolume(volume: number): void;
  toggleMuted(): void;
  unblock(): void;
}

/** Plays a stream in a video element, keeps volume and mute, and falls back to silence where sound may not start by itself. */
export function usePlayback(stream: MediaStream | null): Playback {
  const videoRef = useRef<HTMLVideoElement | null>(null);
  const [volume, setVolumeState] = useState(readVolume);
  const [muted, setMuted] = useState(false);
  const [blocked, setBlocked] = useState(false);

  useEffect(() => {
    const video = videoRef.current;
    if (video === null) return;
    video.srcObject = stream;
    setBlocked(false);
    if (stream === null) return;
    let current = true;
    video.play().catch((error: unknown) => {
      if (!current || !(error instanceof DOMException) || error.name !== 'NotAllowedError') return;
      video.muted = true;
      setBlocked(true);
      video.play().catch(() => {});
    });
    return () => {
      current = false;
    };
  }, [stream]);

  useEffect(() => {
    const video = videoRef.current;
    if (video === null) return;
    video.volume = volume;
    video.muted = muted || blocked;
  }, [volume, muted, blocked, stream]);

  const unblock = useCallback(() => {
    setBlocked(false);
    setMuted(false);
    const video = videoRef.current;
    if (video === null) return;
    video.muted = false;
    void video.play();
  }, []);
  const setVolume = useCallback((next: number) => {
    setVolumeState(next);
    setMuted(next === 0);
    storeVolume(next);
  }, []);
  const toggleMuted = useCallback(() => setMuted((before) => !before), []);
  return { videoRef, volume, muted: muted || blocked, blocked, setVolume, toggleMuted, unblock };
}

// Storage may be forbidden; the volume is then simply not remembered.
function readVolume(): number {
  try {
    const stored = Number(localStorage.getItem(STORED_VOLUME) ?? '1');
    return stored > 0 && stored <= 1 ? stored : 1;
  } catch {
    return 1;
  }
}

function storeVolume(volume: number): void {
  try {
    localStorage.setItem(STORED_VOLUME, String(volume));
  } catch {
    // see readVolume
  }
}
