/**
 * Config of `trigger.webhook`, read by the form, the validator, the router and the intake alike. Refuses what this
 * build's intake does not execute; `core/flow/refused.ts` gives those fields a better message than "unknown".
 */
import { z } from 'zod';
import type { Fault } from '@/core/errors';
import type { JsonObject } from '@/core/json';
import { limits } from '@/core/limits';
import type { Templated } from '@/core/steps/contract';
import { headerName } from '@/core/steps/header-rules';
import { secretReference } from '@/core/steps/secret-reference';
import { textValue } from '@/core/steps/templated';
import { parsePathPattern } from '@/core/steps/trigger-webhook/path-pattern';

export const webhookMethods = ['POST', 'ANY', 'GET', 'PUT', 'PATCH', 'DELETE'] as const;

const path = z.string().superRefine((value, context) => {
  const parsed = parsePathPattern(value);
  if ('fault' in parsed) {
    context.addIssue({ code: 'custom', message: parsed.fault });
  }
});

const hmac = z.strictObject({
  /** Where the signature arrives. */
  header: headerName,
  algorithm: z.enum(['sha1', 'sha256', 'sha512']).default('sha256'),
  encoding: z.enum(['hex', 'base64']).default('hex'),
  /** Put before the signature by the sender, as in `sha256=`. */
  prefix: z.string().max(limits.nameLength).optional(),
  timestampHeader: headerName.optional(),
  /** How far the timestamp may be from now. Needs `timestampHeader`. */
  toleranceMs: z.int().min(1000).max(limits.idempotencyKeyMs).optional(),
  /** What is signed, with `{timestamp}` and `{body}` (the raw bytes) in it. */
  signed: z
    .string()
    .max(limits.nameLength)
    .refine((text) => text.includes('{body}'), { error: 'What is signed must contain {body}.' })
    .optional(),
});

const verify = z.union(
  [
    z.strictObject({ hmac, secrets: z.array(secretReference).min(1).max(5) }),
    z.strictObject({ bearer: secretReference }),
    z.strictObject({
      basic: z.strictObject({ username: z.string().min(1).max(limits.nameLength), password: secretReference }),
    }),
  ],
  { error: 'Choose one way to verify: {"hmac": …, "secrets": […]}, {"bearer": …} or {"basic": …}.' },
);

const dedup = z.strictObject({
  header: headerName,
  windowMs: z.int().min(1000).max(limits.dedupWindowMaxMs).default(limits.idempotencyKeyMs),
});

export const webhookConfig = (templated: Templated) =>
  z.strictObject({
    path,
    method: z.enum(webhookMethods).default('POST'),
    respond: z.enum(['accepted', 'completed', 'step']).default('accepted'),
    waitMs: z.int().min(1).max(limits.syncWaitMaxMs).default(limits.syncWaitMs),
    subject: templated(textValue).optional(),
    maxBodyBytes: z.int().min(1).max(limits.webhookBodyMaxBytes).default(limits.bodyBytes),
    verify: verify.optional(),
    dedup: dedup.optional(),
  });

/** Config with its defaults; `subject` may hold an expression. */
export type WebhookConfig = z.output<ReturnType<typeof webhookConfig>>;
export type WebhookVerification = z.output<typeof verify>;
export type HmacVerification = z.output<typeof hmac>;

/** How long after its timestamp a signed request is still believed, unless the config says otherwise. */
export const defaultToleranceMs = 5 * 60_000;

/** What an HMAC is computed over, defaults applied. */
export const signedTemplate = (config: Pick<HmacVerification, 'signed' | 'timestampHeader'>): string =>
  config.signed ?? (config.timestampHeader === undefined ? '{body}' : '{timestamp}.{body}');

/** Faults between fields. */
export function checkWebhookConfig(config: JsonObject): readonly Fault[] {
  const parsed = verify.safeParse(config.verify);
  if (!parsed.success || !('hmac' in parsed.data) || parsed.data.hmac.timestampHeader !== undefined) {
    return [];
  }
  const faults: Fault[] = [];
  if (parsed.data.hmac.toleranceMs !== undefined) {
    faults.push({
      pointer: '/verify/hmac/toleranceMs',
      code: 'webhook.timestampMissing',
      message: 'A tolerance needs a timestamp. Name the header it arrives in as timestampHeader.',
    });
  }
  if (signedTemplate(parsed.data.hmac).includes('{timestamp}')) {
    faults.push({
      pointer: '/verify/hmac/signed',
      code: 'webhook.timestampMissing',
      message: '{timestamp} is signed, but no timestampHeader says where it arrives.',
    });
  }
  return faults;
}
