/**
 * `node --import tsx scripts/record-journals.ts`: records the journals of this release, once, when it is made. Refuses to
 * write over a recording: what was recorded is what later releases are held to.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { factsOf } from '@/core/run/golden/facts';
import { scenarios } from '@/core/run/golden/scenarios';

const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
const path = `core/run/golden/${version}.json`;
if (existsSync(path)) {
  process.stderr.write(`${path} is there already. Raise the version first: a recording is never made again.\n`);
  process.exit(1);
}
const runs = Object.entries(scenarios).map(([name, carry]) => {
  const { state, entries } = carry();
  return { name, eventData: state.eventData, entries, facts: factsOf(state) };
});
writeFileSync(path, `${JSON.stringify(runs, null, 1)}\n`);
process.stdout.write(`${runs.length} journals are in ${path}.\n`);
