/**
 * Problems of expressions: those that do not parse, and those that read what cannot be there. A step that may have been
 * skipped may be read (its output is then missing); one that cannot have run before is a mistake.
 */
import { compileTemplate, type ExpressionReferences } from '@/core/expression';
import { type FlowDocument, type FlowStep, labelOf } from '@/core/flow/document';
import { behindPort, type FlowGraph, isBefore, loopsAround } from '@/core/flow/graph';
import { laneRoots } from '@/core/flow/lane';
import { expressionsIn } from '@/core/flow/problems/config-problems';
import { flowProblem, type Problem } from '@/core/flow/problems/problem';
import { type JsonObject, jsonPointer } from '@/core/json';
import { findKind } from '@/core/steps/registry';

/** What tags are evaluated with: they are fixed when the run starts. */
const tagRoots: readonly string[] = ['event', 'run', 'vars'];
/** What a step can read. */
const stepRoots: readonly string[] = ['event', 'steps', 'run', 'vars', 'error'];
/** What a step inside a loop can read besides. */
const loopRoots: readonly string[] = ['item', 'index'];

const tagName = /^[A-Za-z][A-Za-z0-9_.-]*$/;

export function expressionProblems(document: FlowDocument, graph: FlowGraph): Problem[] {
  const behindErrors = behindPort(graph, 'error');
  return [
    ...document.steps.flatMap((step, index) => stepExpressionProblems(step, index, graph, behindErrors)),
    ...tagProblems(document),
    ...laneProblems(document),
  ];
}

function stepExpressionProblems(
  step: FlowStep,
  index: number,
  graph: FlowGraph,
  behindErrors: ReadonlySet<string>,
): Problem[] {
  const manifest = findKind(step.kind)?.manifest;
  if (manifest === undefined) {
    return [];
  }
  const config = (step.config ?? {}) as JsonObject;
  const isInLoop = loopsAround(graph, step.id).length > 0;
  const kindRoots = manifest.expressionRoots ?? (isInLoop ? [...stepRoots, ...loopRoots] : stepRoots);
  const hasErrors = behindErrors.has(step.id);
  return manifest.fields
    .filter(({ name, isTemplated }) => isTemplated && Object.hasOwn(config, name))
    .flatMap(({ name, expressionRoots: roots = kindRoots }) =>
      [...expressionsIn(config[name] ?? null, jsonPointer('steps', index, 'config', name))].map(
        ([pointer, text]) => [pointer, text, roots] as const,
      ),
    )
    .flatMap(([pointer, text, roots]): Problem[] => {
      const { template, faults } = compileTemplate(text, { pointer });
      const { references } = template;
      return [
        ...faults.map(({ code, message }) => flowProblem(pointer, code, message)),
        ...rootProblems(references, roots, pointer),
        ...(roots.includes('steps') ? referenceProblems(references, step.id, graph, pointer) : []),
        ...(references.roots.has('error') && roots.includes('error') && !hasErrors ? [errorOffPath(pointer)] : []),
      ].map((problem) => ({ ...problem, stepId: step.id }));
    });
}

function rootProblems(references: ExpressionReferences, roots: readonly string[], pointer: string): Problem[] {
  return [...references.roots]
    .filter((root) => !roots.includes(root))
    .map((root) => {
      const known = roots.map((name) => `"${name}"`).join(', ');
      return flowProblem(
        pointer,
        'expression.rootNotHere',
        `"${root}" does not exist here. This field can read ${known}.`,
      );
    });
}

function referenceProblems(
  references: ExpressionReferences,
  stepId: string,
  graph: FlowGraph,
  pointer: string,
): Problem[] {
  return [...references.steps].flatMap((id): Problem[] => {
    const node = graph.nodes.get(id);
    if (node === undefined) {
      return [flowProblem(pointer, 'expression.stepUnknown', `There is no step "${id}" in this flow.`)];
    }
    if (id === stepId) {
      return [flowProblem(pointer, 'expression.stepSelf', 'A step cannot read its own output: it has none yet.')];
    }
    const loop = loopsAround(graph, id).find((around) => !loopsAround(graph, stepId).includes(around));
    if (loop !== undefined) return [readsIntoLoop(graph, id, loop, pointer)];
    // What finds out about a step reads what that step could read, and the step itself.
    const reader = graph.reconciles.get(stepId) ?? stepId;
    if (id === reader || isBefore(graph, id, reader)) return [];
    return graph.undoing.has(stepId) && !graph.undoing.has(id)
      ? [
          flowProblem(
            pointer,
            'compensation.outputMayBeMissing',
            `"${labelOf(node.step)}" (${id}) may not have run when this step undoes: it does not come before the step that is undone.`,
            'warning',
          ),
        ]
      : [
          flowProblem(
            pointer,
            'expression.stepNotBefore',
            `"${labelOf(node.step)}" (${id}) can never have run before this step. Draw a way from it to here, or read another step.`,
          ),
        ];
  });
}

function readsIntoLoop(graph: FlowGraph, id: string, loop: string, pointer: string): Problem {
  const [inner, outer] = [id, loop].map((each) => labelOf(graph.nodes.get(each)?.step ?? { id: each }));
  const message =
    `"${inner}" (${id}) runs once per item of "${outer}", so it has no one output here. ` +
    `Read what all iterations made: steps.${loop}.output.items.`;
  return flowProblem(pointer, 'expression.stepInLoop', message);
}

const errorOffPath = (pointer: string): Problem =>
  flowProblem(
    pointer,
    'expression.errorOffPath',
    '"error" is always missing here: no way leads from an error port to this step.',
    'warning',
  );

function tagProblems(document: FlowDocument): Problem[] {
  return Object.entries(document.settings?.tags ?? {}).flatMap(([name, text]) => {
    const pointer = jsonPointer('settings', 'tags', name);
    const { template, faults } = compileTemplate(text, { pointer });
    return [
      ...(tagName.test(name)
        ? []
        : [
            flowProblem(
              pointer,
              'tag.nameInvalid',
              `"${name}" cannot be a tag: begin with a letter, then letters, digits, "_", "." and "-".`,
            ),
          ]),
      ...faults.map(({ code, message }) => flowProblem(pointer, code, message)),
      ...rootProblems(template.references, tagRoots, pointer),
    ];
  });
}

function laneProblems({ settings }: FlowDocument): Problem[] {
  if (settings?.lane === undefined) return [];
  const pointer = jsonPointer('settings', 'lane', 'key');
  const { template, faults } = compileTemplate(settings.lane.key, { pointer });
  return [
    ...faults.map(({ code, message }) => flowProblem(pointer, code, message)),
    ...rootProblems(template.references, laneRoots, pointer),
  ];
}
