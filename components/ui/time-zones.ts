/** The time zones the browser knows, as choices with their offset now. Pure: the instant is an argument. */

export interface TimeZoneChoice {
  /** IANA name, or `auto`. */
  readonly value: string;
  /** `Europe/Zurich`, with spaces for underscores: `America/New York`. */
  readonly label: string;
}

export const timeZoneLabel = (zone: string): string => zone.replaceAll('_', ' ');

/**
 * UTC, then by name.
 * @param autoZone what `auto` stands for, which then comes first; null when it is no choice
 */
export function timeZoneChoices(zones: readonly string[], autoZone: string | null): readonly TimeZoneChoice[] {
  const named = zones.filter((zone) => zone !== 'UTC').map((zone) => ({ value: zone, label: timeZoneLabel(zone) }));
  return [
    ...(autoZone === null ? [] : [{ value: 'auto', label: `As the browser (${timeZoneLabel(autoZone)})` }]),
    { value: 'UTC', label: 'UTC' },
    ...named.sort((a, b) => a.label.localeCompare(b.label)),
  ];
}

// Making a formatter is slow, and a list shows four hundred.
const formats = new Map<string, Intl.DateTimeFormat>();

function formatFor(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known !== undefined) return known;
  const options = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZoneName: 'shortOffset' } as const;
  const made = new Intl.DateTimeFormat('en-GB', { ...options, timeZone: zone });
  formats.set(zone, made);
  return made;
}

/** `14:05, UTC+1`, the offset being that of this instant. */
export function timeInZone(atMs: number, zone: string): string {
  const parts = formatFor(zone).formatToParts(atMs);
  const part = (type: string) => parts.find((one) => one.type === type)?.value ?? '';
  const offset = part('timeZoneName').replace('GMT', 'UTC').replace(/\+0$/, '');
  return `${part('hour')}:${part('minute')}, ${offset}`;
}
