'use client';

/** The filter for when runs were started: a preset that counts back from now, or two times of the person's own zone. */
import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { FilterChip } from '@/components/ui/filters';
import { Input } from '@/components/ui/input';
import { usePreferences } from '@/components/ui/preferences';
import { formatRowTime } from '@/components/ui/time';
import { useNow } from '@/components/ui/timestamp';
import { type Preset, presetNames, presets } from './filter-state';
import styles from './runs.module.css';
import { fromWallClock, toWallClock } from './zoned-time';

export interface TimeRange {
  readonly range: Preset | null;
  readonly from: Date | null;
  readonly to: Date | null;
}

export interface TimeFilterProps extends TimeRange {
  readonly onChange: (range: TimeRange) => void;
}

const anyTime: TimeRange = { range: null, from: null, to: null };

export function TimeFilter({ range, from, to, onChange }: TimeFilterProps) {
  const words = useRangeWords({ range, from, to });
  return (
    <FilterChip label="Started" value={words} onClear={() => onChange(anyTime)}>
      {(close) => {
        const choose = (next: TimeRange): void => {
          onChange(next);
          close();
        };
        return (
          <div className={styles.time}>
            <div className={styles.presets}>
              {presetNames.map((name) => (
                <Button
                  key={name}
                  small
                  variant="ghost"
                  aria-pressed={name === range}
                  onClick={() => choose({ ...anyTime, range: name })}
                >
                  {presets[name].label}
                </Button>
              ))}
            </div>
            <CustomRange from={from} to={to} onApply={(own) => choose({ ...own, range: null })} />
          </div>
        );
      }}
    </FilterChip>
  );
}

function useRangeWords({ range, from, to }: TimeRange): string | null {
  const { resolvedTimeZone: timeZone } = usePreferences();
  const nowMs = useNow() ?? 0;
  const say = (at: Date): string => formatRowTime(at, { timeZone, nowMs });
  if (range !== null) return presets[range].label;
  if (from !== null && to !== null) return `${say(from)} to ${say(to)}`;
  if (from !== null) return `after ${say(from)}`;
  return to === null ? null : `before ${say(to)}`;
}

interface CustomRangeProps {
  readonly from: Date | null;
  readonly to: Date | null;
  readonly onApply: (range: { from: Date | null; to: Date | null }) => void;
}

function CustomRange({ from, to, onApply }: CustomRangeProps) {
  const { resolvedTimeZone: timeZone } = usePreferences();
  const shown = (at: Date | null): string => (at === null ? '' : toWallClock(at.getTime(), timeZone));
  const [texts, setTexts] = useState({ from: shown(from), to: shown(to) });
  const read = (text: string): Date | null => {
    const atMs = fromWallClock(text, timeZone);
    return atMs === null ? null : new Date(atMs);
  };
  const [own, end] = [read(texts.from), read(texts.to)];
  const isBackwards = own !== null && end !== null && own >= end;
  return (
    <form
      className="form-rows"
      onSubmit={(event) => {
        event.preventDefault();
        if (!isBackwards) onApply({ from: own, to: end });
      }}
    >
      <Field label="From" aside={timeZone}>
        <Input type="datetime-local" value={texts.from} onValueChange={(text) => setTexts({ ...texts, from: text })} />
      </Field>
      <Field label="To" error={isBackwards ? 'The end must come after the beginning.' : null}>
        <Input type="datetime-local" value={texts.to} onValueChange={(text) => setTexts({ ...texts, to: text })} />
      </Field>
      <Button type="submit" small disabled={isBackwards || (own === null && end === null)}>
        Show this time
      </Button>
    </form>
  );
}
