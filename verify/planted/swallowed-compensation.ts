/** Planted bug: a call that undoes something counts as done, whatever was answered. */

import type { StepExecutor } from '@/core/steps/contract';
import { executor } from '@/core/steps/http-request/execute';

const { settle } = executor;
if (settle === undefined) throw new Error('HTTP calls are not judged any more where this bug is planted');

(executor as { settle: StepExecutor['settle'] }).settle = (config, result) => {
  const isUndoing = String(config.url).endsWith('/compensate');
  return isUndoing ? { type: 'succeeded', output: null, port: 'out' } : settle(config, result);
};
