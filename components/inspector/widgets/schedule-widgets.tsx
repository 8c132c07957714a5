'use client';

/**
 * When a schedule fires: its cron expression with the next times under it, and the zone whose clock counts. The times show
 * what an expression means sooner than any words; what is wrong with it the field says itself.
 */
import { useMemo } from 'react';
import { usePreferences } from '@/components/ui/preferences';
import { TimeZoneSelect } from '@/components/ui/time-zone-select';
import { timeZoneLabel } from '@/components/ui/time-zones';
import { useNow } from '@/components/ui/timestamp';
import type { JsonValue } from '@/core/json';
import type { ControlIds } from '../field-shell';
import { previewFires } from '../schedule-preview';

const textOf = (value: JsonValue | undefined): string =>
  value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value);

interface CronProps {
  ids: ControlIds;
  value: JsonValue | undefined;
  /** Of the same step; absent for UTC. */
  timeZone: JsonValue | undefined;
  onChange: (value: string | undefined) => void;
  placeholder?: string;
}

export function CronWidget({ ids, value, timeZone, onChange, placeholder }: CronProps) {
  const cron = textOf(value);
  return (
    <>
      <span className="input code">
        <input
          {...ids}
          value={cron}
          placeholder={placeholder}
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => onChange(event.target.value === '' ? undefined : event.target.value)}
        />
      </span>
      <NextFires cron={cron} timeZone={timeZone === undefined ? 'UTC' : textOf(timeZone)} />
    </>
  );
}

const minuteMs = 60_000;

function NextFires({ cron, timeZone }: { cron: string; timeZone: string }) {
  const { resolvedTimeZone } = usePreferences();
  const nowMs = useNow();
  // A schedule changes once a minute at most, the page's clock every second.
  const minute = nowMs === null ? null : Math.floor(nowMs / minuteMs);
  const fires = useMemo(
    () => (minute === null ? null : previewFires({ cron, timeZone }, resolvedTimeZone, minute * minuteMs)),
    [cron, timeZone, resolvedTimeZone, minute],
  );
  if (fires === null) return null;
  const isElsewhere = fires.some(({ here }) => here !== null);
  return (
    <table className="next-fires">
      <thead>
        <tr>
          <th scope="col">Next in {timeZoneLabel(timeZone)}</th>
          {isElsewhere && <th scope="col">in {timeZoneLabel(resolvedTimeZone)}</th>}
        </tr>
      </thead>
      <tbody>
        {fires.map(({ atMs, there, here }) => (
          <tr key={atMs}>
            <td>
              <time dateTime={new Date(atMs).toISOString()}>{there}</time>
            </td>
            {isElsewhere && <td>{here ?? there}</td>}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

interface TimeZoneProps {
  ids: ControlIds;
  value: JsonValue | undefined;
  onChange: (value: string) => void;
}

export function TimeZoneWidget({ ids, value, onChange }: TimeZoneProps) {
  return <TimeZoneSelect {...ids} value={value === undefined ? 'UTC' : textOf(value)} onValueChange={onChange} />;
}
