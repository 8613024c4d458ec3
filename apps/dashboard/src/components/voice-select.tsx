import type { Voice } from '@visavis/contracts';
import { ChevronsUpDown } from 'lucide-react';
import { useId } from 'react';
import { groupVoices } from './voice-groups.ts';

interface VoiceSelectProps {
  readonly voices: readonly Voice[];
  readonly value: string | null;
  readonly onChange: (id: string) => void;
}

/** The voice of what is typed next. A native select: best on a phone, and complete for the keyboard. */
export function VoiceSelect({ voices, value, onChange }: VoiceSelectProps) {
  const id = useId();
  if (voices.length === 0) return null;
  return (
    <div className="relative min-w-0">
      <label htmlFor={id} className="sr-only">
        Voice
      </label>
      <select
        id={id}
        value={value ?? ''}
        onChange={(event) => onChange(event.target.value)}
        className="h-9 w-full max-w-44 appearance-none truncate rounded-lg bg-transparent pr-8 pl-2.5 text-[13px] font-medium transition-colors hover:bg-hover sm:max-w-60"
      >
        {groupVoices(voices).map((group) => (
          <optgroup key={group.language} label={group.title}>
            {group.voices.map((voice) => (
              <option key={voice.id} value={voice.id}>
                {voice.name}
              </option>
            ))}
          </optgroup>
        ))}
      </select>
      <ChevronsUpDown className="pointer-events-none absolute top-1/2 right-2.5 size-3.5 -translate-y-1/2 text-faint" aria-hidden="true" />
    </div>
  );
}
