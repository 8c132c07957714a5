import { describe, expect, it } from 'vitest';
import { isHeadraceError } from '@/core/errors';
import { compileTemplate, evaluateTemplate } from '@/core/expression';
import { compileJsonSchema, schemaTooCostly } from '@/core/json-schema';
import { costlySchemas, harmlessSchemas, refusedSchemas } from '@/core/testing/hostile/schemas';
import { hostileTemplateData, hostileTemplates } from '@/core/testing/hostile/templates';

const check = (schema: unknown, data: unknown) => {
  const compiled = compileJsonSchema(schema);
  return 'schema' in compiled ? compiled.schema.check(data) : compiled.faults;
};

describe('a hostile schema', () => {
  it.each(costlySchemas)('is given up: $what', ({ schema, data }) => {
    expect(check(schema, data)).toMatchObject([{ code: schemaTooCostly }]);
  });

  it.each(refusedSchemas)('is refused: $what', ({ schema, data }) => {
    expect(check(schema, data)).toMatchObject([{ code: 'schema.invalid' }]);
  });

  it.each(harmlessSchemas)('is checked like any other: $what', ({ schema, data, fits }) => {
    expect(check(schema, data).length === 0).toBe(fits);
    expect((globalThis as { polluted?: unknown }).polluted).toBeUndefined();
  });
});

describe('a hostile template', () => {
  it.each(hostileTemplates)('$what', ({ template: written, ends }) => {
    const { template, faults } = compileTemplate(written);
    const [fault] = faults;
    const outcome = () => {
      if (fault !== undefined) return { code: fault.code };
      try {
        return {
          value: evaluateTemplate(template, { event: { data: hostileTemplateData } }, { nowMs: 0, random: () => 0 }),
        };
      } catch (error) {
        if (!isHeadraceError(error)) throw error;
        return { code: error.code };
      }
    };
    expect(outcome()).toEqual(ends);
  });
});
