/** docs/reference/steps.md: every kind of the registry, from its manifest and its guide. */
import { readFileSync } from 'node:fs';
import type { FieldManifest, StepManifest } from '@/core/steps/contract';
import { stepKinds } from '@/core/steps/registry';
import { code, deeper, generatedNote, jsonBlock, page, table } from './markdown';

const valueWords: Readonly<Record<FieldManifest['widget'], string>> = {
  text: 'text',
  longText: 'text',
  number: 'number',
  durationMs: 'milliseconds',
  boolean: 'true or false',
  unknownOutcome: 'one of its choices',
  select: 'choice',
  json: 'JSON',
  keyValue: 'names and values',
  code: 'expression',
  switchCases: 'list of cases',
  verification: 'object',
  types: 'list of event types',
  cron: 'cron expression',
  timeZone: 'time zone',
  schema: 'a JSON Schema',
  source: 'a module of code',
  flow: 'the id of a flow, or its name where no other has it',
  status: 'status',
};

export function stepsPage(): string {
  const manifests: readonly StepManifest[] = Object.values(stepKinds).map(({ manifest }) => manifest);
  return page(
    '# Step kinds',
    generatedNote('the manifests and guides in `core/steps`'),
    'What every step has besides `config` (`id`, `name`, `note`, `retry`, time limits, `join`, `disabled`) is in ' +
      '[the flow document](../flow-format.md). A field that takes no expression is fixed when the flow is published.',
    table(
      ['kind', 'name', 'what it does'],
      manifests.map(({ kind, label, description }) => [
        `[${code(kind)}](#${kind.replace('.', '').toLowerCase()})`,
        label,
        description,
      ]),
    ),
    ...manifests.flatMap(describeKind),
  );
}

function describeKind(manifest: StepManifest): string[] {
  const { kind, example, output } = manifest;
  const accepts = [...manifest.accepts].map(code).join(', ');
  const facts = [
    `- Ports: ${portsOf(manifest)}.`,
    `- Output: ${output}`,
    `- Takes besides \`config\`: ${accepts === '' ? 'nothing of the engine' : accepts}.`,
    ...(manifest.nature === 'effect'
      ? ['- Acts outside: its intent is journalled before it leaves, and it can end unknown.']
      : []),
  ];
  return [
    `## ${kind}`,
    facts.join('\n'),
    fieldTable(manifest.fields),
    'Example of `config`:',
    jsonBlock(example),
    guideOf(kind),
  ];
}

/** A kind whose outlets depend on its config shows those of its example. */
function portsOf({ ports, example }: StepManifest): string {
  const shown = ports(example).map(({ name }) => code(name));
  if (shown.length === 0) return 'none, nothing can follow it';
  const isFixed = ports({}).length === shown.length;
  return `${shown.join(', ')}${isFixed ? '' : ' (of the example below)'}`;
}

const fieldTable = (fields: readonly FieldManifest[]): string =>
  fields.length === 0
    ? 'It has no fields.'
    : table(
        ['field', 'value', 'required', 'expression', 'secret', 'default', 'meaning'],
        fields.map((field) => [
          code(field.name),
          describeValue(field),
          yes(field.required),
          yes(field.isTemplated),
          yes(field.takesSecret),
          field.defaultValue === undefined ? '' : code(JSON.stringify(field.defaultValue)),
          field.help ?? field.label,
        ]),
      );

const describeValue = ({ widget, options }: FieldManifest): string =>
  options === undefined ? valueWords[widget] : options.map(({ value }) => code(value)).join(', ');

const yes = (flag: boolean | undefined): string => (flag === true ? 'yes' : '');

/** The folder of a kind: `logic.forEach` lives in `logic-for-each`. */
const folderOf = (kind: string): string =>
  kind.replace('.', '-').replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** The guide without its title, which the page gives, below the heading of its kind. */
const guideOf = (kind: string): string => {
  const guide = readFileSync(`core/steps/${folderOf(kind)}/guide.md`, 'utf8').trim();
  return deeper(guide.replace(/^# .*\n+/, ''), 1);
};
