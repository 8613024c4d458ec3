import { useEffect, useState, useSyncExternalStore } from 'react';
import { AvatarSession } from './avatar-session.ts';
import type { SessionState } from './session-state.ts';

/** The page's avatar session and its state. Closing or leaving the page ends the session. */
export function useAvatarSession(): { avatar: AvatarSession; state: SessionState } {
  const [avatar] = useState(() => new AvatarSession());
  const state = useSyncExternalStore(avatar.store.subscribe, avatar.store.getSnapshot);
  useEffect(() => {
    const leave = () => avatar.abandon();
    window.addEventListener('pagehide', leave);
    return () => {
      window.removeEventListener('pagehide', leave);
      leave();
    };
  }, [avatar]);
  return { avatar, state };
}
