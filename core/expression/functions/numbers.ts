/** Functions on numbers. Refuses results that JSON cannot hold. */

import { fail, type NativeFunction, typeName } from '@/core/expression/evaluator/values';
import { define, ofValue } from '@/core/expression/functions/define';

/** Half to even, in decimal: the point is moved in the text of the number, where no binary error creeps in. */
export function round(value: number, precision = 0): number {
  const shifted = precision === 0 ? value : movePoint(value, precision);
  let result = Math.round(shifted);
  if (Math.abs(result - shifted) === 0.5 && Math.abs(result % 2) === 1) {
    result -= 1;
  }
  return (precision === 0 ? result : movePoint(result, -precision)) + 0;
}

function movePoint(value: number, places: number): number {
  const [mantissa, exponent] = String(value).split('e');
  return Number(`${mantissa}e${Number(exponent ?? 0) + places}`);
}

function finite(value: number, name: string): number {
  return Number.isFinite(value) ? value : fail(`The result of $${name} is too large a number.`);
}

const decimalText = /^-?[0-9]+(\.[0-9]+)?([Ee][-+]?[0-9]+)?$/;
const prefixedText = /^(0[xX][0-9A-Fa-f]+|0[oO][0-7]+|0[bB][01]+)$/;

function toNumber(value: number | string | boolean): number {
  if (typeof value !== 'string') {
    return Number(value);
  }
  const number = decimalText.test(value) || prefixedText.test(value) ? Number(value) : Number.NaN;
  return Number.isFinite(number)
    ? number
    : fail(`$number cannot read ${JSON.stringify(value.slice(0, 40))} as a number.`);
}

function formatBase(value: number, radix: number | undefined): string {
  const base = radix === undefined ? 10 : round(radix);
  return base < 2 || base > 36
    ? fail('The base of $formatBase must lie between 2 and 36.')
    : round(value).toString(base);
}

function power(base: number, exponent: number | undefined): number | undefined {
  return exponent === undefined
    ? fail(`$power needs an exponent, not a ${typeName(exponent)}.`)
    : finite(base ** exponent, 'power');
}

const extreme = (numbers: readonly number[], isBetter: (a: number, b: number) => boolean): number | undefined =>
  numbers.length === 0 ? undefined : numbers.reduce((best, number) => (isBetter(number, best) ? number : best));

const sum = (numbers: readonly number[]): number =>
  finite(
    numbers.reduce((total, number) => total + number, 0),
    'sum',
  );

const overNumbers = (name: string, run: (numbers: readonly number[]) => number | undefined): NativeFunction =>
  define(
    name,
    '<a<n>:n>',
    1,
    ofValue<number[]>((numbers, _args, { budget }) => {
      budget.spendOnItems(numbers.length);
      return run(numbers);
    }),
  );

const ofNumber = (name: string, run: (value: number) => number): NativeFunction =>
  define(
    name,
    '<n-:n>',
    1,
    ofValue<number>((value) => run(value)),
  );

export const numberFunctions: readonly NativeFunction[] = [
  overNumbers('sum', sum),
  overNumbers('max', (numbers) => extreme(numbers, (a, b) => a > b)),
  overNumbers('min', (numbers) => extreme(numbers, (a, b) => a < b)),
  overNumbers('average', (numbers) => (numbers.length === 0 ? undefined : sum(numbers) / numbers.length)),
  ofNumber('abs', Math.abs),
  ofNumber('floor', Math.floor),
  ofNumber('ceil', Math.ceil),
  ofNumber('sqrt', (value) => (value < 0 ? fail('$sqrt needs a number that is not negative.') : Math.sqrt(value))),
  define(
    'round',
    '<n-n?:n>',
    2,
    ofValue<number>((value, [, precision]) => finite(round(value, precision as number | undefined), 'round')),
  ),
  define(
    'power',
    '<n-n:n>',
    2,
    ofValue<number>((base, [, exponent]) => power(base, exponent as number | undefined)),
  ),
  define(
    'number',
    '<(nsb)-:n>',
    1,
    ofValue<number | string | boolean>((value) => toNumber(value)),
  ),
  define(
    'formatBase',
    '<n-n?:s>',
    2,
    ofValue<number>((value, [, radix]) => formatBase(value, radix as number | undefined)),
  ),
  define('random', '<:n>', 0, (_args, { clock }) => clock.random()),
];
