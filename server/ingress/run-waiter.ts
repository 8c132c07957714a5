/**
 * Lets synchronous callers wait for a run. One subscription per workspace serves them all; a note only says where to
 * look, Postgres says what is there, and a look every second makes a lost note a short delay. Refuses to hold anything
 * for a caller that went away, and to stop a run because of it.
 */
import { isTerminal, type RunStatus } from '@/core/run/types';
import type { Clock, Log, RunNote, RunNotes } from '@/server/services/ports';
import type { RunOutcome, RunOutcomes } from '@/server/services/runs/run-outcome';

export interface RunWaiterDeps {
  readonly outcomes: RunOutcomes;
  readonly notes: Pick<RunNotes, 'subscribe'>;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * - `answered`: what the caller waits for has happened
 * - `late`: time is over, or this process is stopping; `outcome` is the run as last seen
 * - `gone`: the caller left
 */
export type Waited =
  | { readonly type: 'answered'; readonly outcome: RunOutcome }
  | { readonly type: 'late'; readonly outcome: RunOutcome | null }
  | { readonly type: 'gone' };

export interface RunListener {
  readonly runId: string;
  /**
   * @param isAnswered what the caller waits for; terminal runs always end the wait
   * @param untilMs by the clock
   */
  until(isAnswered: (outcome: RunOutcome) => boolean, untilMs: number): Promise<Waited>;
  /** The caller left: ends the wait at once. */
  leave(): void;
  /** Stops listening. Must be called, whatever happened. */
  end(): void;
}

export interface Interest {
  /** The run exists already, so its state is read before anything is heard. */
  readonly isKnown: boolean;
  /** Whether a note of this status may mean what the caller waits for. */
  readonly isWorthALook: (status: RunStatus) => boolean;
}

export interface RunWaiter {
  /**
   * Starts listening. Call it before the run can begin, so that no note is missed.
   */
  listen(workspaceId: string, runId: string, interest: Interest): Promise<RunListener> | RunListener;
  /** Ends every wait as `late` and lets go of the subscriptions. */
  close(): void;
}

/** How often the row is read when nothing is heard. */
const lookEveryMs = 1_000;
/** Subscriptions outlive their last caller by this much: the next one rarely is far away. */
const idleMs = 60_000;

/** The listeners of one workspace. */
interface Channel {
  readonly byRun: Map<string, Set<Listener>>;
  /** Null once the subscription stands (or was given up for now). */
  opening: Promise<void> | null;
  stop: () => void;
  idleTimer: NodeJS.Timeout | null;
}

export function createRunWaiter(deps: RunWaiterDeps): RunWaiter {
  const channels = new Map<string, Channel>();

  const open = (workspaceId: string): Channel => {
    const channel: Channel = { byRun: new Map(), opening: null, stop: () => undefined, idleTimer: null };
    const onNote = ({ runId, status }: RunNote): void => {
      const listeners = channel.byRun.get(runId);
      if (listeners !== undefined) {
        for (const listener of listeners) listener.hear(status);
      }
    };
    channel.opening = deps.notes.subscribe(workspaceId, onNote).then(
      (stop) => {
        channel.stop = stop;
        channel.opening = null;
      },
      (error: unknown) => {
        // Looking at the row every second still answers; the next caller tries to subscribe again.
        deps.log.warn({ err: error, workspaceId }, 'no notes of runs; callers are answered by looking at the row');
        channel.opening = null;
        channels.delete(workspaceId);
      },
    );
    channels.set(workspaceId, channel);
    return channel;
  };

  const release = (workspaceId: string, channel: Channel, listener: Listener): void => {
    const listeners = channel.byRun.get(listener.runId);
    listeners?.delete(listener);
    if (listeners?.size === 0) channel.byRun.delete(listener.runId);
    if (channel.byRun.size > 0 || channel.idleTimer !== null) return;
    channel.idleTimer = setTimeout(() => {
      channel.idleTimer = null;
      if (channel.byRun.size > 0) return;
      channels.delete(workspaceId);
      channel.stop();
    }, idleMs);
    channel.idleTimer.unref();
  };

  return {
    listen(workspaceId, runId, interest) {
      const channel = channels.get(workspaceId) ?? open(workspaceId);
      const listener = new Listener(deps, workspaceId, runId, interest, (one) => release(workspaceId, channel, one));
      const listeners = channel.byRun.get(runId);
      if (listeners === undefined) channel.byRun.set(runId, new Set([listener]));
      else listeners.add(listener);
      return channel.opening === null ? listener : channel.opening.then(() => listener);
    },
    close() {
      for (const channel of channels.values()) {
        if (channel.idleTimer !== null) clearTimeout(channel.idleTimer);
        for (const listeners of channel.byRun.values()) for (const listener of listeners) listener.giveUp();
        channel.stop();
      }
      channels.clear();
    },
  };
}

class Listener implements RunListener {
  private hasHeard: boolean;
  private state: 'waiting' | 'gone' | 'late' = 'waiting';
  private wake: (() => void) | null = null;

  constructor(
    private readonly deps: RunWaiterDeps,
    private readonly workspaceId: string,
    readonly runId: string,
    private readonly interest: Interest,
    private readonly release: (listener: Listener) => void,
  ) {
    this.hasHeard = interest.isKnown;
  }

  async until(isAnswered: (outcome: RunOutcome) => boolean, untilMs: number): Promise<Waited> {
    for (;;) {
      const leftMs = untilMs - this.deps.clock.nowMs();
      if (this.state === 'waiting' && !this.hasHeard && leftMs > 0) {
        await this.heardWithin(Math.min(leftMs, lookEveryMs));
      }
      if (this.state === 'gone') {
        return { type: 'gone' };
      }
      // Cleared before reading: a note that comes meanwhile asks for another look.
      this.hasHeard = false;
      const outcome = await this.look();
      if (outcome !== null && (isTerminal(outcome.status) || isAnswered(outcome))) {
        return { type: 'answered', outcome };
      }
      if (this.state === 'late' || this.deps.clock.nowMs() >= untilMs) {
        return { type: 'late', outcome };
      }
    }
  }

  hear(status: RunStatus): void {
    if (this.interest.isWorthALook(status)) {
      this.hasHeard = true;
      this.wake?.();
    }
  }

  leave(): void {
    this.state = 'gone';
    this.wake?.();
  }

  giveUp(): void {
    this.state = 'late';
    this.wake?.();
  }

  end(): void {
    this.release(this);
  }

  /** The event is durable already, so a database that is away for a moment is no reason to send the caller off. */
  private async look(): Promise<RunOutcome | null> {
    try {
      return await this.deps.outcomes.read(this.workspaceId, this.runId);
    } catch (error) {
      const { workspaceId, runId } = this;
      this.deps.log.warn({ err: error, workspaceId, runId }, 'a run that a caller waits for could not be read');
      return null;
    }
  }

  private heardWithin(timeoutMs: number): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.wake = null;
        resolve();
      };
      const timer = setTimeout(done, timeoutMs);
      this.wake = done;
    });
  }
}
