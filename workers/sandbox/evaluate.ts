/**
 * One evaluation of code: reads its source, runs it in a fresh runtime and says what came of it. Nothing of Node is handed
 * in but a way to print. Refuses to trust the engine after an odd end: then the machine must be thrown away.
 */
import { readSource } from '@/core/code/read-source';
import { limits } from '@/core/limits';
import type { LogLine } from '@/core/steps/contract';
import { stopClock } from '@/workers/sandbox/clock';
import { Evaluation } from '@/workers/sandbox/evaluation';
import type { Machine } from '@/workers/sandbox/machine';
import { type Assignment, fault, outOfMemory, tooDeep, type Verdict } from '@/workers/sandbox/messages';

/** Sources whose reading is kept: what a source reads as does not change, and the same few run again and again. */
const sourcesKept = 50;
const readings = new Map<string, ReturnType<typeof readSource>>();

function reading(source: string): ReturnType<typeof readSource> {
  const known = readings.get(source) ?? readSource(source);
  readings.delete(source);
  readings.set(source, known);
  for (const oldest of readings.keys()) {
    if (readings.size <= sourcesKept) break;
    readings.delete(oldest);
  }
  return known;
}

/**
 * @param print called with each line, at once
 * @returns the verdict; `isSpoiled` when the machine must not be used again
 */
export function evaluate(
  machine: Machine,
  assignment: Assignment,
  print: (line: LogLine) => void,
): { readonly verdict: Verdict; readonly isSpoiled: boolean } {
  const read = reading(assignment.source);
  if (!read.isValid) {
    const { line, column, message } = read.fault;
    const verdict = fault('code.invalid', `Line ${line}, column ${column}: ${message}`, { line, column });
    return { verdict, isSpoiled: false };
  }
  const startClock = stopClock(assignment.nowMs);
  let evaluation: Evaluation | null = null;
  let verdict: Verdict;
  let isSpoiled = false;
  try {
    evaluation = new Evaluation(machine, assignment, print);
    verdict = evaluation.run(read.code);
  } catch (error) {
    verdict = verdictOfBreakdown(error, machine);
    isSpoiled = true;
  }
  try {
    evaluation?.dispose();
  } catch {
    // The engine counts what it frees and gives up when its books are wrong. Nobody uses this machine again.
    isSpoiled = true;
  }
  startClock();
  return { verdict, isSpoiled };
}

/** What the engine itself could not stand. The thread's own stack may end before the engine has noticed. */
function verdictOfBreakdown(error: unknown, machine: Machine): Verdict {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof RangeError && message.includes('call stack')) return tooDeep();
  if (machine.isFull() || /memory/i.test(message)) return outOfMemory(limits.codeMemoryBytes);
  return fault('code.crashed', `The sandbox broke down under this code: ${message.slice(0, 200)}`);
}
