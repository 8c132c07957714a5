import { describe, expect, it } from 'vitest';
import { typedValue } from './typed-value';

describe('a value somebody typed', () => {
  it('is any JSON, null and texts that look like expressions included', () => {
    expect(typedValue('null')).toEqual({ value: null });
    expect(typedValue('"{{ not evaluated }}"')).toEqual({ value: '{{ not evaluated }}' });
  });

  it('is refused with a reason when it is nothing, an expression, or broken', () => {
    expect(typedValue('  ')).toEqual({ fault: 'Give a JSON value; null is one.' });
    expect(typedValue('{{ vars.x }}')).toHaveProperty('fault');
    expect(typedValue('{"a": }')).toHaveProperty('fault');
  });
});
