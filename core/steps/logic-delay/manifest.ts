/**
 * The step that waits: for a while, or until an instant. The row of the run is the promise, so it survives restarts of
 * everything. Refuses both at once, neither, and pauses nobody would live to see.
 */
import { z } from 'zod';
import { isPlainObject } from '@/core/json';
import { limits } from '@/core/limits';
import type { StepManifest, Templated } from '@/core/steps/contract';
import { commonPorts } from '@/core/steps/ports';
import { shorten } from '@/core/steps/summary-text';

/** RFC 3339 with a zone; a local time would mean another instant on every machine. */
const instant = z.iso.datetime({ offset: true, error: 'An instant such as 2030-01-31T09:00:00Z is expected.' });

export const delayConfig = (templated: Templated) =>
  z.strictObject({
    forMs: templated(z.int().min(0).max(limits.delayMaxMs)).optional(),
    until: templated(instant).optional(),
  });

export const manifest: StepManifest = {
  kind: 'logic.delay',
  group: 'decide',
  label: 'Delay',
  icon: 'clock',
  description: 'Waits for a while or until an instant, however long.',
  isTrigger: false,
  nature: 'pure',
  config: delayConfig,
  fields: [
    {
      name: 'forMs',
      label: 'Wait for',
      widget: 'durationMs',
      isTemplated: true,
      help: 'Counted from the moment the step begins.',
    },
    {
      name: 'until',
      label: 'Or until',
      widget: 'text',
      isTemplated: true,
      placeholder: '{{ event.data.body.dueAt }}',
      help: 'An instant with its zone, such as 2030-01-31T09:00:00Z. One that has passed does not wait.',
    },
  ],
  ports: commonPorts,
  accepts: new Set(['disabled', 'join']),
  summary: ({ forMs, until }) =>
    until === undefined
      ? { verb: 'wait', rest: typeof forMs === 'number' ? formatMs(forMs) : shorten(forMs) }
      : { verb: 'until', rest: shorten(until) },
  check: (config) => {
    const { forMs, until } = isPlainObject(config) ? config : {};
    if ((forMs === undefined) === (until === undefined)) {
      const message =
        forMs === undefined
          ? 'Say how long to wait, or until when.'
          : 'Say how long to wait or until when, not both. Remove one.';
      return [{ pointer: forMs === undefined ? '/forMs' : '/until', code: 'delay.oneOf', message }];
    }
    return [];
  },
  example: { forMs: 60_000 },
  output: 'When the run went on, as {resumedAt}.',
};

const units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1000],
] as const;

/** The largest unit that divides it: `90 s`, `2 h`, `250 ms`. */
function formatMs(ms: number): string {
  const unit = units.find(([, size]) => ms >= size && ms % size === 0);
  return unit === undefined ? `${ms} ms` : `${ms / unit[1]} ${unit[0]}`;
}
