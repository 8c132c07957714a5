/**
 * The other end of a measuring process: answers what the benchmark asks over the channel that Node gives a child.
 * Refuses to outlive the benchmark: when the channel closes, the process ends.
 */

/** What can be asked, by name. */
export type Questions = Readonly<Record<string, (input: never) => unknown>>;

export interface Question {
  readonly id: number;
  readonly name: string;
  readonly input: unknown;
}

export type Answer =
  | { readonly id: number; readonly output: unknown }
  | { readonly id: number; readonly error: string };

/** Serves questions until the parent goes; says once that it is ready. */
export function answerQuestions(questions: Questions): void {
  process.on('disconnect', () => process.exit(0));
  process.on('message', (message) => {
    const { id, name, input } = message as Question;
    void answer(id, async () => questions[name]?.(input as never));
  });
  process.send?.({ id: 0, output: 'ready' } satisfies Answer);
}

async function answer(id: number, ask: () => Promise<unknown>): Promise<void> {
  try {
    process.send?.({ id, output: await ask() } satisfies Answer);
  } catch (error) {
    process.send?.({ id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
}
