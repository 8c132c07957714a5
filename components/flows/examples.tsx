'use client';

/** Flows to begin with. Each becomes a draft of one's own in one press, and publishes and runs as it is. */
import { useMutation, useQuery } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { messageOf } from '@/components/trpc/failure';
import { useTRPC, useTRPCClient } from '@/components/trpc/provider';
import { Button } from '@/components/ui/button';
import { Skeleton } from '@/components/ui/states';
import { useToast } from '@/components/ui/toast';

export function Examples() {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const router = useRouter();
  const toast = useToast();
  const examples = useQuery({ ...trpc.flows.examples.queryOptions(), staleTime: Number.POSITIVE_INFINITY });
  const create = useMutation({
    mutationFn: (exampleId: string) => client.flows.createExample.mutate({ exampleId }),
    onSuccess: ({ id }) => router.push(`/flows/${id}`),
    onError: (error) => toast.show({ kind: 'failed', title: messageOf(error) }),
  });
  return (
    <ul className="examples" aria-label="Examples">
      {examples.isPending &&
        [1, 2, 3].map((n) => (
          <li key={n}>
            <Skeleton width="60%" />
          </li>
        ))}
      {examples.data?.map((example) => (
        <li key={example.id}>
          <div>
            <b>{example.name}</b>
            <p>{example.description}</p>
          </div>
          <Button
            small
            aria-label={`Open as a draft: ${example.name}`}
            busy={create.isPending && create.variables === example.id}
            onClick={() => create.mutate(example.id)}
          >
            Open as a draft
          </Button>
        </li>
      ))}
    </ul>
  );
}
