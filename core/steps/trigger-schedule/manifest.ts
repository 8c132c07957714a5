/** The step that starts a run at times of a calendar. It describes; the scheduler of the workers fires. */
import { z } from 'zod';
import type { Fault } from '@/core/errors';
import type { JsonObject } from '@/core/json';
import type { StepManifest } from '@/core/steps/contract';
import { triggerPorts } from '@/core/steps/ports';
import { shorten } from '@/core/steps/summary-text';
import { scheduleSummary } from '@/core/steps/trigger-schedule/cron-words';
import { readSchedule } from '@/core/steps/trigger-schedule/fires';

/** Longer than any expression with a purpose; bounds what the parser reads. */
const cronLength = 200;
/** The longest name in the IANA database has half as many letters. */
const timeZoneLength = 64;

export const scheduleConfig = () =>
  z.strictObject({
    cron: z.string().min(1).max(cronLength),
    timeZone: z.string().min(1).max(timeZoneLength).default('UTC'),
    missed: z.enum(['skip', 'once', 'all']).default('skip'),
  });
export type ScheduleConfig = z.output<ReturnType<typeof scheduleConfig>>;

/** Faults of what the schema lets pass; empty while it does not. */
function checkSchedule(config: JsonObject): Fault[] {
  const parsed = scheduleConfig().safeParse(config);
  if (!parsed.success) return [];
  const read = readSchedule(parsed.data.cron, parsed.data.timeZone);
  return 'schedule' in read
    ? []
    : read.faults.map(({ field, code, message }) => ({ pointer: `/${field}`, code, message }));
}

export const manifest: StepManifest = {
  kind: 'trigger.schedule',
  group: 'trigger',
  label: 'Schedule',
  icon: 'clock',
  description: 'Starts a run at times of a calendar.',
  isTrigger: true,
  nature: 'pure',
  config: scheduleConfig,
  expressionRoots: ['event'],
  fields: [
    {
      name: 'cron',
      label: 'When',
      widget: 'cron',
      required: true,
      isTemplated: false,
      placeholder: '0 8 * * 1-5',
      help: 'Five fields of cron: minute, hour, day of the month, month, weekday. 0 8 * * 1-5 is eight o’clock on working days.',
    },
    {
      name: 'timeZone',
      label: 'Time zone',
      widget: 'timeZone',
      isTemplated: false,
      defaultValue: 'UTC',
      help: 'The zone whose clock counts, summer time included.',
    },
    {
      name: 'missed',
      label: 'When missed',
      widget: 'select',
      isTemplated: false,
      defaultValue: 'skip',
      options: [
        { value: 'skip', label: 'Skip', help: 'The next one comes when it is due.' },
        { value: 'once', label: 'Once', help: 'One run makes up for all, with the time of the latest.' },
        { value: 'all', label: 'All', help: 'A run for each, up to the newest hundred.' },
      ],
      help: 'What happens with times at which no worker ran. A minute late is not missed.',
    },
  ],
  ports: triggerPorts,
  accepts: new Set(),
  summary: (config) => scheduleSummary(shorten(config.cron)),
  check: checkSchedule,
  example: { cron: '0 8 * * 1-5', timeZone: 'UTC' },
  output: 'The time it fired for, as {scheduledAt} in UTC with milliseconds.',
};
