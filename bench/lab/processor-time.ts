/**
 * Processor time and memory of other processes, from /proc (proc(5)). On a shared machine it says more than a rate does: it does
 * not grow when somebody else takes the cores. Refuses to guess elsewhere: without /proc there are no figures.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** Ticks per second of `utime` and `stime`; 100 on every Linux that Node supports. */
const ticksPerSecond = 100;

interface Times {
  readonly parent: number;
  readonly seconds: number;
  /** Of children that ended and were collected. */
  readonly endedChildrenSeconds: number;
}

/** @returns undefined when the process is gone */
function timesOf(pid: number): Times | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The command may hold spaces and parentheses; the fields behind it do not.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const secondsAt = (first: number): number => (Number(fields[first]) + Number(fields[first + 1])) / ticksPerSecond;
    return { parent: Number(fields[1]), seconds: secondsAt(11), endedChildrenSeconds: secondsAt(13) };
  } catch {
    // It ended between the listing and the look.
    return undefined;
  }
}

/** @returns seconds of processor time the process has used so far, its direct children included */
export function processorSeconds(pid: number): number {
  if (!existsSync('/proc/self/stat')) return Number.NaN;
  const own = timesOf(pid);
  let seconds = (own?.seconds ?? 0) + (own?.endedChildrenSeconds ?? 0);
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const times = timesOf(Number(name));
    if (times?.parent === pid) seconds += times.seconds;
  }
  return seconds;
}

/** Seconds per named process between the call and the call of what it returns. */
export function startProcessorClock<Name extends string>(
  pids: Readonly<Record<Name, number>>,
): () => Record<Name, number> {
  const read = (): [Name, number][] =>
    Object.entries<number>(pids).map(([name, pid]) => [name as Name, processorSeconds(pid)]);
  const before = Object.fromEntries(read()) as Record<Name, number>;
  return () => Object.fromEntries(read().map(([name, s]) => [name, s - before[name]])) as Record<Name, number>;
}

/** @returns bytes of memory the process holds; those of a direct child when it is only a launcher */
export function readResidentBytes(pid: number): number {
  if (!existsSync('/proc/self/status')) return Number.NaN;
  const read = (of: number | string): number => {
    const [, kib = '0'] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${of}/status`, 'utf8')) ?? [];
    return Number(kib) * 1024;
  };
  const children = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && timesOf(Number(name))?.parent === pid);
  return Math.max(read(pid), ...children.map(read));
}
