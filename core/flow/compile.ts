/**
 * Makes of a document what the engine reads: defaults filled in, expressions compiled, edges indexed. Done once per
 * version and process. Refuses a document whose structure or expressions are broken, but not one that merely fails a
 * rule a later build added: a version that was published keeps running.
 */
import { HeadraceError } from '@/core/errors';
import { type CompiledTemplate, compileTemplate } from '@/core/expression';
import type { CompiledFlow, CompiledScope, CompiledStep, RetryPolicy } from '@/core/flow/compiled-flow';
import type { FlowDocument, FlowStep } from '@/core/flow/document';
import { buildGraph, compensatePort, type FlowGraph, type GraphNode, loopsAround, rootScope } from '@/core/flow/graph';
import type { Problem } from '@/core/flow/problems/problem';
import { sagaFaults } from '@/core/flow/problems/saga-problems';
import { structureProblems } from '@/core/flow/problems/structure-problems';
import { findRefused } from '@/core/flow/refused';
import { type JsonObject, type JsonValue, jsonPointer } from '@/core/json';
import { limits } from '@/core/limits';
import type { StepManifest } from '@/core/steps/contract';
import { reconcileStepOf } from '@/core/steps/http-request/config';
import { findKind } from '@/core/steps/registry';

/** The defaults of the flow format. */
const defaultRetry: RetryPolicy = {
  attempts: 3,
  backoff: 'exponential',
  initialMs: 200,
  maxMs: 30_000,
  jitter: 'full',
};

/** Collects faults while steps are compiled. */
type Report = (
  faults: readonly { readonly pointer: string; readonly code: string; readonly message: string }[],
) => void;

/**
 * @param document a version, or a draft that is to be run
 * @returns the compiled flow; it shares nothing mutable with the document
 * @throws HeadraceError `flow.invalid` with every fault that keeps it from running
 */
export function compileFlow(document: FlowDocument): CompiledFlow {
  const graph = buildGraph(document);
  const faults: Problem[] = [
    ...structureProblems(document, graph),
    ...sagaFaults(document, graph),
    ...findRefused(document).map((refusal) => ({ ...refusal, code: 'flow.notExecuted', severity: 'error' as const })),
  ];
  const undoes = undoneBy(graph);
  const steps = new Map<string, CompiledStep>();
  for (const [id, node] of graph.nodes) {
    const report: Report = (found) => {
      faults.push(...found.map((fault) => ({ ...fault, stepId: id, severity: 'error' as const })));
    };
    const compiled = compileStep(node, graph, undoes.get(id) ?? null, report);
    if (compiled !== null) {
      steps.set(id, compiled);
    }
  }
  const tags = compileTags(document, (found) => {
    faults.push(...found.map((fault) => ({ ...fault, severity: 'error' as const })));
  });
  if (faults.length > 0) {
    throw new HeadraceError('flow.invalid', `The flow "${document.name}" cannot run: ${faults[0]?.message ?? ''}`, {
      faults,
    });
  }
  const whole = { name: document.name, timeoutMs: document.settings?.timeoutMs ?? null, tags };
  return assemble(graph, stepsByLoop(graph, steps), rootScope, whole);
}

/**
 * The flow, or the body of a loop: the steps whose nearest loop it is, with the bodies of the loops among them.
 * @param loop id of the loop, or that of the flow itself
 */
function assemble(
  graph: FlowGraph,
  byLoop: ReadonlyMap<string, readonly CompiledStep[]>,
  loop: string,
  whole: Pick<CompiledFlow, 'name' | 'timeoutMs' | 'tags'>,
): CompiledFlow {
  const isBody = loop !== rootScope;
  const steps = new Map<string, CompiledStep>();
  for (const step of byLoop.get(loop) ?? []) {
    const isLoop = step.manifest.isLoop === true;
    steps.set(step.id, {
      ...step,
      scope: step.scope === loop ? rootScope : step.scope,
      body: isLoop ? assemble(graph, byLoop, step.id, { name: whole.name, timeoutMs: null, tags: null }) : null,
    });
  }
  const order = graph.order.filter((id) => steps.has(id));
  return {
    ...whole,
    isBody,
    steps,
    order,
    triggers: isBody ? [] : graph.triggers,
    scopes: compileScopes(order, steps),
    pivots: order.filter((id) => steps.get(id)?.isPivot === true),
    loops: order.filter((id) => steps.get(id)?.body !== null),
    undoing: compileUndoing(order, steps),
  };
}

/** In document order, by the innermost loop around them. */
function stepsByLoop(
  graph: FlowGraph,
  steps: ReadonlyMap<string, CompiledStep>,
): ReadonlyMap<string, readonly CompiledStep[]> {
  const byLoop = new Map<string, CompiledStep[]>();
  for (const step of steps.values()) {
    const loop = loopsAround(graph, step.id)[0] ?? rootScope;
    const known = byLoop.get(loop);
    if (known === undefined) byLoop.set(loop, [step]);
    else known.push(step);
  }
  return byLoop;
}

/** The step each compensation step helps to undo; it has exactly one, else the document has a fault. */
function undoneBy(graph: FlowGraph): ReadonlyMap<string, string> {
  const undoes = new Map<string, string>();
  for (const id of graph.order) {
    for (const [port, edges] of graph.nodes.get(id)?.outgoing ?? []) {
      const undone = port === compensatePort ? id : undoes.get(id);
      if (undone === undefined) continue;
      for (const { to } of edges) undoes.set(to, undone);
    }
  }
  return undoes;
}

