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
    <div className="flex min-w-0 items-center rounded-lg pl-2.5 transition-colors hover:bg-hover">
      <label htmlFor={id} className="text-[13px] text-faint">
        Voice
      </label>
      <select
        id={id}
        value={value ?? ''}
        onChange={(event) => onChange(event.target.value)}
        className="-mr-7 field-sizing-content h-9 max-w-36 min-w-0 appearance-none truncate rounded-lg bg-transparent pr-8 pl-2 text-[13px] font-medium sm:max-w-60"
      >
        {groupVoices(voices).map((group) => (
          <optgroup key={group.title} label={group.title}>
            {group.voices.map((voice) => (
              <option key={voice.id} value={voice.id}>
                {voice.name}
              </option>
            ))}
          </optgroup>
        ))}
      </select>
      <ChevronsUpDown className="pointer-events-none mr-2.5 size-3.5 shrink-0 text-faint" aria-hidden="true" />
    </div>
  );
}
