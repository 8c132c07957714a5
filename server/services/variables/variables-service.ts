/** The variables area as its callers see it. Refuses names that an expression could not write. */
import type { JsonValue } from '@/core/json';
import type { Page } from '@/server/services/common-schemas';
import type { Caller } from '@/server/services/ports';
import type { ListVariablesInput, Variable } from '@/server/services/variables/schemas';

export interface VariablesService {
  /** By name, ascending. */
  list(caller: Caller, input: ListVariablesInput): Promise<Page<Variable>>;
  /** @throws HeadraceError `resource.notFound` */
  get(caller: Caller, input: { name: string }): Promise<Variable>;
  /** @throws HeadraceError `request.tooLarge` beyond `limits.variableBytes` */
  put(caller: Caller, input: { name: string; value: JsonValue }): Promise<Variable>;
  /** @throws HeadraceError `resource.notFound` */
  remove(caller: Caller, input: { name: string }): Promise<void>;
}
