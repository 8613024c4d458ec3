import { MAX_INLINE_AUDIO_BYTES } from '@visavis/contracts';
import { Mic, Paperclip } from 'lucide-react';
import { useEffect, useId, useRef, useState } from 'react';
import { formatClock, formatLength } from '../format/time.ts';
import type { AvatarSession } from '../session/avatar-session.ts';
import { canRecord, startRecording, type Recording } from '../session/recorder.ts';
import { soundObjection, microphoneMessage } from '../session/sound-words.ts';
import { useNow } from '../session/use-now.ts';
import { toBase64 } from '../session/wav.ts';
import { Button, IconButton } from './button.tsx';

const MAX_RECORDING_MS = 120_000;

interface SoundInputProps {
  readonly disabled: boolean;
  readonly session: AvatarSession;
  readonly onProblem: (problem: string | null) => void;
}

/** Makes the avatar say what one says oneself, or what a sound file holds. */
export function SoundInput({ disabled, session, onProblem }: SoundInputProps) {
  const fileId = useId();
  const [recording, setRecording] = useState<{ handle: Recording; sinceMs: number } | null>(null);

  async function sendFile(file: File): Promise<void> {
    onProblem(null);
    const objection = soundObjection(file, MAX_INLINE_AUDIO_BYTES);
    if (objection !== null) {
      onProblem(objection);
      return;
    }
    await session.sayAudio(toBase64(new Uint8Array(await file.arrayBuffer())), file.name);
  }

  async function record(): Promise<void> {
    onProblem(null);
    try {
      setRecording({ handle: await startRecording(), sinceMs: Date.now() });
    } catch (error) {
      onProblem(microphoneMessage(error));
    }
  }

  async function finish(handle: Recording): Promise<void> {
    setRecording(null);
    try {
      const { wav, durationMs } = await handle.finish();
      await session.sayAudio(toBase64(wav), `Recording, ${formatLength(durationMs)}`);
    } catch {
      onProblem('The recording could not be read. Speak a little longer and try again.');
    }
  }

  if (recording !== null) {
    return (
      <RecordingBar
        sinceMs={recording.sinceMs}
        disabled={disabled}
        onSend={() => void finish(recording.handle)}
        onCancel={() => {
          recording.handle.cancel();
          setRecording(null);
        }}
      />
    );
  }
  return (
    <>
      {canRecord() && (
        <IconButton label="Record what the avatar says" disabled={disabled} onClick={() => void record()}>
          <Mic className="size-[18px]" strokeWidth={1.8} />
        </IconButton>
      )}
      <input
        id={fileId}
        type="file"
        accept="audio/*,.wav,.mp3,.ogg,.opus"
        disabled={disabled}
        className="peer sr-only"
        onChange={(event) => {
          const file = event.target.files?.[0];
          event.target.value = '';
          if (file !== undefined) void sendFile(file);
        }}
      />
      <label
        htmlFor={fileId}
        title="Speak a sound file"
        className="inline-flex size-9 shrink-0 items-center justify-center rounded-lg text-muted transition-colors peer-focus-visible:outline-2 peer-focus-visible:outline-offset-2 peer-focus-visible:outline-accent-ink peer-disabled:pointer-events-none peer-disabled:opacity-40 hover:bg-hover hover:text-ink"
      >
        <Paperclip className="size-[17px]" strokeWidth={1.8} aria-hidden="true" />
        <span className="sr-only">Speak a sound file</span>
      </label>
    </>
  );
}

function RecordingBar({ sinceMs, disabled, onSend, onCancel }: { readonly sinceMs: number; readonly disabled: boolean; readonly onSend: () => void; readonly onCancel: () => void }) {
  const nowMs = useNow(true, 250);
  const elapsedMs = nowMs - sinceMs;
  const send = useRef(onSend);
  send.current = onSend;
  const full = elapsedMs >= MAX_RECORDING_MS;
  useEffect(() => {
    if (full) send.current();
  }, [full]);
  return (
    <div className="flex animate-appear items-center gap-2 rounded-lg bg-danger-soft py-0.5 pr-1 pl-3">
      <span className="size-2 animate-pulse rounded-full bg-danger" aria-hidden="true" />
      <span role="timer" className="tabular text-[13px] text-danger">
        {formatClock(elapsedMs)}
      </span>
      <Button look="quiet" size="sm" onClick={onCancel}>
        Cancel
      </Button>
      <Button size="sm" disabled={disabled} onClick={onSend}>
        Say it
      </Button>
    </div>
  );
}
