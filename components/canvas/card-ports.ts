/**
 * The outlets of a step with their places on its rim: of a card, and of a region, whose outlets stand on the lines of
 * what is in it. Pure; refuses to know which of them may be wired.
 */
import { type FlowDocument, type FlowStep, portOf } from '@/core/flow/document';
import type { PortManifest } from '@/core/steps/contract';
import { isContainer, portsOf } from './catalogue';
import { bottomOffset, cardSize, type Place, type Point, sideOfPort } from './geometry';

export interface CardPort extends PortManifest {
  readonly isWired: boolean;
  readonly side: 'bottom' | 'right' | 'left';
  /** From the left edge of the card, for ports at the bottom. */
  readonly offset: number;
}

/**
 * The outlets of a step with their places.
 * @param wired names of ports that edges leave by
 * @param outLine of a region: from its left edge to the line on which it is left
 */
export function cardPorts(step: FlowStep, wired: readonly string[], outLine?: number): readonly CardPort[] {
  const ports = portsOf(step, wired).map((port) => ({ ...port, side: sideOfPort(port.name) }));
  const bottom = ports.filter((port) => port.side === 'bottom');
  return ports.map((port) => ({
    ...port,
    isWired: wired.includes(port.name),
    offset: port.side === 'bottom' ? (outLine ?? bottomOffset(bottom.indexOf(port), bottom.length)) : 0,
  }));
}

/** Names of the ports that edges leave by, per step. */
export function wiredPorts(document: FlowDocument): ReadonlyMap<string, readonly string[]> {
  const wired = new Map<string, string[]>();
  for (const edge of document.edges) {
    const ports = wired.get(edge.from);
    if (ports === undefined) {
      wired.set(edge.from, [portOf(edge)]);
    } else if (!ports.includes(portOf(edge))) {
      ports.push(portOf(edge));
    }
  }
  return wired;
}

/** Where a port stands on the canvas, given the place of its step. */
export function portPoint(step: FlowStep, place: Place, port: CardPort): Point {
  const height = isContainer(step.kind) ? place.height : cardSize.height;
  if (port.side === 'bottom') {
    return { x: place.x + port.offset, y: place.y + height };
  }
  return { x: port.side === 'right' ? place.x + place.width : place.x, y: place.y + height / 2 };
}

/** @param line from the left edge of the step to the line on which it is entered */
export const inletPoint = (place: Point, line: number = cardSize.width / 2): Point => ({
  x: place.x + line,
  y: place.y,
});
