'use client';

/**
 * A JSON Schema as text, with what is wrong with it as a schema beneath. The server is asked, because a page may not
 * generate code and checking a schema does. Refuses to ask about text that is no JSON.
 */
import { useQuery } from '@tanstack/react-query';
import { useDeferredValue } from 'react';
import { useTRPCClient } from '@/components/trpc/provider';
import { Icon } from '@/components/ui/icon';
import { isPlainObject, type JsonValue } from '@/core/json';
import type { FieldManifest } from '@/core/steps/contract';
import type { ControlIds } from '../field-shell';
import { JsonWidget } from './json-widget';

export interface SchemaWidgetProps {
  ids: ControlIds;
  field: FieldManifest;
  /** Names the field among all fields of all steps. */
  place: string;
  value: JsonValue | undefined;
  onChange: (value: JsonValue | undefined) => void;
}

export function SchemaWidget({ ids, field, place, value, onChange }: SchemaWidgetProps) {
  const faults = useSchemaFaults(value);
  return (
    <>
      <JsonWidget
        ids={ids}
        place={place}
        label={field.label}
        value={value}
        onChange={onChange}
        placeholder={field.placeholder}
        isTemplated={false}
        mode="text"
      />
      {faults.map((message) => (
        <p key={message} className="fault">
          <Icon name="error" />
          <span>{message}</span>
        </p>
      ))}
    </>
  );
}

const base = '/steps/0/config/schema';

/** What the server says of a schema; nothing while it has not answered. */
function useSchemaFaults(value: JsonValue | undefined): readonly string[] {
  const client = useTRPCClient();
  const schema = useDeferredValue(value);
  const asked = useQuery({
    queryKey: ['schema-faults', schema],
    enabled: isPlainObject(schema),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 60_000,
    retry: false,
    queryFn: async ({ signal }) => {
      const steps = [{ id: 'check', kind: 'data.validate', config: { schema: schema ?? null } }];
      const document = { headrace: 1, name: 'Schema', steps, edges: [] };
      const problems = await client.flows.validate.mutate({ document }, { signal });
      return problems.filter(({ pointer }) => pointer.startsWith(base)).map(({ message }) => message);
    },
  });
  return asked.data ?? [];
}
