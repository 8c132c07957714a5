/**
 * What composing costs, measured once after the rounds: loops, code, waits and lanes, each beside what it is compared with.
 * Refuses a verdict: these figures have no target, they are to be seen.
 */

import { type LaneFigures, laneLimit, measureLanes } from './measures/lanes';
import { type CodeFigures, type LoopFigures, measureCode, measureLoops } from './measures/loops';
import { measureWaits, type WaitFigures } from './measures/waits';
import type { Subject } from './measures/webhooks';

export interface Composition {
  readonly items: number;
  readonly loops: LoopFigures;
  readonly codeItems: number;
  readonly code: CodeFigures;
  readonly lanes: LaneFigures;
  /** By number of waits, the fewest first. */
  readonly waits: readonly WaitFigures[];
}

/** @param scale share of the full sizes */
export async function measureComposition(
  subject: Subject,
  scale: number,
  say: (title: string) => void,
): Promise<Composition> {
  const items = Math.max(100, Math.round(10_000 * scale));
  const codeItems = Math.max(100, Math.round(2_000 * scale));
  say('a loop against plain runs');
  const loops = await measureLoops(subject, items);
  say('code against an expression');
  const code = await measureCode(subject, codeItems);
  say('lanes against plain runs');
  const lanes = await measureLanes(subject, items);
  say('waits for events against rows found by a key');
  const waits = await measureWaits(
    subject,
    [items / 100, items / 10, items].map((count) => Math.max(100, Math.round(count))),
  );
  return { items, loops, codeItems, code, lanes, waits };
}

const rate = (title: string, perSecond: number): string =>
  `  ${title.padEnd(58)}${perSecond.toFixed(0).padStart(10)} per s`;
const ratio = (title: string, of: number): string => `  ${title.padEnd(58)}${of.toFixed(3).padStart(10)} ratio`;
const figure = (title: string, value: number, unit: string): string =>
  `  ${title.padEnd(58)}${value.toFixed(0).padStart(10)} ${unit}`;

/** The lines of a terminal. */
export function compositionLines({ items, loops, codeItems, code, lanes, waits }: Composition): string[] {
  const [count, ten] = [items, items * 10].map((each) => each.toLocaleString('en'));
  return [
    'Composition',
    rate(`${count} runs of one transform`, loops.plainRunsPerSecond),
    rate(`one run over ${count} items, ten at a time`, loops.iterationsPerSecond),
    ratio('  of plain runs', loops.iterationsPerSecond / loops.plainRunsPerSecond),
    rate(`one run over ${ten} items`, loops.longIterationsPerSecond),
    ratio(`  of ${count} items`, loops.longIterationsPerSecond / loops.iterationsPerSecond),
    figure('journal per item', loops.journalBytesPerItem, 'bytes'),
    ratio(`  with ${ten} of with ${count} items`, loops.longJournalBytesPerItem / loops.journalBytesPerItem),
    figure(`memory of the worker after ${ten}, more than after ${count}`, loops.residentGrowthBytes / 2 ** 20, 'MiB'),
    rate(`an expression, once per item of ${codeItems.toLocaleString('en')}`, code.expressionsPerSecond),
    rate('the same sum in code', code.codePerSecond),
    ratio('  of the expression', code.codePerSecond / code.expressionsPerSecond),
    rate(`${count} runs without a lane`, lanes.plainPerSecond),
    rate('one after the other by 10,000 keys', lanes.manyKeysPerSecond),
    ratio('  of runs without a lane', lanes.manyKeysPerSecond / lanes.plainPerSecond),
    rate('by 100 keys', lanes.hundredKeysPerSecond),
    ratio('  of runs without a lane', lanes.hundredKeysPerSecond / lanes.plainPerSecond),
    rate('by one key', lanes.oneKeyPerSecond),
    ratio('  of runs without a lane', lanes.oneKeyPerSecond / lanes.plainPerSecond),
    rate(`${laneLimit} at the same time`, lanes.limitedPerSecond),
    ratio('  of runs without a lane', lanes.limitedPerSecond / lanes.plainPerSecond),
    ...waits.flatMap(waitLines),
    '',
  ];
}

function waitLines({ waits, endedPerSecond, dispatchedPerSecond, rawPerSecond }: WaitFigures): string[] {
  return [
    rate(`${waits.toLocaleString('en')} waits, each ended by an event of its own`, endedPerSecond),
    rate('  events passed by the dispatcher meanwhile', dispatchedPerSecond),
    ratio('  of rows found by a key and marked', dispatchedPerSecond / rawPerSecond),
    figure('  each event, to the end of its run', 1e6 / endedPerSecond, 'µs'),
  ];
}
