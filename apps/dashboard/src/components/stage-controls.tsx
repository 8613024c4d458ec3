import type { Voice } from '@visavis/contracts';
import { Captions, CaptionsOff, Maximize, Minimize, PhoneOff, Volume1, Volume2, VolumeX } from 'lucide-react';
import { Slider } from 'radix-ui';
import { formatRate } from '../format/credits.ts';
import { canSpeak, isActive, type SessionState } from '../session/session-state.ts';
import type { Playback } from '../session/use-playback.ts';
import { BackgroundChoice, type BackgroundDraft } from './background-choice.tsx';
import { Button, IconButton } from './button.tsx';
import type { Fullscreen } from './use-fullscreen.ts';
import { VoiceSelect } from './voice-select.tsx';

interface StageControlsProps {
  readonly state: SessionState;
  readonly playback: Playback;
  readonly voices: readonly Voice[];
  readonly voiceId: string | null;
  readonly onVoice: (id: string) => void;
  readonly background: BackgroundDraft;
  readonly onBackground: (draft: BackgroundDraft) => void;
  readonly creditsPerMinute: number | null;
  readonly captions: boolean;
  readonly onCaptions: () => void;
  readonly fullscreen: Fullscreen;
  readonly onEnd: () => void;
}

export function StageControls({ state, playback, voices, voiceId, onVoice, background, onBackground, creditsPerMinute, captions, onCaptions, fullscreen, onEnd }: StageControlsProps) {
  const running = canSpeak(state.phase);
  return (
    <div className="flex min-h-14 items-center gap-1 border-t border-line bg-surface px-2 py-2 lg:px-3">
      <VoiceSelect voices={voices} value={voiceId} onChange={onVoice} />
      <BackgroundChoice value={background} locked={isActive(state.phase)} onChange={onBackground} />
      <span className="flex-1" />
      {!isActive(state.phase) && creditsPerMinute !== null && (
        <span className="px-2 text-right text-[12px] leading-tight text-faint max-sm:hidden">
          {formatRate(creditsPerMinute)} credit{creditsPerMinute === 1 ? '' : 's'} a minute
          <span className="hidden xl:inline">, from the first picture</span>
        </span>
      )}
      {running && (
        <>
          <Volume playback={playback} />
          <IconButton label={captions ? 'Hide captions' : 'Show captions'} onClick={onCaptions} className="max-sm:hidden">
            {captions ? <Captions className="size-5" strokeWidth={1.7} /> : <CaptionsOff className="size-5" strokeWidth={1.7} />}
          </IconButton>
          <IconButton label={fullscreen.active ? 'Leave fullscreen' : 'Fullscreen'} onClick={fullscreen.toggle}>
            {fullscreen.active ? <Minimize className="size-4.5" strokeWidth={1.8} /> : <Maximize className="size-4.5" strokeWidth={1.8} />}
          </IconButton>
          <Button look="danger" className="ml-1.5" icon={<PhoneOff className="size-4" aria-hidden="true" />} onClick={onEnd}>
            End
          </Button>
        </>
      )}
    </div>
  );
}

function Volume({ playback }: { readonly playback: Playback }) {
  const Icon = playback.muted ? VolumeX : playback.volume < 0.5 ? Volume1 : Volume2;
  return (
    <>
      <IconButton label={playback.muted ? 'Unmute' : 'Mute'} onClick={playback.blocked ? playback.unblock : playback.toggleMuted}>
        <Icon className="size-5" strokeWidth={1.7} />
      </IconButton>
      <Slider.Root
        value={[playback.muted ? 0 : Math.round(playback.volume * 100)]}
        onValueChange={([percent]) => playback.setVolume((percent ?? 100) / 100)}
        max={100}
        step={5}
        className="relative mr-2 hidden h-9 w-20 touch-none items-center select-none sm:flex"
      >
        <Slider.Track className="relative h-1 w-full rounded-full bg-line-strong">
          <Slider.Range className="absolute h-full rounded-full bg-muted" />
        </Slider.Track>
        <Slider.Thumb aria-label="Volume" className="block size-3.5 rounded-full bg-ink" />
      </Slider.Root>
    </>
  );
}
