/**
 * JSON Schemas that people write: compiled, and asked whether data fits. Draft 2020-12, or draft 7 when the schema says
 * so. Refuses what would reach beyond the schema itself: references to other documents, asynchronous schemas, and
 * backtracking regular expressions (patterns run on a linear-time engine). A check that costs too much is given up.
 */
import { Ajv, type AnySchemaObject, type ErrorObject, type Options, type ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { RE2JS } from 're2js';
import type { Fault } from '@/core/errors';
import { isPlainObject, jsonPointer } from '@/core/json';
import { addMeteredKeywords, Fuel, metered, SchemaTooCostly } from '@/core/metered-schema';

/** More faults than this do not help anybody, and a long list with one mistake would repeat it for every item. */
const faultsMax = 20;

/** Instructions of a compiled pattern: far beyond any written by hand, small enough to be fast on long texts. */
const programSizeMax = 2000;

/** Measured: matching costs a character 20 ns, and up to 10 ns more for each instruction of the pattern; a unit is 40 ns. */
const unitsPerCharacter = 0.5;
const unitsPerInstruction = 0.25;

const linearRegExp = (fuel: Fuel) =>
  Object.assign(
    (pattern: string) => {
      const compiled = RE2JS.compile(pattern);
      const size = compiled.programSize();
      if (size > programSizeMax) {
        throw new Error(`the pattern ${pattern.slice(0, 100)} is too large`);
      }
      return {
        test: (text: string): boolean => {
          fuel.spend(1 + text.length * (unitsPerCharacter + size * unitsPerInstruction));
          return compiled.matcher(text).find();
        },
        // Ajv keeps patterns by their text; two that read the same would be one.
        toString: () => `/${pattern}/u`,
      };
    },
    { code: 'linearRegExp' },
  );

/** References are calls, not copies: a schema of a thousand references to a large part would unfold without end. */
const optionsWith = (fuel: Fuel, allErrors = false): Options => ({
  strict: false,
  allErrors,
  validateFormats: false,
  inlineRefs: false,
  logger: false,
  code: { regExp: linearRegExp(fuel) },
});

export interface CompiledJsonSchema {
  /** @returns no faults when the data fits; pointers are below `basePointer` */
  readonly check: (data: unknown, basePointer?: string) => readonly Fault[];
}

/**
 * @param schema as written; `true` and `false` are schemas too
 * @param pointer of the schema in the document that holds it
 * @param finds whether a check goes on behind the first fault: for somebody who corrects what they typed
 * @returns the compiled schema, or what is wrong with it
 */
export function compileJsonSchema(
  schema: unknown,
  pointer = '',
  finds: 'first' | 'all' = 'first',
): { readonly schema: CompiledJsonSchema } | { readonly faults: readonly Fault[] } {
  if (typeof schema !== 'boolean' && !isPlainObject(schema)) {
    return { faults: [{ pointer, code: 'schema.invalid', message: 'A JSON Schema is an object.' }] };
  }
  if (isPlainObject(schema) && schema.$async !== undefined) {
    return {
      faults: [{ pointer: `${pointer}/$async`, code: 'schema.invalid', message: 'A schema cannot be asynchronous.' }],
    };
  }
  const isDraft7 = isPlainObject(schema) && typeof schema.$schema === 'string' && schema.$schema.includes('draft-07');
  try {
    const metaFaults = checkAgainstMeta(schema, isDraft7);
    if (metaFaults !== null) {
      return {
        faults: [{ pointer, code: 'schema.invalid', message: `This is not a valid JSON Schema: ${metaFaults}.` }],
      };
    }
    // An instance of its own: two schemas with the same `$id` must not see each other.
    const fuel = new Fuel();
    const ajv = new (isDraft7 ? Ajv : Ajv2020)({
      ...optionsWith(fuel, finds === 'all'),
      validateSchema: false,
      meta: false,
    });
    addMeteredKeywords(ajv, fuel);
    const validate = ajv.compile((typeof schema === 'boolean' ? schema : metered(schema)) as AnySchemaObject | boolean);
    return { schema: { check: (data, basePointer = '') => checkData(validate, fuel, data, basePointer) } };
  } catch (error) {
    if (error instanceof EvalError) {
      // A page whose security policy forbids generated code cannot compile schemas; the server checks at publish.
      return { schema: { check: () => [] } };
    }
    const message = error instanceof Error ? error.message : String(error);
    return { faults: [{ pointer, code: 'schema.invalid', message: `This is not a valid JSON Schema: ${message}.` }] };
  }
}

/** Code of the one fault when nothing is known of the data, because the check was given up. */
export const schemaTooCostly = 'schema.tooCostly';

/** Kept, because compiling the schema of schemas takes longer than most flows take to run. */
const metaCheckers = new Map<boolean, Ajv>();
const metaFuel = new Fuel();

/** What makes it no schema at all, or null. */
function checkAgainstMeta(schema: object | boolean, isDraft7: boolean): string | null {
  let checker = metaCheckers.get(isDraft7);
  if (checker === undefined) {
    checker = new (isDraft7 ? Ajv : Ajv2020)(optionsWith(metaFuel));
    addMeteredKeywords(checker, metaFuel);
    metaCheckers.set(isDraft7, checker);
  }
  metaFuel.refill();
  return checker.validateSchema(schema) === true ? null : checker.errorsText(checker.errors, { dataVar: 'schema' });
}

function checkData(validate: ValidateFunction, fuel: Fuel, data: unknown, basePointer: string): readonly Fault[] {
  fuel.refill();
  try {
    if (validate(data)) {
      return [];
    }
  } catch (error) {
    if (error instanceof SchemaTooCostly) {
      return [
        { pointer: basePointer, code: schemaTooCostly, message: 'The schema takes too long to check this data.' },
      ];
    }
    if (!(error instanceof RangeError)) {
      throw error;
    }
    // A schema that refers to itself without descending into the data never comes to an end.
    return [{ pointer: basePointer, code: 'schema.violated', message: 'The schema refers to itself without end.' }];
  }
  return (validate.errors ?? []).slice(0, faultsMax).map((error) => ({
    pointer: basePointer + error.instancePath + extraKey(error),
    code: 'schema.violated',
    message: `${explain(error)}.`,
  }));
}

const extraKey = ({ keyword, params }: ErrorObject): string => {
  const key: unknown =
    keyword === 'required'
      ? params.missingProperty
      : keyword === 'additionalProperties'
        ? params.additionalProperty
        : null;
  return typeof key === 'string' ? jsonPointer(key) : '';
};

function explain({ keyword, params, message }: ErrorObject): string {
  if (keyword === 'enum' && Array.isArray(params.allowedValues)) {
    return `Must be one of ${params.allowedValues.map((value) => JSON.stringify(value)).join(', ')}`;
  }
  const text = message ?? 'does not fit the schema';
  return text.charAt(0).toUpperCase() + text.slice(1);
}
