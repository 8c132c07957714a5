/** The flow that is measured: a webhook and three transforms with expressions, each step of which is journalled. */
import type { FlowDocument } from '@/core/flow/document';

/** Entries of a finished run of it: started, three steps, succeeded. */
export const entriesPerRun = 5;

export function benchFlow(path: string, respond: 'accepted' | 'completed'): FlowDocument {
  const transform = (id: string, output: Record<string, string>) => ({
    id,
    kind: 'data.transform',
    config: { output },
  });
  return {
    headrace: 1,
    name: `Benchmark ${path}`,
    steps: [
      { id: 'hook', kind: 'trigger.webhook', config: { path, respond } },
      transform('order', {
        id: '{{ event.data.body.order.id }}',
        total: '{{ event.data.body.order.total }}',
        customer: '{{ event.data.body.customer.name }}',
      }),
      transform('priced', {
        id: '{{ steps.order.output.id }}',
        gross: '{{ steps.order.output.total * 1.2 }}',
      }),
      transform('receipt', {
        text: 'Order {{ steps.priced.output.id }} of {{ steps.order.output.customer }}',
        gross: '{{ steps.priced.output.gross }}',
      }),
    ],
    edges: [
      { from: 'hook', to: 'order' },
      { from: 'order', to: 'priced' },
      { from: 'priced', to: 'receipt' },
    ],
  };
}
