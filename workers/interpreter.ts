/**
 * Which runs this process carries, and how it stops carrying them. A ring for a run that is carried already is passed on
 * to its wake-up instead of starting a second one. Refuses new runs while it drains.
 */
import { type Bell, type InterpreterDeps, RunLost, WakeUp, type WakeUpOutcome } from '@/workers/wake-up';

export interface Interpreter {
  /** Carries one run as far as it goes. Rings for a run this process is already carrying are remembered. */
  wake(workspaceId: string, runId: string): Promise<WakeUpOutcome>;
  /** Whether this process is carrying the run right now. */
  carries(runId: string): boolean;
  /** Ends when no run is being carried. New wake-ups are refused from now on. */
  drain(): Promise<void>;
}

export function createInterpreter(deps: InterpreterDeps): Interpreter {
  const carried = new Map<string, Bell>();
  const idle: (() => void)[] = [];
  let isDraining = false;

  const carry = async (workspaceId: string, runId: string): Promise<WakeUpOutcome> => {
    const known = carried.get(runId);
    if (known !== undefined) {
      known.isRung = true;
      known.onRing?.();
      return 'skipped';
    }
    if (isDraining) return 'skipped';
    const bell: Bell = { isRung: false, onRing: null };
    carried.set(runId, bell);
    try {
      for (;;) {
        const outcome = await new WakeUp(deps, bell, () => isDraining).run(workspaceId, runId);
        // Rung after its last look and before it had parked (an alarm due at once, say): nobody else would come for it
        // before the reconciler does.
        if (outcome !== 'parked' || !bell.isRung || isDraining) return outcome;
        bell.isRung = false;
      }
    } catch (error) {
      if (error instanceof RunLost) return 'lost';
      throw error;
    } finally {
      carried.delete(runId);
      if (carried.size === 0) for (const done of idle.splice(0)) done();
    }
  };

  return {
    wake: carry,
    carries: (runId) => carried.has(runId),
    async drain() {
      isDraining = true;
      for (const bell of carried.values()) bell.onRing?.();
      if (carried.size > 0) await new Promise<void>((resolve) => idle.push(resolve));
    },
  };
}
