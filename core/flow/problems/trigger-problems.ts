/**
 * Problems between triggers and the rest: answers nobody gives, answers nobody waits for, addresses taken twice, and
 * steps that no run gets to.
 */
import { type FlowDocument, labelOf } from '@/core/flow/document';
import { descendantsOf, type FlowGraph } from '@/core/flow/graph';
import { flowProblem, type Problem, stepPointer, stepProblem } from '@/core/flow/problems/problem';
import { type WebhookTrigger, webhookTriggers } from '@/core/flow/triggers';
import { jsonPointer } from '@/core/json';

export function triggerProblems(document: FlowDocument, graph: FlowGraph): Problem[] {
  const triggers = webhookTriggers(document);
  return [
    ...answerProblems(triggers, graph),
    ...pathProblems(triggers, graph),
    ...manualProblems(graph),
    ...unreachableProblems(graph),
    ...disabledProblems(graph),
    ...canvasProblems(document, graph),
  ];
}

function answerProblems(triggers: readonly WebhookTrigger[], graph: FlowGraph): Problem[] {
  const responders = new Set(
    [...graph.nodes.values()]
      .filter(({ step }) => step.kind === 'webhook.respond' && step.disabled !== true)
      .map(({ step }) => step.id),
  );
  const answered = new Set<string>();
  const found: Problem[] = [];
  for (const { stepId, config } of triggers) {
    const node = graph.nodes.get(stepId);
    if (config.respond !== 'step' || node === undefined) {
      continue;
    }
    const own = [...descendantsOf(graph, stepId)].filter((id) => responders.has(id));
    for (const id of own) {
      answered.add(id);
    }
    if (own.length === 0) {
      const message =
        'The caller waits for a Respond step, but no way leads to one. Add one, or choose another answer.';
      found.push(stepProblem({ index: node.index, stepId }, '/config/respond', 'webhook.respondMissing', message));
    }
  }
  for (const id of responders) {
    const node = graph.nodes.get(id);
    if (node !== undefined && !answered.has(id)) {
      const message = 'Nobody waits for this answer: no webhook with the answer "What a step says" leads here.';
      found.push(stepProblem({ index: node.index, stepId: id }, '', 'webhook.respondUnused', message, 'warning'));
    }
  }
  return found;
}

/** Two webhooks of one flow must not answer the same request; `ANY` answers every method. */
function pathProblems(triggers: readonly WebhookTrigger[], graph: FlowGraph): Problem[] {
  return triggers.flatMap((trigger, at): Problem[] => {
    const other = triggers
      .slice(0, at)
      .find(({ pathKey, config }) => pathKey === trigger.pathKey && overlaps(config.method, trigger.config.method));
    const node = graph.nodes.get(trigger.stepId);
    const otherNode = other === undefined ? undefined : graph.nodes.get(other.stepId);
    if (other === undefined || node === undefined || otherNode === undefined) {
      return [];
    }
    const taken = `${other.config.method} /${other.config.path}`;
    const message = `"${labelOf(otherNode.step)}" takes ${taken} already. Choose another path or method.`;
    return [
      stepProblem({ index: node.index, stepId: trigger.stepId }, '/config/path', 'webhook.pathRepeated', message),
    ];
  });
}

const overlaps = (a: string, b: string): boolean => a === b || a === 'ANY' || b === 'ANY';

/** A run by hand starts at the first manual trigger; another one never starts anything. */
function manualProblems(graph: FlowGraph): Problem[] {
  const [, ...others] = [...graph.nodes.values()].filter(({ step }) => step.kind === 'trigger.manual');
  return others.map(({ step, index }) =>
    stepProblem(
      { index, stepId: step.id },
      '',
      'trigger.manualRepeated',
      'A run by hand starts at the first such trigger, so this one never starts anything. Remove one of them.',
      'warning',
    ),
  );
}

/** A disabled step passes by `out` alone: behind a switch, or where only `error` is wired, nothing goes on. */
function disabledProblems(graph: FlowGraph): Problem[] {
  return [...graph.nodes.values()]
    .filter(({ step, outgoing }) => step.disabled === true && outgoing.size > 0 && !outgoing.has('out'))
    .map(({ step, index }) =>
      stepProblem(
        { index, stepId: step.id },
        '/disabled',
        'step.disabledStops',
        'A disabled step goes on by "out", which is not wired here: nothing behind it runs.',
        'warning',
      ),
    );
}

function unreachableProblems(graph: FlowGraph): Problem[] {
  if (graph.triggers.length === 0) {
    return [];
  }
  return [...graph.nodes.values()]
    .filter(({ step }) => !graph.reachable.has(step.id))
    .map(({ step, index }) => ({
      pointer: stepPointer(index),
      code: 'step.unreachable',
      message: 'No way leads from a trigger to this step, so it never runs. Connect or remove it.',
      stepId: step.id,
      severity: 'warning',
    }));
}

function canvasProblems(document: FlowDocument, graph: FlowGraph): Problem[] {
  return Object.keys(document.canvas?.steps ?? {})
    .filter((id) => !graph.nodes.has(id))
    .map((id) =>
      flowProblem(
        jsonPointer('canvas', 'steps', id),
        'canvas.stepUnknown',
        `The canvas has a place for "${id}", which is not a step of this flow.`,
        'warning',
      ),
    );
}
