/** The step that sends a run one of several ways. Its ports are its cases; what fits none leaves by `else`. */
import { z } from 'zod';
import type { Fault } from '@/core/errors';
import { stepIdPattern } from '@/core/flow/document';
import { isPlainObject, type JsonObject, jsonPointer } from '@/core/json';
import { limits } from '@/core/limits';
import type { PortManifest, StepManifest, Templated } from '@/core/steps/contract';
import { errorPort } from '@/core/steps/ports';
import { isExpression } from '@/core/steps/templated';

/** More ways than this cannot be told apart on a card; nest switches or look the answer up in a transform. */
const casesMax = 50;
/** Ports that mean something else already. */
const reservedPorts: ReadonlySet<string> = new Set(['out', 'error', 'else', 'compensate']);

const when = z
  .union([z.boolean(), z.string().max(limits.expressionLength)])
  .refine((value) => typeof value === 'boolean' || isExpression(value), {
    error: 'A condition is an expression, such as {{ event.data.total > 100 }}. This text would always be true.',
  });

const switchCase = z.strictObject({
  port: z
    .string()
    .max(limits.nameLength)
    .regex(stepIdPattern, { error: 'The name of a case begins with a small letter; then letters, digits and "_".' })
    .refine((name) => !reservedPorts.has(name), {
      error: ({ input }) => `"${String(input)}" is a port already. Choose another name for the case.`,
    }),
  when,
});

export const switchConfig = (_templated: Templated) =>
  z.strictObject({ cases: z.array(switchCase).min(1, { error: 'A switch needs at least one case.' }).max(casesMax) });

/** Names of the cases of a possibly incomplete config, in order, each once. */
export function casePorts(config: JsonObject): readonly string[] {
  const cases = Array.isArray(config.cases) ? config.cases : [];
  const names = cases.map((item) => (isPlainObject(item) && typeof item.port === 'string' ? item.port : ''));
  return [...new Set(names.filter((name) => name !== ''))];
}

function ports(config: JsonObject): readonly PortManifest[] {
  const named = casePorts(config).filter((name) => !reservedPorts.has(name));
  return [...named.map((name) => ({ name, label: name })), { name: 'else', label: 'else' }, errorPort];
}

/** A second case with the same port would be two wires that look like one. */
function check(config: JsonObject): readonly Fault[] {
  const cases = Array.isArray(config.cases) ? config.cases : [];
  const seen = new Set<unknown>();
  return cases.flatMap((item, index): Fault[] => {
    const port = isPlainObject(item) ? item.port : undefined;
    if (port === undefined || !seen.has(port)) {
      seen.add(port);
      return [];
    }
    const message = `The case "${String(port)}" exists already. Give this one another name, or join the conditions with "or".`;
    return [{ pointer: jsonPointer('cases', index, 'port'), code: 'switch.caseRepeated', message }];
  });
}

export const manifest: StepManifest = {
  kind: 'logic.switch',
  group: 'decide',
  label: 'Switch',
  icon: 'switch',
  description: 'Goes one of several ways: the first case that is true.',
  isTrigger: false,
  nature: 'pure',
  config: switchConfig,
  fields: [
    {
      name: 'cases',
      label: 'Cases',
      widget: 'switchCases',
      required: true,
      isTemplated: true,
      help: 'Tried from the top; the first that is true is taken, and else when none is.',
    },
  ],
  ports,
  accepts: new Set(['disabled', 'join']),
  lazyFields: ['cases'],
  summary: (config) => ({ verb: 'when', rest: [...casePorts(config), 'else'].join(', ') }),
  check,
  example: { cases: [{ port: 'large', when: '{{ event.data.body.total > 100 }}' }] },
  output: 'Its input, unchanged.',
};
