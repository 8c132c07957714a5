/**
 * Every kind this build executes. A new kind is a folder and two lines here; palette, forms, validation, docs and the
 * engine read this register. Refuses lookups of names that are not its own keys.
 */

import { executor as codeExecutor } from '@/core/steps/code-run/execute';
import { manifest as code } from '@/core/steps/code-run/manifest';
import type { StepKind } from '@/core/steps/contract';
import { executor as transformExecutor } from '@/core/steps/data-transform/execute';
import { manifest as transform } from '@/core/steps/data-transform/manifest';
import { executor as validateExecutor } from '@/core/steps/data-validate/execute';
import { manifest as validate } from '@/core/steps/data-validate/manifest';
import { executor as publishExecutor } from '@/core/steps/event-publish/execute';
import { manifest as publish } from '@/core/steps/event-publish/manifest';
import { executor as waitExecutor } from '@/core/steps/event-wait/execute';
import { manifest as wait } from '@/core/steps/event-wait/manifest';
import { executor as callExecutor } from '@/core/steps/flow-call/execute';
import { manifest as call } from '@/core/steps/flow-call/manifest';
import { executor as httpExecutor } from '@/core/steps/http-request/execute';
import { manifest as http } from '@/core/steps/http-request/manifest';
import { executor as approvalExecutor } from '@/core/steps/human-approval/execute';
import { manifest as approval } from '@/core/steps/human-approval/manifest';
import { executor as delayExecutor } from '@/core/steps/logic-delay/execute';
import { manifest as delay } from '@/core/steps/logic-delay/manifest';
import { executor as failExecutor } from '@/core/steps/logic-fail/execute';
import { manifest as fail } from '@/core/steps/logic-fail/manifest';
import { executor as forEachExecutor } from '@/core/steps/logic-for-each/execute';
import { manifest as forEach } from '@/core/steps/logic-for-each/manifest';
import { executor as switchExecutor } from '@/core/steps/logic-switch/execute';
import { manifest as switchManifest } from '@/core/steps/logic-switch/manifest';
import { executor as scopeExecutor } from '@/core/steps/saga-scope/execute';
import { manifest as scope } from '@/core/steps/saga-scope/manifest';
import { executor as eventTriggerExecutor } from '@/core/steps/trigger-event/execute';
import { manifest as eventTrigger } from '@/core/steps/trigger-event/manifest';
import { executor as manualTriggerExecutor } from '@/core/steps/trigger-manual/execute';
import { manifest as manualTrigger } from '@/core/steps/trigger-manual/manifest';
import { executor as scheduleTriggerExecutor } from '@/core/steps/trigger-schedule/execute';
import { manifest as scheduleTrigger } from '@/core/steps/trigger-schedule/manifest';
import { executor as webhookTriggerExecutor } from '@/core/steps/trigger-webhook/execute';
import { manifest as webhookTrigger } from '@/core/steps/trigger-webhook/manifest';
import { executor as respondExecutor } from '@/core/steps/webhook-respond/execute';
import { manifest as respond } from '@/core/steps/webhook-respond/manifest';

/** In the order of the palette. */
export const stepKinds = {
  'trigger.webhook': { manifest: webhookTrigger, executor: webhookTriggerExecutor },
  'trigger.manual': { manifest: manualTrigger, executor: manualTriggerExecutor },
  'trigger.event': { manifest: eventTrigger, executor: eventTriggerExecutor },
  'trigger.schedule': { manifest: scheduleTrigger, executor: scheduleTriggerExecutor },
  'http.request': { manifest: http, executor: httpExecutor },
  'flow.call': { manifest: call, executor: callExecutor },
  'webhook.respond': { manifest: respond, executor: respondExecutor },
  'data.transform': { manifest: transform, executor: transformExecutor },
  'data.validate': { manifest: validate, executor: validateExecutor },
  'code.run': { manifest: code, executor: codeExecutor },
  'logic.switch': { manifest: switchManifest, executor: switchExecutor },
  'logic.delay': { manifest: delay, executor: delayExecutor },
  'logic.forEach': { manifest: forEach, executor: forEachExecutor },
  'saga.scope': { manifest: scope, executor: scopeExecutor },
  'logic.fail': { manifest: fail, executor: failExecutor },
  'event.publish': { manifest: publish, executor: publishExecutor },
  'event.wait': { manifest: wait, executor: waitExecutor },
  'human.approval': { manifest: approval, executor: approvalExecutor },
} as const satisfies Record<string, StepKind>;

export type StepKindName = keyof typeof stepKinds;

export const isStepKindName = (kind: string): kind is StepKindName => Object.hasOwn(stepKinds, kind);

/** The kind with this name, or null when this build does not execute it. */
export const findKind = (kind: string): StepKind | null => (isStepKindName(kind) ? stepKinds[kind] : null);
