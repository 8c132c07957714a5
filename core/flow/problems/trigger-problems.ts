/**
 * Problems between triggers and the rest: answers nobody gives, answers nobody waits for, addresses taken twice, and
 * steps no run can get to.
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
    ...unreachableProblems(graph),
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

function pathProblems(triggers: readonly WebhookTrigger[], graph: FlowGraph): Problem[] {
  const first = new Map<string, WebhookTrigger>();
  return triggers.flatMap((trigger): Problem[] => {
    const address = `${trigger.config.method} ${trigger.pathKey}`;
    const other = first.get(address);
    const node = graph.nodes.get(trigger.stepId);
    if (other === undefined || node === undefined) {
      first.set(address, trigger);
      return [];
    }
    const otherNode = graph.nodes.get(other.stepId);
    const name = otherNode === undefined ? other.stepId : labelOf(otherNode.step);
    const message = `"${name}" takes ${trigger.config.method} /${other.config.path} already. Choose another path or method.`;
    return [
      stepProblem({ index: node.index, stepId: trigger.stepId }, '/config/path', 'webhook.pathRepeated', message),
    ];
  });
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
