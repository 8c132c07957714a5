/**
 * On which vertical lines the way forward enters and leaves a step: the middle of a card; of a region the line of the
 * step it begins or ends with, so that the way through it is straight. Pure.
 */
import type { FlowDocument } from '@/core/flow/document';
import { cardSize } from './geometry';
import { placesOf } from './places';
import { drawnGraph, endsOf, entriesOf } from './scopes';

/** From the left edge of the step. */
export interface Lines {
  readonly in: number;
  readonly out: number;
}

export function regionLines(document: FlowDocument, stepId: string): Lines {
  const drawn = drawnGraph(document);
  const places = placesOf(document);
  const region = places.get(stepId);
  if (region === undefined || !drawn.members.has(stepId)) {
    return { in: cardSize.width / 2, out: cardSize.width / 2 };
  }
  const lineOf = (member: string | undefined, side: keyof Lines): number => {
    const place = member === undefined ? undefined : places.get(member);
    return member === undefined || place === undefined
      ? region.width / 2
      : place.x - region.x + regionLines(document, member)[side];
  };
  return { in: lineOf(entriesOf(drawn, stepId)[0], 'in'), out: lineOf(endsOf(drawn, stepId)[0], 'out') };
}