function compileScopes(
  order: readonly string[],
  steps: ReadonlyMap<string, CompiledStep>,
): ReadonlyMap<string, CompiledScope> {
  const members = new Map<string, string[]>([[rootScope, []]]);
  for (const id of order) {
    const step = steps.get(id);
    if (step === undefined) continue;
    if (step.isContainer) members.set(id, []);
    if (step.undoes === null && step.reconciles === null) members.get(step.scope)?.push(id);
  }
  const within = (scope: string): CompiledStep[] =>
    (members.get(scope) ?? []).flatMap((id) => {
      const step = steps.get(id);
      return step === undefined ? [] : [step, ...within(id)];
    });
  return new Map(
    [...members].map(([id, own]) => [
      id,
      { id, parent: steps.get(id)?.scope ?? null, members: own, within: within(id) },
    ]),
  );
}

function compileUndoing(
  order: readonly string[],
  steps: ReadonlyMap<string, CompiledStep>,
): ReadonlyMap<string, readonly string[]> {
  const undoing = new Map<string, string[]>();
  for (const id of order) {
    const undone = steps.get(id)?.undoes ?? null;
    if (undone === null) continue;
    const known = undoing.get(undone);
    if (known === undefined) undoing.set(undone, [id]);
    else known.push(id);
  }
  return undoing;
}

function compileStep(node: GraphNode, graph: FlowGraph, undoes: string | null, report: Report): CompiledStep | null {
  const { step, index } = node;
  const kind = findKind(step.kind);
  if (kind === null) {
    return null;
  }
  const written = (step.config ?? {}) as JsonObject;
  const lazyFields = new Set(kind.manifest.lazyFields ?? []);
  const verbatimFields = new Set(kind.manifest.verbatimFields ?? []);
  const eager = pickFields(written, (name) => !lazyFields.has(name) && !verbatimFields.has(name));
  const lazyConfig = pickFields(written, (name) => lazyFields.has(name));
  const base = jsonPointer('steps', index, 'config');
  const config = compileTemplate(eager, { pointer: base });
  report(config.faults);
  const wired = new Map([...node.outgoing].map(([port, edges]) => [port, edges.map((edge) => edge.to)]));
  const outgoing = new Map([...wired].filter(([port]) => port !== compensatePort));
  return {
    id: step.id,
    kind: step.kind,
    step,
    manifest: kind.manifest,
    executor: kind.executor,
    config: config.template,
    lazy: compileLeaves(lazyConfig, base, report),
    lazyConfig,
    retry: resolveRetry(step, kind.manifest),
    timeoutMs: step.timeoutMs ?? limits.attemptTimeoutMs,
    deadlineMs: step.deadlineMs ?? null,
    join: step.join ?? 'all',
    isDisabled: step.disabled ?? false,
    incoming: node.incoming.filter(({ port }) => port !== compensatePort).map(({ from, port }) => ({ from, port })),
    outgoing,
    hasErrorPort: outgoing.has('error'),
    scope: node.scope,
    isContainer: kind.manifest.isContainer === true && kind.manifest.isLoop !== true,
    body: null,
    isPivot: step.pivot === true,
    undo: wired.get(compensatePort) ?? [],
    undoes,
    reconcileWith: reconcileStepOf(step.config),
    reconciles: graph.reconciles.get(step.id) ?? null,
  };
}

const pickFields = (config: JsonObject, isWanted: (name: string) => boolean): JsonObject =>
  Object.fromEntries(Object.entries(config).filter(([name]) => isWanted(name)));

/** One template for every value at the end of a path, so that the executor can ask for any of them. */
function compileLeaves(value: JsonObject, base: string, report: Report): ReadonlyMap<string, CompiledTemplate> {
  const leaves = new Map<string, CompiledTemplate>();
  const visit = (at: JsonValue, pointer: string): void => {
    if (typeof at === 'object' && at !== null) {
      for (const [key, member] of Object.entries(at)) {
        visit(member, pointer + jsonPointer(key));
      }
      return;
    }
    const { template, faults } = compileTemplate(at, { pointer: base + pointer });
    report(faults);
    leaves.set(pointer, template);
  };
  visit(value, '');
  return leaves;
}

function resolveRetry({ retry }: FlowStep, manifest: StepManifest): RetryPolicy {
  if (!manifest.accepts.has('retry')) {
    return { ...defaultRetry, attempts: 1 };
  }
  const initialMs = retry?.initialMs ?? defaultRetry.initialMs;
  return {
    attempts: retry?.attempts ?? defaultRetry.attempts,
    backoff: retry?.backoff ?? defaultRetry.backoff,
    initialMs,
    // A long first pause without a limit of its own would otherwise be cut to the default limit.
    maxMs: retry?.maxMs ?? Math.max(defaultRetry.maxMs, initialMs),
    jitter: retry?.jitter ?? defaultRetry.jitter,
  };
}

function compileTags(document: FlowDocument, report: Report): CompiledTemplate | null {
  const tags = document.settings?.tags;
  if (tags === undefined || Object.keys(tags).length === 0) {
    return null;
  }
  const { template, faults } = compileTemplate(tags, { pointer: '/settings/tags' });
  report(faults);
  return template;
}
