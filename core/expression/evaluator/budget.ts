/**
 * What one evaluation may still spend. Every loop of the evaluator and of its functions pays here before it works, so
 * that no expression and no data can hold a worker: running out is an error like any other, raised at a known place.
 * Refuses to measure time; a count is the same on every machine and in every replay.
 */

import { HeadraceError } from '@/core/errors';
import { limits } from '@/core/limits';

/** Copying items and characters is far cheaper than evaluating; a unit of fuel pays for this many. */
const itemsPerUnit = 16;
const charactersPerUnit = 256;

/** A longer text or array could not become part of an output: each character or item takes at least that many bytes. */
const textLengthMax = limits.stepOutputBytes;
const arrayLengthMax = limits.stepOutputBytes / 2;

const exceeded = (message: string): HeadraceError => new HeadraceError('expression.limit', message);

export class Budget {
  #fuel: number;
  #calls = 0;

  /** @param fuel units; one pays for evaluating one node of the syntax tree */
  constructor(fuel: number = limits.expressionFuel) {
    this.#fuel = fuel;
  }

  get remaining(): number {
    return this.#fuel;
  }

  /** @throws HeadraceError `expression.limit` when the fuel is used up */
  spend(units: number): void {
    this.#fuel -= units;
    if (this.#fuel < 0) {
      throw exceeded(
        `The expression needs more than ${limits.expressionFuel} evaluation steps. Process fewer items, or use a code step.`,
      );
    }
  }

  /** Pays for walking or copying `count` items. */
  spendOnItems(count: number): void {
    this.checkListLength(count);
    this.spend(count / itemsPerUnit);
  }

  /** For lists that grow piece by piece, where each piece has been paid for. */
  checkListLength(length: number): void {
    if (length > arrayLengthMax) {
      throw exceeded(`The expression makes a list of more than ${arrayLengthMax} items.`);
    }
  }

  /** Pays for reading or making a text of `length` UTF-16 units. */
  spendOnText(length: number): void {
    this.checkTextLength(length);
    this.spend(length / charactersPerUnit);
  }

  /** For texts that grow piece by piece, where each piece has been paid for. */
  checkTextLength(length: number): void {
    if (length > textLengthMax) {
      throw exceeded(`The expression makes a text longer than ${textLengthMax} characters.`);
    }
  }

  enterCall(): void {
    this.#calls += 1;
    if (this.#calls > limits.expressionDepth) {
      throw exceeded(`The expression calls functions more than ${limits.expressionDepth} levels deep.`);
    }
  }

  leaveCall(): void {
    this.#calls -= 1;
  }

  /** Guards recursive walks over values, which may share parts or contain themselves. */
  checkNesting(depth: number): void {
    if (depth > limits.expressionDepth) {
      throw exceeded(`The expression makes a value nested more than ${limits.expressionDepth} levels deep.`);
    }
  }
}
