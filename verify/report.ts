/** The verdict of a storm as a table for people; the JSON form is the result itself. Refuses to round anything away. */
import { type ViolationKind, violationKinds } from './checks/violation';
import type { StormResult } from './storm';

/** Violations told one by one; the rest are only counted. */
const toldMax = 20;

export function formatStorm(result: StormResult): string {
  const found = (kind: ViolationKind): number => result.violations.filter((one) => one.kind === kind).length;
  const rows: readonly (readonly [string, string | number])[] = [
    ['seed', result.seed],
    ['duration', `${result.seconds} s`],
    ['sagas', result.sagas],
    ['acknowledged', result.acknowledged],
    ['webhook deliveries', result.deliveries],
    ['calls that reached the ledger', result.calls],
    ['events', result.events],
    ...Object.entries(result.runsByStatus).map(([status, runs]) => [`runs ${status}`, runs] as const),
    ...Object.entries(result.decisions).map(([code, made]) => [`decisions of a person: ${code}`, made] as const),
    ['faults', Object.values(result.faults).reduce((sum, count) => sum + count, 0)],
    ...Object.entries(result.faults).map(([kind, count]) => [`– ${kind}`, count] as const),
    ...violationKinds.map((kind) => [kind, found(kind)] as const),
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  const table = rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`);
  const told = result.violations.slice(0, toldMax).map(({ check, kind, what }) => `  ✗ ${kind}: ${check}: ${what}`);
  const more = result.violations.length - told.length;
  return [...table, ...told, ...(more > 0 ? [`  … and ${more} more`] : [])].join('\n');
}
