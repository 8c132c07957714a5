/**
 * What the parts of a run page know about a step beyond what happened: how it is drawn, what undoes what. Works without
 * the document, so that a run can be read while it loads or when it cannot be had.
 */
import { iconOf, isContainer, isLoop, isTrigger, manifestOf } from '@/components/canvas/catalogue';
import { drawnGraph, insideOf } from '@/components/canvas/scopes';
import { resolvedRetry } from '@/components/inspector/retry-plan';
import type { IconName } from '@/components/ui/icon';
import { type FlowDocument, type FlowStep, labelOf } from '@/core/flow/document';
import { compensatePort, loopsAround } from '@/core/flow/graph';

export interface DrawnSteps {
  readonly nameOf: (stepId: string) => string;
  readonly iconOf: (stepId: string) => IconName;
  /** Undefined when the document or the step is not there. */
  readonly stepOf: (stepId: string) => FlowStep | undefined;
  /** Tries the step may have; undefined when its kind is not known. */
  readonly triesOf: (stepId: string) => number | undefined;
  /** The step that this one helps to undo; null for a step of the way forward. */
  readonly undoesOf: (stepId: string) => string | null;
  /** Where undoing it begins: the steps behind its `compensate` wires. */
  readonly undoneBy: (stepId: string) => readonly string[];
  /** The step of which this one finds out whether it took effect; null for any other. */
  readonly findsOutFor: (stepId: string) => string | null;
  /** Whether other steps are inside it. */
  readonly isContainer: (stepId: string) => boolean;
  /** Whether what is inside it happens once per item. */
  readonly isLoop: (stepId: string) => boolean;
  /** Ids of the loops around a step, the outermost first. */
  readonly loopsAround: (stepId: string) => readonly string[];
  /** Whether something inside a container, at any depth, has a way to be undone. */
  readonly canUndoInside: (stepId: string) => boolean;
  /** Ids of the steps inside a container, in document order; none for any other step. */
  readonly membersOf: (stepId: string) => readonly string[];
  /**
   * Ids of the steps that a rerun may begin at, in document order: those of the way forward, triggers and what is inside
   * loops aside.
   */
  readonly beginnings: readonly string[];
  /** Whether all it does is wait. */
  readonly isDelay: (stepId: string) => boolean;
}

const none: readonly string[] = [];
/** Kinds that do nothing but wait. */
const waiting: ReadonlySet<string> = new Set(['logic.delay', 'event.wait', 'human.approval']);

export function drawnSteps(document: FlowDocument | undefined): DrawnSteps {
  const steps = new Map(document?.steps.map((step) => [step.id, step]));
  const drawn = document === undefined ? null : drawnGraph(document);
  const kindOf = (stepId: string): string => steps.get(stepId)?.kind ?? '';
  const around = new Map(
    [...steps.keys()].flatMap((id): [string, string[]][] => {
      const loops = drawn === null ? [] : loopsAround(drawn.graph, id).toReversed();
      return loops.length === 0 ? [] : [[id, loops]];
    }),
  );
  const holds = (stepId: string): boolean => isContainer(kindOf(stepId));
  const undoneBy = (stepId: string): string[] =>
    (drawn?.graph.nodes.get(stepId)?.outgoing.get(compensatePort) ?? []).map((edge) => edge.to);
  return {
    stepOf: (stepId) => steps.get(stepId),
    nameOf(stepId) {
      const step = steps.get(stepId);
      return step === undefined ? stepId : labelOf(step);
    },
    iconOf: (stepId) => iconOf(kindOf(stepId)),
    triesOf(stepId) {
      const step = steps.get(stepId);
      const manifest = step && manifestOf(step.kind);
      if (step === undefined || manifest === undefined) return undefined;
      return manifest.accepts.has('retry') ? resolvedRetry(step.retry).attempts : 1;
    },
    undoesOf: (stepId) => drawn?.undoes.get(stepId) ?? null,
    undoneBy,
    findsOutFor: (stepId) => drawn?.graph.reconciles.get(stepId) ?? null,
    isContainer: holds,
    isLoop: (stepId) => isLoop(kindOf(stepId)),
    loopsAround: (stepId) => around.get(stepId) ?? none,
    canUndoInside: (stepId) =>
      document !== undefined && [...insideOf(document, [stepId])].some((id) => undoneBy(id).length > 0),
    membersOf: (stepId) => (holds(stepId) ? (drawn?.members.get(stepId) ?? []) : []),
    beginnings: [...steps.values()]
      .filter(
        ({ id, kind }) =>
          !isTrigger(kind) &&
          drawn?.undoes.has(id) !== true &&
          drawn?.graph.reconciles.has(id) !== true &&
          !around.has(id),
      )
      .map(({ id }) => id),
    isDelay: (stepId) => waiting.has(kindOf(stepId)),
  };
}
