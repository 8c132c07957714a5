/**
 * Problems inside one step: its config, the policies it does not take, secrets and expressions where none belong.
 * Refuses nothing that `refused.ts` has named already: one mistake is one problem.
 */
import type { FlowDocument, FlowStep } from '@/core/flow/document';
import { isAtOrBelow, type Problem, type StepPlace, stepPointer, stepProblem } from '@/core/flow/problems/problem';
import type { Refusal } from '@/core/flow/refused';
import { type JsonObject, type JsonValue, jsonPointer, parseJsonPointer } from '@/core/json';
import { limits } from '@/core/limits';
import { approvalLinkReference, findApprovalLinks } from '@/core/steps/approval-link';
import type { StepManifest } from '@/core/steps/contract';
import { findKind } from '@/core/steps/registry';
import { findSecrets, secretReference } from '@/core/steps/secret-reference';
import { asWritten, isExpression } from '@/core/steps/templated';
import { zodFaults } from '@/core/zod-faults';

/** @param refusals of the same document; what they cover is not reported again */
export function configProblems(document: FlowDocument, refusals: readonly Refusal[]): Problem[] {
  return document.steps.flatMap((step, index) => {
    const manifest = findKind(step.kind)?.manifest;
    if (manifest === undefined) {
      return [];
    }
    const place: StepPlace = { index, stepId: step.id };
    const base = jsonPointer('steps', index, 'config');
    const refusedFields = refusals
      .filter(({ pointer }) => isAtOrBelow(pointer, base))
      .map(({ pointer }) => jsonPointer(parseJsonPointer(pointer.slice(base.length))[0] ?? ''));
    return [...policyProblems(step, manifest, place), ...fieldProblems(step, manifest, place, refusedFields)];
  });
}

/** Problems of what stands beside `config`: retry, time limits, join. */
function policyProblems(step: FlowStep, manifest: StepManifest, place: StepPlace): Problem[] {
  const found = (['retry', 'timeoutMs', 'deadlineMs', 'disabled', 'join', 'pivot'] as const)
    .filter((field) => step[field] !== undefined && step[field] !== false && !manifest.accepts.has(field))
    .map((field) =>
      stepProblem(
        place,
        `/${field}`,
        'step.fieldNotAccepted',
        `A step "${manifest.label}" does not take "${field}". Remove it.`,
      ),
    );
  const accepted = (field: 'retry' | 'timeoutMs' | 'deadlineMs'): boolean => manifest.accepts.has(field);
  return [
    ...found,
    ...(accepted('timeoutMs')
      ? durationProblems(place, '/timeoutMs', step.timeoutMs, 1, manifest.timeoutMaxMs ?? limits.attemptTimeoutMaxMs)
      : []),
    ...(accepted('deadlineMs')
      ? durationProblems(place, '/deadlineMs', step.deadlineMs, 1, limits.stepDeadlineMaxMs)
      : []),
    ...(accepted('retry') && step.retry !== undefined ? retryProblems(step.retry, place) : []),
  ];
}

function retryProblems(retry: NonNullable<FlowStep['retry']>, place: StepPlace): Problem[] {
  const { initialMs, maxMs } = retry;
  const found = [
    ...durationProblems(place, '/retry/initialMs', initialMs, 0, limits.retryDelayMaxMs),
    ...durationProblems(place, '/retry/maxMs', maxMs, 0, limits.retryDelayMaxMs),
  ];
  if (initialMs !== undefined && maxMs !== undefined && initialMs > maxMs) {
    const message = `The first pause (${initialMs} ms) is longer than the longest (${maxMs} ms). Exchange or raise them.`;
    found.push(stepProblem(place, '/retry/initialMs', 'retry.initialOverMax', message));
  }
  return found;
}

function durationProblems(
  place: StepPlace,
  inside: string,
  value: number | undefined,
  min: number,
  max: number,
): Problem[] {
  return value === undefined || (value >= min && value <= max)
    ? []
    : [stepProblem(place, inside, 'step.durationOutOfRange', `Choose from ${min} to ${max} ms.`)];
}

/** Schemas are built once per kind: a flow of a thousand steps has a handful of kinds. */
const writtenSchemas = new WeakMap<StepManifest, ReturnType<StepManifest['config']>>();

