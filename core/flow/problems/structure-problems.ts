/**
 * Problems of the drawing itself: ids, kinds, wires, cycles. A document that has none of these can be compiled, so this
 * is also what `compileFlow` insists on. Refuses to look into config beyond what decides a step's ports.
 */
import {
  type FlowDocument,
  type FlowEdge,
  labelOf,
  portOf,
  reservedStepIds,
  stepIdPattern,
} from '@/core/flow/document';
import type { FlowGraph } from '@/core/flow/graph';
import { flowProblem, type Problem, type StepPlace, stepProblem } from '@/core/flow/problems/problem';
import { type JsonObject, jsonPointer } from '@/core/json';
import { findKind } from '@/core/steps/registry';

/** @param graph of the same document */
export function structureProblems(document: FlowDocument, graph: FlowGraph): Problem[] {
  return [
    ...idProblems(document),
    ...kindProblems(document),
    ...edgeProblems(document, graph),
    ...cycleProblems(graph),
    ...(graph.triggers.length === 0
      ? [
          flowProblem(
            '/steps',
            'flow.noTrigger',
            'Nothing starts this flow. Add a trigger: a webhook, an event or a run by hand.',
          ),
        ]
      : []),
  ];
}

function idProblems(document: FlowDocument): Problem[] {
  const seen = new Set<string>();
  return document.steps.flatMap(({ id }, index): Problem[] => {
    const place: StepPlace = { index, stepId: id };
    if (seen.has(id)) {
      return [
        stepProblem(
          place,
          '/id',
          'step.idTaken',
          `Another step is called "${id}" already. Give this one an id of its own.`,
        ),
      ];
    }
    seen.add(id);
    if (!stepIdPattern.test(id)) {
      const message = `"${id}" cannot be an id: begin with a small letter, then letters, digits and "_".`;
      return [stepProblem(place, '/id', 'step.idInvalid', message)];
    }
    return reservedStepIds.has(id)
      ? [
          stepProblem(
            place,
            '/id',
            'step.idReserved',
            `"${id}" means something else in expressions. Choose another id.`,
          ),
        ]
      : [];
  });
}

function kindProblems(document: FlowDocument): Problem[] {
  return document.steps.flatMap(({ id, kind }, index) =>
    findKind(kind) === null
      ? [
          stepProblem(
            { index, stepId: id },
            '/kind',
            'step.kindUnknown',
            `Steps of kind "${kind}" are not executed by this build. Replace or remove the step.`,
          ),
        ]
      : [],
  );
}

function edgeProblems(document: FlowDocument, graph: FlowGraph): Problem[] {
  const seen = new Set<string>();
  return document.edges.flatMap((edge, index) => {
    const key = JSON.stringify([edge.from, portOf(edge), edge.to]);
    const isRepeated = seen.has(key);
    seen.add(key);
    const found = faultsOfEdge(edge, index, graph);
    return isRepeated && found.length === 0
      ? [edgeProblem(edge, index, '', 'edge.duplicate', 'The same wire is drawn twice. Remove one of them.', graph)]
      : found;
  });
}

function faultsOfEdge(edge: FlowEdge, index: number, graph: FlowGraph): Problem[] {
  const from = graph.nodes.get(edge.from);
  const to = graph.nodes.get(edge.to);
  const fault = (field: string, code: string, message: string): Problem =>
    edgeProblem(edge, index, field, code, message, graph);
  if (from !== undefined && from === to) {
    return [fault('', 'edge.self', `"${labelOf(from.step)}" leads to itself. Remove the wire.`)];
  }
  const found: Problem[] = [];
  if (from === undefined) {
    found.push(
      fault('/from', 'edge.fromUnknown', `A wire begins at "${edge.from}", which is not a step of this flow.`),
    );
  }
  if (to === undefined) {
    found.push(fault('/to', 'edge.toUnknown', `A wire leads to "${edge.to}", which is not a step of this flow.`));
  } else if (findKind(to.step.kind)?.manifest.isTrigger) {
    const message = `A wire leads into the trigger "${labelOf(to.step)}". Triggers start a run; nothing comes before them.`;
    found.push(fault('/to', 'edge.intoTrigger', message));
  }
  const manifest = from === undefined ? undefined : findKind(from.step.kind)?.manifest;
  if (from === undefined || manifest === undefined) {
    return found;
  }
  const ports = manifest.ports((from.step.config ?? {}) as JsonObject).map((port) => port.name);
  if (!ports.includes(portOf(edge))) {
    const known =
      ports.length === 0
        ? 'it has none, nothing can follow it'
        : `it has ${ports.map((name) => `"${name}"`).join(', ')}`;
    found.push(fault('/port', 'edge.portUnknown', `"${labelOf(from.step)}" has no port "${portOf(edge)}": ${known}.`));
  }
  return found;
}

/** Shown on the card the wire begins at, else on the one it leads to. */
function edgeProblem(
  edge: FlowEdge,
  index: number,
  field: string,
  code: string,
  message: string,
  graph: FlowGraph,
): Problem {
  const stepId = [edge.from, edge.to].find((id) => graph.nodes.has(id));
  const problem = flowProblem(jsonPointer('edges', index) + field, code, message);
  return stepId === undefined ? problem : { ...problem, stepId };
}

function cycleProblems(graph: FlowGraph): Problem[] {
  return graph.cycles.map((cycle) => {
    const way = [...cycle, cycle[0] ?? ''].map((id) => {
      const node = graph.nodes.get(id);
      return node === undefined ? id : labelOf(node.step);
    });
    const last = graph.nodes.get(cycle.at(-1) ?? '');
    const closing = [...(last?.outgoing.values() ?? [])].flat().find((edge) => edge.to === cycle[0]);
    const message = `These steps lead back to themselves: ${way.join(' → ')}. Remove one of the wires.`;
    return { ...flowProblem(jsonPointer('edges', closing?.index ?? 0), 'flow.cycle', message), stepId: cycle[0] ?? '' };
  });
}
