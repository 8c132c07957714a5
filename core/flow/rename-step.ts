/**
 * Gives a step another id everywhere at once: the step, its edges, its place on the canvas, the call it finds out about
 * and every expression that reads it. Refuses nothing: whether the new id is well formed and free is for the caller to
 * ask with `isFreeStepId`.
 */
import { renameStepReference } from '@/core/expression';
import { type FlowDocument, type FlowStep, reservedStepIds, stepIdPattern } from '@/core/flow/document';
import type { JsonObject } from '@/core/json';
import { reconcileStepOf } from '@/core/steps/http-request/config';
import { findKind } from '@/core/steps/registry';

/** Whether a step of this document may be called `id`: well formed, not reserved, not taken. */
export const isFreeStepId = (document: FlowDocument, id: string): boolean =>
  stepIdPattern.test(id) && !reservedStepIds.has(id) && !document.steps.some((step) => step.id === id);

/** @returns a changed copy; the same parts where nothing referred to the step */
export function renameStep(document: FlowDocument, fromId: string, toId: string): FlowDocument {
  const renamed = (id: string): string => (id === fromId ? toId : id);
  const { canvas, settings } = document;
  return {
    ...document,
    steps: document.steps.map((step) => renameInStep(step, fromId, toId)),
    edges: document.edges.map((edge) =>
      edge.from === fromId || edge.to === fromId ? { ...edge, from: renamed(edge.from), to: renamed(edge.to) } : edge,
    ),
    ...(canvas?.steps
      ? {
          canvas: {
            ...canvas,
            steps: Object.fromEntries(Object.entries(canvas.steps).map(([id, at]) => [renamed(id), at])),
          },
        }
      : {}),
    ...(settings?.tags ? { settings: { ...settings, tags: renameStepReference(settings.tags, fromId, toId) } } : {}),
  };
}

function renameInStep(step: FlowStep, fromId: string, toId: string): FlowStep {
  const config = step.config && renameFinder(renameInConfig(step.kind, step.config, fromId, toId), fromId, toId);
  const isSame = step.id !== fromId && step.in !== fromId && config === step.config;
  return isSame
    ? step
    : {
        ...step,
        id: step.id === fromId ? toId : step.id,
        ...(step.in === undefined ? {} : { in: step.in === fromId ? toId : step.in }),
        ...(config === undefined ? {} : { config }),
      };
}

/** Fields in a language of their own hold no expressions, whatever they look like. */
function renameInConfig(kind: string, config: JsonObject, fromId: string, toId: string): JsonObject {
  const renamed = renameStepReference(config, fromId, toId);
  const verbatim = (findKind(kind)?.manifest.verbatimFields ?? []).filter((name) => renamed[name] !== config[name]);
  return verbatim.length === 0
    ? renamed
    : { ...renamed, ...Object.fromEntries(verbatim.map((name) => [name, config[name] ?? null])) };
}

/** The step that finds out about a call is named by its config, outside of any expression. */
const renameFinder = (config: JsonObject, fromId: string, toId: string): JsonObject =>
  reconcileStepOf(config) === fromId ? { ...config, onUnknown: { reconcile: toId } } : config;