function writtenSchema(manifest: StepManifest): ReturnType<StepManifest['config']> {
  const known = writtenSchemas.get(manifest);
  if (known !== undefined) {
    return known;
  }
  const schema = manifest.config(asWritten);
  writtenSchemas.set(manifest, schema);
  return schema;
}

function fieldProblems(
  step: FlowStep,
  manifest: StepManifest,
  place: StepPlace,
  refusedFields: readonly string[],
): Problem[] {
  const config = (step.config ?? {}) as JsonObject;
  const isRefused = (pointer: string): boolean => refusedFields.some((field) => isAtOrBelow(pointer, field));
  const misplaced = [
    ...secretProblems(config, manifest, place),
    ...approvalLinkProblems(config, manifest, place),
    ...constantProblems(config, manifest, place),
  ].filter(({ pointer }) => !isRefused(pointer.slice(stepPointer(place.index, 'config').length)));
  const parsed = writtenSchema(manifest).safeParse(config);
  const faults = [
    ...(parsed.success ? [] : zodFaults(parsed.error, config)),
    ...(manifest.check?.(config) ?? []),
  ].filter(({ pointer }) => !isRefused(pointer));
  const fresh = faults
    .map(({ pointer, code, message, severity }) => stepProblem(place, `/config${pointer}`, code, message, severity))
    .filter((fault) => !misplaced.some((other) => isAtOrBelow(fault.pointer, other.pointer)));
  return [...misplaced, ...fresh];
}

/** References to secrets where none is put in, and malformed ones where they are. */
function secretProblems(config: JsonObject, manifest: StepManifest, place: StepPlace): Problem[] {
  return [...findSecrets(config)].flatMap(([pointer, reference]): Problem[] => {
    const field = manifest.fields.find(({ name }) => isAtOrBelow(pointer, jsonPointer(name)));
    if (field === undefined) {
      return [];
    }
    if (!field.takesSecret) {
      const message = `A secret cannot be used in "${field.label}": the value would be stored and shown.`;
      return [stepProblem(place, `/config${pointer}`, 'secret.notAllowed', message)];
    }
    const parsed = secretReference.safeParse(reference);
    return parsed.success
      ? []
      : zodFaults(parsed.error, reference).map((fault) =>
          stepProblem(place, `/config${pointer}${fault.pointer}`, 'secret.malformed', fault.message),
        );
  });
}

/** References to links that answer approvals, where none is put in, and malformed ones where they are. */
function approvalLinkProblems(config: JsonObject, manifest: StepManifest, place: StepPlace): Problem[] {
  return [...findApprovalLinks(config)].flatMap(([pointer, reference]): Problem[] => {
    const field = manifest.fields.find(({ name }) => isAtOrBelow(pointer, jsonPointer(name)));
    if (field === undefined) return [];
    if (field.takesApprovalLink !== true) {
      const message = `A link to an approval cannot be used in "${field.label}": only the body of a request holds one.`;
      return [stepProblem(place, `/config${pointer}`, 'approvalLink.notAllowed', message)];
    }
    const parsed = approvalLinkReference(asWritten).safeParse(reference);
    return parsed.success
      ? []
      : zodFaults(parsed.error, reference).map((fault) =>
          stepProblem(place, `/config${pointer}${fault.pointer}`, 'approvalLink.malformed', fault.message),
        );
  });
}

/** Expressions in fields that are read when the flow is published. */
function constantProblems(config: JsonObject, manifest: StepManifest, place: StepPlace): Problem[] {
  return manifest.fields
    .filter(({ name, isTemplated }) => !isTemplated && Object.hasOwn(config, name))
    .filter(({ name }) => !manifest.verbatimFields?.includes(name))
    .flatMap(({ name, label }) =>
      [...expressionsIn(config[name] ?? null, jsonPointer(name))].map(([pointer]) =>
        stepProblem(
          place,
          `/config${pointer}`,
          'expression.notHere',
          `"${label}" is fixed when the flow is published and cannot hold an expression. Write the value itself.`,
        ),
      ),
    );
}

/** Every text with an expression inside `value`, by pointer. */
export function expressionsIn(value: JsonValue, pointer: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const visit = (at: JsonValue, where: string): void => {
    if (isExpression(at)) {
      found.set(where, at);
    } else if (typeof at === 'object' && at !== null) {
      for (const [key, member] of Object.entries(at)) {
        visit(member, where + jsonPointer(key));
      }
    }
  };
  visit(value, pointer);
  return found;
}
