/**
 * What `npm start` shows while it works: one line per step with a tick and the time it took. On a terminal the line
 * of a step in progress is replaced; elsewhere only finished steps and long ones are written, one line each.
 */
export interface Progress {
  /**
   * Runs one step and reports it.
   * @param title what is done, in a few words
   * @param work returns a note to show beside the title, or nothing
   */
  step(title: string, work: () => Promise<string | undefined> | string | undefined): Promise<void>;
  /** A line of its own. */
  say(text: string): void;
  warn(text: string): void;
}

type Output = Pick<NodeJS.WriteStream, 'write'> & { readonly isTTY?: boolean };

/** A step that takes longer than this is announced where lines cannot be replaced. */
const longStepMs = 3000;

/** @param output standard output unless given */
export function createProgress(output: Output = process.stdout): Progress {
  const isTerminal = output.isTTY === true;
  const line = (text: string): void => void output.write(isTerminal ? `\r\u001B[2K${text}\n` : `${text}\n`);
  return {
    async step(title, work) {
      const startMs = performance.now();
      if (isTerminal) output.write(`  … ${title}`);
      const announcement = setTimeout(() => isTerminal || line(`  … ${title}`), longStepMs);
      try {
        const note = await work();
        const seconds = ((performance.now() - startMs) / 1000).toFixed(1);
        line(`  ✓ ${title}${note === undefined ? '' : `: ${note}`} (${seconds} s)`);
      } catch (error) {
        line(`  ✗ ${title}`);
        throw error;
      } finally {
        clearTimeout(announcement);
      }
    },
    say: line,
    warn: (text) => line(`  ! ${text}`),
  };
}
