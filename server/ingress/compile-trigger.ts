/**
 * A webhook trigger as the intake uses it: config with its defaults, subject compiled. It exists so that this happens
 * once per published version and not per request. Refuses a config that publishing would have refused.
 */
import { HeadraceError } from '@/core/errors';
import { type CompiledTemplate, compileTemplate } from '@/core/expression';
import { compileLane, type LaneRule } from '@/core/flow/lane';
import { asWritten } from '@/core/steps/templated';
import { type WebhookConfig, webhookConfig } from '@/core/steps/trigger-webhook/config';
import type { WebhookRoute } from '@/server/services/routing/webhook-routing';

export interface CompiledTrigger {
  readonly config: WebhookConfig;
  /** Evaluated with `event` alone; null when there is no subject. */
  readonly subject: CompiledTemplate | null;
  /** Null when the flow asks for neither order nor a limit of its runs. */
  readonly lane: LaneRule | null;
}

const schema = webhookConfig(asWritten);

/** @returns a function that compiles each route once, for as long as routing hands out the same object */
export function createTriggerCompiler(): (route: WebhookRoute) => CompiledTrigger {
  const compiled = new WeakMap<WebhookRoute, CompiledTrigger>();
  return (route) => {
    const known = compiled.get(route);
    if (known !== undefined) {
      return known;
    }
    const made = compile(route);
    compiled.set(route, made);
    return made;
  };
}

function compile(route: WebhookRoute): CompiledTrigger {
  const parsed = schema.safeParse(route.config);
  if (!parsed.success) {
    throw new HeadraceError('internal.bug', `The published webhook trigger ${route.stepId} has an invalid config.`, {
      cause: parsed.error,
      details: { flowId: route.flowId, versionId: route.versionId },
    });
  }
  const { subject } = parsed.data;
  return {
    config: parsed.data,
    subject: subject === undefined ? null : compileTemplate(subject).template,
    lane: compileLane(route),
  };
}
