/**
 * docs/reference/configuration.md: the variables that the code reads, with the texts of .env.example and the defaults
 * that an empty environment gives. Refuses a variable that the example does not explain.
 */
import { readFileSync } from 'node:fs';
import { parseStartEnv, variableNames } from '@/server/env';
import { code, generatedNote, page, table } from './markdown';

type VariableName = (typeof variableNames)[number];

interface Variable {
  readonly name: VariableName;
  readonly example: string;
}

interface Group {
  readonly text: string;
  readonly variables: readonly Variable[];
}

export function configurationPage(): string {
  const [head, ...groups] = readGroups();
  const explained = new Set(groups.flatMap(({ variables }) => variables.map(({ name }) => name)));
  const missing = variableNames.filter((name) => !explained.has(name));
  if (missing.length > 0) throw new Error(`.env.example does not explain ${missing.join(', ')}.`);
  return page(
    '# Configuration',
    generatedNote('`server/env.ts` and `.env.example`'),
    head?.text ?? '',
    'A name that begins with `HEADRACE_` and is not in this list is reported as a probable misspelling. An empty value ' +
      'counts as not set.',
    ...groups.flatMap(({ text, variables }) => [
      `## ${variables.map(({ name }) => name).join(', ')}`,
      text,
      table(
        ['variable', 'default', 'example'],
        variables.map(({ name, example }) => [code(name), defaultOf(name), example === '' ? '' : code(example)]),
      ),
    ]),
  );
}

/** Paragraphs of the example file: comment lines, then the variables they speak of. The first has none. */
function readGroups(): Group[] {
  const paragraphs = readFileSync('.env.example', 'utf8')
    .trim()
    .split(/\n\s*\n/);
  return paragraphs.map((paragraph) => {
    const lines = paragraph.split('\n').map((line) => line.replace(/^# ?/, ''));
    const variables = lines.flatMap((line): Variable[] => {
      const [, name, example = ''] = /^([A-Z][A-Z0-9_]*)=(.*)$/.exec(line) ?? [];
      const known = variableNames.find((candidate) => candidate === name);
      return known === undefined ? [] : [{ name: known, example }];
    });
    const text = lines.filter((line) => !/^[A-Z][A-Z0-9_]*=/.test(line)).join('\n');
    return { text, variables };
  });
}

function defaultOf(name: VariableName): string {
  const env = parseStartEnv({});
  const defaults: Partial<Record<VariableName, string>> = {
    NODE_ENV: env.nodeEnv,
    LOG_LEVEL: env.logLevel,
    HOST: env.host,
    PORT: String(env.port),
    HEADRACE_PUBLIC_URL: env.publicUrl,
    HEADRACE_DATA_DIR: '.headrace',
    HEADRACE_WORKERS: String(env.workers),
  };
  const value = defaults[name];
  return value === undefined ? 'not set' : code(value);
}
