/**
 * JSON Schemas that people write: compiled, and asked whether data fits. Draft 2020-12, or draft 7 when the schema says
 * so. Refuses what would reach beyond the schema itself: references to other documents, asynchronous schemas, and
 * backtracking regular expressions (patterns run on a linear-time engine).
 */
import { Ajv, type AnySchemaObject, type ErrorObject, type Options, type ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { RE2JS } from 're2js';
import type { Fault } from '@/core/errors';
import { isPlainObject, jsonPointer } from '@/core/json';

/** More faults than this do not help anybody, and a long list with one mistake would repeat it for every item. */
const faultsMax = 20;

/** Instructions of a compiled pattern: far beyond any written by hand, small enough to be fast on long texts. */
const programSizeMax = 2000;

const linearRegExp = Object.assign(
  (pattern: string) => {
    const compiled = RE2JS.compile(pattern);
    if (compiled.programSize() > programSizeMax) {
      throw new Error(`the pattern ${pattern.slice(0, 100)} is too large`);
    }
    return {
      test: (text: string): boolean => compiled.matcher(text).find(),
      // Ajv keeps patterns by their text; two that read the same would be one.
      toString: () => `/${pattern}/u`,
    };
  },
  { code: 'linearRegExp' },
);

const options: Options = {
  strict: false,
  allErrors: false,
  validateFormats: false,
  logger: false,
  code: { regExp: linearRegExp },
};

export interface CompiledJsonSchema {
  /** @returns no faults when the data fits; pointers are below `basePointer` */
  readonly check: (data: unknown, basePointer?: string) => readonly Fault[];
}

/**
 * @param schema as written; `true` and `false` are schemas too
 * @param pointer of the schema in the document that holds it
 * @returns the compiled schema, or what is wrong with it
 */
export function compileJsonSchema(
  schema: unknown,
  pointer = '',
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
    const ajv = new (isDraft7 ? Ajv : Ajv2020)({ ...options, validateSchema: false, meta: false });
    const validate = ajv.compile(schema as AnySchemaObject | boolean);
    return { schema: { check: (data, basePointer = '') => checkData(validate, data, basePointer) } };
  } catch (error) {
    if (error instanceof EvalError) {
      // A page whose security policy forbids generated code cannot compile schemas; the server checks at publish.
      return { schema: { check: () => [] } };
    }
    const message = error instanceof Error ? error.message : String(error);
    return { faults: [{ pointer, code: 'schema.invalid', message: `This is not a valid JSON Schema: ${message}.` }] };
  }
}

/** Kept, because compiling the schema of schemas takes longer than most flows take to run. */
const metaCheckers = new Map<boolean, Ajv>();

/** What makes it no schema at all, or null. */
function checkAgainstMeta(schema: object | boolean, isDraft7: boolean): string | null {
  const checker = metaCheckers.get(isDraft7) ?? new (isDraft7 ? Ajv : Ajv2020)(options);
  metaCheckers.set(isDraft7, checker);
  return checker.validateSchema(schema) === true ? null : checker.errorsText(checker.errors, { dataVar: 'schema' });
}

function checkData(validate: ValidateFunction, data: unknown, basePointer: string): readonly Fault[] {
  try {
    if (validate(data)) {
      return [];
    }
  } catch (error) {
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
