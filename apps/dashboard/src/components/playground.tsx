import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useState } from 'react';
import { avatarsQuery, creditsQuery, isReady, voicesQuery } from '../api/resources.ts';
import { canSpeak, isActive } from '../session/session-state.ts';
import { useAvatarSession } from '../session/use-avatar-session.ts';
import { useAttention } from '../session/use-attention.ts';
import { AvatarPicker } from './avatar-picker.tsx';
import { KEPT_BACKGROUND } from './background-choice.tsx';
import { Composer } from './composer.tsx';
import { Conversation } from './conversation.tsx';
import { DeveloperPanel } from './developer-panel.tsx';
import { FacePanel } from './face-panel.tsx';
import { Stage } from './stage.tsx';
import { groupVoices } from './voice-groups.ts';

/** Choose a face, start it, make it speak: everything a session can do, on one page. */
export function Playground({ firstAvatarId }: { readonly firstAvatarId: string | null }) {
  const queryClient = useQueryClient();
  const avatars = useQuery(avatarsQuery);
  const voices = useQuery(voicesQuery);
  const credits = useQuery(creditsQuery);
  const { avatar: session, state } = useAvatarSession();
  const [chosenAvatarId, setChosenAvatarId] = useState<string | null>(firstAvatarId);
  const [chosenVoiceId, setChosenVoiceId] = useState<string | null>(null);
  const [background, setBackground] = useState(KEPT_BACKGROUND);

  const ready = avatars.data?.filter(isReady) ?? [];
  const avatar = ready.find((one) => one.id === chosenAvatarId) ?? ready[0] ?? null;
  const voiceId = chosenVoiceId ?? avatar?.voice_id ?? groupVoices(voices.data ?? [])[0]?.voices[0]?.id ?? null;
  const active = isActive(state.phase);

  const endBecauseAbsent = useCallback(() => void session.end(), [session]);
  const attention = useAttention(canSpeak(state.phase), endBecauseAbsent);

  useEffect(() => {
    document.title = canSpeak(state.phase) ? '● Live · Visavis' : 'Playground · Visavis';
    if (!isActive(state.phase)) void queryClient.invalidateQueries({ queryKey: creditsQuery.queryKey });
  }, [state.phase, queryClient]);

  function choose(id: string): void {
    if (active) return;
    setChosenAvatarId(id);
    session.reset();
  }

  return (
    <div className="mx-auto flex w-full max-w-[1600px] flex-1 flex-col gap-4 p-4 lg:gap-5 lg:p-6">
      <h1 className="sr-only">Playground</h1>
      <div className="grid flex-1 gap-4 lg:grid-cols-[232px_minmax(0,1fr)] lg:gap-5 xl:grid-cols-[232px_minmax(0,1fr)_352px]">
        <AvatarPicker avatars={avatars} selectedId={avatar?.id ?? null} locked={active} onChoose={choose} />
        <div className="flex min-w-0 flex-col gap-4 lg:gap-5">
          <Stage
            avatar={avatar}
            avatarsStatus={avatars.status}
            state={state}
            session={session}
            voices={voices.data ?? []}
            voiceId={voiceId}
            onVoice={setChosenVoiceId}
            background={background}
            onBackground={setBackground}
            creditsPerMinute={credits.data?.credits_per_minute ?? null}
            secondsUntilAbsent={attention.secondsLeft}
            onPresent={() => {
              attention.confirm();
              void session.keepAlive();
            }}
          />
          <Composer state={state} session={session} voiceId={voiceId} />
        </div>
        <div className="flex min-w-0 flex-col gap-4 lg:col-start-2 lg:gap-5 xl:col-start-auto">
          <FacePanel state={state} session={session} />
          <Conversation state={state} creditsPerMinute={state.session?.creditsPerMinute ?? credits.data?.credits_per_minute ?? null} />
        </div>
      </div>
      <DeveloperPanel state={state} avatarId={avatar?.id ?? null} voiceId={voiceId} background={background} />
    </div>
  );
}
