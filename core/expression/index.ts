/**
 * Expressions: the `{{ … }}` in a flow. The rest of Headrace uses what is exported here and nothing below this folder.
 * Refuses to know about steps, runs or flows beyond the names an expression can see.
 */

export {
  type ExpressionReferences,
  type ExpressionRoot,
  expressionRoots,
} from '@/core/expression/analyse-expression';
export {
  type CompiledTemplate,
  compileTemplate,
  type ExpressionFault,
  type TemplateCompilation,
} from '@/core/expression/compile-template';
export { type ExpressionFrame, evaluateTemplate, isTruthy } from '@/core/expression/evaluate-template';
export type { EvaluationClock } from '@/core/expression/evaluator/evaluation';
export { functionNames } from '@/core/expression/functions/table';
export { renameStepReference } from '@/core/expression/rename-step';
export { hasExpression, scanTemplate, type TemplatePart } from '@/core/expression/scan-template';
export { seededRandom } from '@/core/expression/seeded-random';
