/**
 * Where the webhooks of a flow answer, and a command that calls one. Pure. Refuses to hide that a path has parameters:
 * they stay visible as `:name` in the address and become an example in the command.
 */
import type { FlowDocument } from '@/core/flow/document';
import type { JsonValue } from '@/core/json';

export interface HookPlace {
  /** Origin and base path of this installation, without a slash at the end. */
  readonly publicUrl: string;
  readonly workspaceSlug: string;
}

export interface HookAddress {
  readonly stepId: string;
  readonly method: string;
  readonly url: string;
}

/** Addresses of all webhook triggers, in document order, as far as they have a path. */
export function webhookAddresses(document: FlowDocument, { publicUrl, workspaceSlug }: HookPlace): HookAddress[] {
  return document.steps.flatMap((step) => {
    const path = step.config?.path;
    if (step.kind !== 'trigger.webhook' || step.disabled || typeof path !== 'string' || path === '') {
      return [];
    }
    const method = typeof step.config?.method === 'string' ? step.config.method : 'POST';
    return [{ stepId: step.id, method, url: `${publicUrl}/hooks/${workspaceSlug}/${path}` }];
  });
}

/** For a shell in single quotes. */
const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** A command that calls the webhook with this body; parameters of the path get an example value. */
export function curlOf({ method, url }: Pick<HookAddress, 'method' | 'url'>, body: JsonValue): string {
  const verb = method === 'ANY' ? 'POST' : method;
  const address = url.replaceAll(/\/:(\w+)/g, (_, name: string) => `/example-${name}`);
  const lines = [`curl -X ${verb} ${quoted(address)}`];
  if (verb !== 'GET') {
    lines.push(`-H 'content-type: application/json'`, `-d ${quoted(JSON.stringify(body))}`);
  }
  return lines.join(' \\\n  ');
}
