/**
 * Tells whether a process id written down earlier still means the same process. A bare id is not enough: ids are
 * reused, within minutes in a container. Refuses to guess: where the start time cannot be read the answer is "gone",
 * so that a lock is never held by a stranger.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

/** A process as it can be found again. */
export interface ProcessMark {
  readonly pid: number;
  /** Opaque: differs for every process that ever had this id on this machine. */
  readonly identity: string;
}

/**
 * @param pid of any process on this machine
 * @returns its mark, or undefined when there is none (a process that ended and was not yet collected counts as none)
 */
export function markOf(pid: number): ProcessMark | undefined {
  const identity = existsSync('/proc/self/stat') ? identityFromProc(pid) : identityFromPs(pid);
  return identity === undefined ? undefined : { pid, identity };
}

/** Whether the marked process still runs. */
export const isRunning = (mark: ProcessMark): boolean => markOf(mark.pid)?.identity === mark.identity;

/** Boot and start time in ticks since boot (proc(5), field 22): together unique per process. */
function identityFromProc(pid: number): string | undefined {
  const stat = readIfThere(`/proc/${pid}/stat`);
  if (stat === undefined) return undefined;
  // The second field is the command in parentheses and may itself hold spaces and parentheses.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, startTicks] = [fields[0], fields[19]];
  if (state === 'Z' || state === 'X' || startTicks === undefined) return undefined;
  return `${readIfThere('/proc/sys/kernel/random/boot_id')?.trim() ?? ''}:${startTicks}`;
}

function identityFromPs(pid: number): string | undefined {
  try {
    const output = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim();
    const [state = '', ...started] = output.split(/\s+/);
    return output === '' || state.startsWith('Z') ? undefined : started.join(' ');
  } catch {
    // ps answers with status 1 when there is no such process.
    return undefined;
  }
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // The process ended between the question and the answer, or never was.
    return undefined;
  }
}
