/** The outlets that most kinds have, so that their names and labels are written once. */
import type { PortManifest } from '@/core/steps/contract';

export const outPort: PortManifest = { name: 'out', label: 'out' };
export const errorPort: PortManifest = { name: 'error', label: 'error' };

/** Of a trigger: it starts the run or it does not, there is nothing to catch. */
export const triggerPorts = (): readonly PortManifest[] => [outPort];
/** Leads to what undoes the step when its scope fails. */
export const compensatePort: PortManifest = { name: 'compensate', label: 'compensate' };

export const commonPorts = (): readonly PortManifest[] => [outPort, errorPort];
/** Of a kind that leaves something behind in the world. */
export const effectPorts = (): readonly PortManifest[] => [outPort, errorPort, compensatePort];
