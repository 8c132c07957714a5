'use client';

/** The filter for one flow, found by name among all that there are. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTRPC } from '@/components/trpc/provider';
import { Button } from '@/components/ui/button';
import { FilterChip } from '@/components/ui/filters';
import { Input } from '@/components/ui/input';
import styles from './runs.module.css';

export interface FlowFilterProps {
  readonly flow: string | null;
  /** The name as a row of the list gives it, which is there before the flows are. */
  readonly knownName: string | undefined;
  readonly onChange: (flow: string | null) => void;
}

export function FlowFilter({ flow, knownName, onChange }: FlowFilterProps) {
  const trpc = useTRPC();
  const chosen = useQuery(
    trpc.flows.get.queryOptions({ flowId: flow ?? '' }, { enabled: flow !== null && knownName === undefined }),
  );
  const name = knownName ?? chosen.data?.name ?? (chosen.isError ? 'not found' : '…');
  return (
    <FilterChip label="Flow" value={flow === null ? null : name} onClear={() => onChange(null)}>
      {(close) => (
        <FlowChoice
          chosen={flow}
          onChoose={(id) => {
            onChange(id);
            close();
          }}
        />
      )}
    </FilterChip>
  );
}

function FlowChoice({ chosen, onChoose }: { chosen: string | null; onChoose: (flow: string) => void }) {
  const trpc = useTRPC();
  const [text, setText] = useState('');
  const q = text.trim();
  const flows = useQuery(trpc.flows.list.queryOptions(q === '' ? {} : { q }, { placeholderData: (before) => before }));
  const items = flows.data?.items;
  return (
    <div className={styles.flows}>
      <Input
        icon="search"
        value={text}
        onValueChange={setText}
        placeholder="Name of the flow"
        aria-label="Name of the flow"
      />
      <div className={styles.presets}>
        {items?.map((flow) => (
          <Button
            key={flow.id}
            small
            variant="ghost"
            aria-pressed={flow.id === chosen}
            onClick={() => onChoose(flow.id)}
          >
            {flow.name}
          </Button>
        ))}
        {flows.isPending && <p className="faint small-text">Loading flows</p>}
        {flows.isError && <p className="faint small-text">The flows could not be loaded.</p>}
        {items?.length === 0 && <p className="faint small-text">No flow has this name.</p>}
        {flows.data?.nextCursor != null && <p className="faint small-text">There are more; type a part of the name.</p>}
      </div>
    </div>
  );
}
