import type { Avatar, Background, Voice } from '@visavis/contracts';
import { useRef, useState } from 'react';
import type { AvatarSession } from '../session/avatar-session.ts';
import { canSpeak, type SessionState } from '../session/session-state.ts';
import { usePlayback } from '../session/use-playback.ts';
import { Caption } from './caption.tsx';
import { StageControls } from './stage-controls.tsx';
import { StageOverlay } from './stage-overlay.tsx';
import { StageStatus } from './stage-status.tsx';
import { TransparentPicture } from './transparent-picture.tsx';
import { useFullscreen } from './use-fullscreen.ts';
import { backgroundOf, type BackgroundDraft } from './background-choice.tsx';

interface StageProps {
  readonly avatar: Avatar | null;
  /** Why there may be no avatar to show: the list is on its way, or could not be loaded. */
  readonly avatarsStatus: 'pending' | 'error' | 'success';
  readonly state: SessionState;
  readonly session: AvatarSession;
  readonly voices: readonly Voice[];
  readonly voiceId: string | null;
  readonly onVoice: (id: string) => void;
  readonly background: BackgroundDraft;
  readonly onBackground: (draft: BackgroundDraft) => void;
  readonly creditsPerMinute: number | null;
  readonly secondsUntilAbsent: number | null;
  readonly onPresent: () => void;
}

/** Where the avatar is seen: its portrait while nothing runs, the live picture while something does. */
export function Stage({ avatar, avatarsStatus, state, session, voices, voiceId, onVoice, background, onBackground, creditsPerMinute, secondsUntilAbsent, onPresent }: StageProps) {
  const playback = usePlayback(state.stream);
  const stageRef = useRef<HTMLElement>(null);
  const fullscreen = useFullscreen(stageRef, playback.videoRef);
  const [captions, setCaptions] = useState(true);
  const showsVideo = canSpeak(state.phase) || state.phase === 'ending';
  const transparent = state.session?.transparent === true;
  const showsCanvas = transparent && showsVideo;
  const preview = avatar?.preview_url ?? null;
  const wanted: Background | null = backgroundOf(background);

  return (
    <section ref={stageRef} aria-label="Stage" className="card flex flex-col overflow-hidden fullscreen:rounded-none fullscreen:border-0">
      <div
        className={`relative aspect-square w-full flex-1 overflow-hidden bg-stage lg:aspect-auto ${fullscreen.active ? '' : 'lg:h-[clamp(360px,calc(100dvh-366px),680px)] lg:flex-none'}`}
      >
        {preview !== null && !showsCanvas && (
          <img src={preview} alt={avatar === null ? '' : `Portrait of ${avatar.name}`} className="absolute inset-0 size-full object-contain" />
        )}
        <video
          ref={playback.videoRef}
          playsInline
          disablePictureInPicture
          aria-label={avatar === null ? 'Avatar' : `${avatar.name}, live`}
          onLoadedData={() => session.pictureShown()}
          className={`absolute inset-0 size-full object-contain transition-opacity duration-300 ${showsVideo && !transparent ? 'opacity-100' : 'opacity-0'}`}
        />
        {showsCanvas && <TransparentPicture key={state.session?.id} videoRef={playback.videoRef} label={avatar === null ? 'Avatar' : `${avatar.name}, live`} />}
        {captions && <Caption utterances={state.utterances} />}
        <StageStatus state={state} blocked={playback.blocked} onUnblock={playback.unblock} secondsUntilAbsent={secondsUntilAbsent} onPresent={onPresent} />
        <StageOverlay
          state={state}
          hasAvatar={avatar !== null}
          missing={wanted === null ? 'Enter the address of the background picture first.' : null}
          avatarsStatus={avatarsStatus}
          onStart={() => {
            if (avatar !== null && wanted !== null) void session.start({ avatarId: avatar.id, voiceId, background: wanted });
          }}
          onCancel={() => void session.end()}
        />
      </div>
      <StageControls
        state={state}
        playback={playback}
        voices={voices}
        voiceId={voiceId}
        onVoice={onVoice}
        background={background}
        onBackground={onBackground}
        creditsPerMinute={creditsPerMinute}
        captions={captions}
        onCaptions={() => setCaptions((before) => !before)}
        fullscreen={fullscreen}
        onEnd={() => void session.end()}
      />
    </section>
  );
}
