/** The step that answers the caller of a webhook that waits for a step. The first answer of a run is the one sent. */
import { z } from 'zod';
import type { Fault } from '@/core/errors';
import { isPlainObject, type JsonObject, type JsonValue, jsonPointer } from '@/core/json';
import type { StepManifest, Templated } from '@/core/steps/contract';
import { answerHeaderName, findRepeatedHeader, headerValueMessage, isHeaderValue } from '@/core/steps/header-rules';
import { commonPorts } from '@/core/steps/ports';
import { shorten } from '@/core/steps/summary-text';
import { anyJson, textValue } from '@/core/steps/templated';

const status = z.int().min(200).max(599);
const headerText = textValue.refine(isHeaderValue, { error: headerValueMessage });

export const respondConfig = (templated: Templated) =>
  z.strictObject({
    status: templated(status).optional(),
    headers: templated(
      z.record(answerHeaderName, templated(z.union([headerText, z.null()], { error: 'A header value is text.' }))),
    ).optional(),
    body: anyJson.optional(),
  });

/** RFC 9110 §15.3.5, §15.3.6 and §15.4.5: these answers end with their headers. */
const bodiless: ReadonlySet<JsonValue> = new Set([204, 205, 304]);
export const isBodiless = (code: JsonValue | undefined): boolean => code !== undefined && bodiless.has(code);

function check(config: JsonObject): readonly Fault[] {
  const faults: Fault[] = [];
  if (isBodiless(config.status) && config.body !== undefined && config.body !== null) {
    faults.push({
      pointer: '/body',
      code: 'webhook.bodyNotAllowed',
      message: `An answer with status ${String(config.status)} has no body. Remove it, or choose another status.`,
    });
  }
  const repeated = isPlainObject(config.headers) ? findRepeatedHeader(Object.keys(config.headers)) : null;
  if (repeated !== null) {
    faults.push({
      pointer: jsonPointer('headers', repeated),
      code: 'http.headerRepeated',
      message: `The header ${repeated} is given twice: upper and lower case do not make a difference.`,
    });
  }
  return faults;
}

export const manifest: StepManifest = {
  kind: 'webhook.respond',
  group: 'call',
  label: 'Respond',
  icon: 'right',
  description: 'Answers the caller of the webhook; the run goes on.',
  isTrigger: false,
  nature: 'pure',
  config: respondConfig,
  fields: [
    {
      name: 'status',
      label: 'Status',
      widget: 'status',
      isTemplated: true,
      defaultValue: 200,
      placeholder: '200',
      help: 'From 200 to 599.',
    },
    {
      name: 'headers',
      label: 'Headers',
      widget: 'keyValue',
      isTemplated: true,
      isAdvanced: true,
      help: 'Cookies are not set: answers share the address of this application.',
    },
    {
      name: 'body',
      label: 'Body',
      widget: 'json',
      isTemplated: true,
      placeholder: '{"id": "{{ event.data.body.id }}"}',
      help: 'Text is sent as text, anything else as JSON.',
    },
  ],
  ports: commonPorts,
  accepts: new Set(['disabled', 'join']),
  summary: (config) => ({ verb: 'answer', rest: shorten(config.status) || '200' }),
  check,
  example: { status: 201, body: { id: '{{ event.data.body.id }}' } },
  output: 'Nothing; the answer itself is shown with the step.',
};
