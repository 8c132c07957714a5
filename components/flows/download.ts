/** Hands a flow document to the person as a file they can read, keep in git and import again. */
import type { FlowDocument } from '@/core/flow/document';

/** `Order fulfilment` → `order-fulfilment`; never empty. */
export function slugOf(name: string): string {
  const slug = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  return slug === '' ? 'flow' : slug;
}

export function downloadFlow(document: FlowDocument): void {
  const url = URL.createObjectURL(new Blob([`${JSON.stringify(document, null, 2)}\n`], { type: 'application/json' }));
  const link = window.document.createElement('a');
  link.href = url;
  link.download = `${slugOf(document.name)}.flow.json`;
  link.click();
  URL.revokeObjectURL(url);
}
