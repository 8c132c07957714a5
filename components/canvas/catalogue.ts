/**
 * What the canvas asks of the step catalogue, answered for every step of a draft: also for kinds this build does not
 * know and for config that is half written. Refuses to throw: a card must be drawn for whatever the document holds.
 */
import { type IconName, iconNames } from '@/components/ui/icon';
import type { FlowStep } from '@/core/flow/document';
import type { JsonObject } from '@/core/json';
import type { PortManifest, StepGroup, StepManifest } from '@/core/steps/contract';
import { findKind, stepKinds } from '@/core/steps/registry';

/** Every manifest of this build, in the order of the palette. */
export const manifests: readonly StepManifest[] = Object.values(stepKinds).map((kind) => kind.manifest);

export const manifestOf = (kind: string): StepManifest | undefined => findKind(kind)?.manifest;

export const groupLabels: Readonly<Record<StepGroup, string>> = {
  trigger: 'Start',
  call: 'Call',
  shape: 'Shape data',
  decide: 'Decide and repeat',
  event: 'Events and people',
};

const icons: ReadonlySet<string> = new Set(iconNames);
export const iconOf = (kind: string): IconName => {
  const name = manifestOf(kind)?.icon ?? 'unknown';
  return icons.has(name) ? (name as IconName) : 'unknown';
};

export const isTrigger = (kind: string): boolean => manifestOf(kind)?.isTrigger ?? kind.startsWith('trigger.');

/** Whether other steps can be drawn inside it. */
export const isContainer = (kind: string): boolean => manifestOf(kind)?.isContainer === true;

/** Whether what is inside it happens once per item. */
export const isLoop = (kind: string): boolean => manifestOf(kind)?.isLoop === true;

/** What a person calls a region of this kind. */
export const regionWord = (kind: string | undefined): 'loop' | 'scope' =>
  kind !== undefined && isLoop(kind) ? 'loop' : 'scope';

/** Whether a step of this kind can take part in undoing another: it leads on, and is neither a trigger nor a region. */
export const canUndo = (manifest: StepManifest): boolean =>
  !manifest.isTrigger && manifest.isContainer !== true && manifest.ports({}).length > 0;

/**
 * The outlets of a step, and those its wires use although its kind does not have them.
 * @param wired names of ports that edges leave by
 */
export function portsOf(step: FlowStep, wired: readonly string[]): readonly PortManifest[] {
  const known = manifestOf(step.kind)?.ports(step.config ?? {}) ?? [];
  const strays = wired.filter((name, at) => wired.indexOf(name) === at && !known.some((port) => port.name === name));
  return strays.length === 0 ? known : [...known, ...strays.map((name) => ({ name, label: name }))];
}

/** Whether a step has this outlet according to its kind. */
export const hasPort = (step: FlowStep, port: string): boolean => portsOf(step, []).some(({ name }) => name === port);

/** The mono line of a card. */
export function summaryOf(step: FlowStep): { readonly verb: string; readonly rest: string } {
  const manifest = manifestOf(step.kind);
  return manifest ? manifest.summary(step.config ?? {}) : { verb: 'unknown', rest: step.kind };
}

/** A fresh config for a step that is being added. */
export const exampleOf = (kind: string): JsonObject => structuredClone(manifestOf(kind)?.example ?? {});
