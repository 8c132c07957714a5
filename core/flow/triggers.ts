/**
 * The triggers of a flow, parsed and typed for those who start runs by them: intake, dispatcher, scheduler.
 * Refuses to guess: a trigger whose config does not parse is not listed, and `validate` says why.
 */
import { type CompiledTemplate, compileTemplate } from '@/core/expression';
import type { FlowDocument, FlowStep } from '@/core/flow/document';
import { asWritten } from '@/core/steps/templated';
import { type EventTriggerConfig, eventTriggerConfig } from '@/core/steps/trigger-event/manifest';
import { type ManualConfig, manualConfig } from '@/core/steps/trigger-manual/manifest';
import { readSchedule } from '@/core/steps/trigger-schedule/fires';
import { type ScheduleConfig, scheduleConfig } from '@/core/steps/trigger-schedule/manifest';
import { type WebhookConfig, webhookConfig } from '@/core/steps/trigger-webhook/config';
import { type PathPattern, parsePathPattern, pathKey } from '@/core/steps/trigger-webhook/path-pattern';

export { eventTypePattern, matchType } from '@/core/steps/event-type';
export {
  type HmacVerification,
  signedTemplate,
  type WebhookConfig,
  type WebhookVerification,
} from '@/core/steps/trigger-webhook/config';
export {
  comparePatterns,
  matchPath,
  type PathPattern,
  parsePathPattern,
  pathKey,
} from '@/core/steps/trigger-webhook/path-pattern';

export interface WebhookTrigger {
  readonly stepId: string;
  /** Defaults applied. */
  readonly config: WebhookConfig;
  readonly pattern: PathPattern;
  /** Equal for patterns that match the same addresses. */
  readonly pathKey: string;
  /** Evaluated with `event` alone; null when there is no subject. */
  readonly subject: CompiledTemplate | null;
}

export interface EventTrigger {
  readonly stepId: string;
  readonly config: EventTriggerConfig;
  /** Evaluated with `event` alone; null lets every event of these types pass. */
  readonly filter: CompiledTemplate | null;
}

export interface ScheduleTrigger {
  readonly stepId: string;
  /** Defaults applied; its expression and zone can be read. */
  readonly config: ScheduleConfig;
}

export interface ManualTrigger {
  readonly stepId: string;
  readonly config: ManualConfig;
}

const writtenWebhook = webhookConfig(asWritten);
const writtenEvent = eventTriggerConfig(asWritten);
const writtenManual = manualConfig();
const writtenSchedule = scheduleConfig();

export const webhookTriggers = (document: FlowDocument): readonly WebhookTrigger[] =>
  stepsOfKind(document, 'trigger.webhook').flatMap((step) => {
    const parsed = writtenWebhook.safeParse(step.config ?? {});
    const path = parsed.success ? parsePathPattern(parsed.data.path) : { fault: '' };
    if (!parsed.success || 'fault' in path) {
      return [];
    }
    const { pattern } = path;
    const subject = compileOptional(parsed.data.subject);
    return [{ stepId: step.id, config: parsed.data, pattern, pathKey: pathKey(pattern), subject }];
  });

export const eventTriggers = (document: FlowDocument): readonly EventTrigger[] =>
  stepsOfKind(document, 'trigger.event').flatMap((step) => {
    const parsed = writtenEvent.safeParse(step.config ?? {});
    return parsed.success
      ? [{ stepId: step.id, config: parsed.data, filter: compileOptional(parsed.data.filter) }]
      : [];
  });

export const manualTriggers = (document: FlowDocument): readonly ManualTrigger[] =>
  stepsOfKind(document, 'trigger.manual').flatMap((step) => {
    const parsed = writtenManual.safeParse(step.config ?? {});
    return parsed.success ? [{ stepId: step.id, config: parsed.data }] : [];
  });

export const scheduleTriggers = (document: FlowDocument): readonly ScheduleTrigger[] =>
  stepsOfKind(document, 'trigger.schedule').flatMap((step) => {
    const parsed = writtenSchedule.safeParse(step.config ?? {});
    const isGood = parsed.success && 'schedule' in readSchedule(parsed.data.cron, parsed.data.timeZone);
    return isGood ? [{ stepId: step.id, config: parsed.data }] : [];
  });

const stepsOfKind = (document: FlowDocument, kind: string): readonly FlowStep[] =>
  document.steps.filter((step) => step.kind === kind);

const compileOptional = (text: string | undefined): CompiledTemplate | null =>
  text === undefined ? null : compileTemplate(text).template;
