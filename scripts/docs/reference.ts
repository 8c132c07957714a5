/**
 * The reference pages as text, by path. They exist so that no table in docs repeats by hand what the code says, and a
 * test compares them with what is committed. Refuses opinions: what a person has to explain is in the other pages.
 */
import { isDeepStrictEqual } from 'node:util';
import { flowJsonSchema } from '@/core/flow/json-schema';
import { configurationPage } from './configuration-page';
import { errorsPage } from './errors-page';
import { limitsPage } from './limits-page';
import { restPage } from './rest-page';
import { stepsPage } from './steps-page';

/** Texts by path from the root of the checkout, which must be the working directory. */
export const referencePages = (): Readonly<Record<string, string>> => ({
  'docs/reference/configuration.md': configurationPage(),
  'docs/reference/errors.md': errorsPage(),
  'docs/reference/flow-format.schema.json': `${JSON.stringify(flowJsonSchema(), null, 2)}\n`,
  'docs/reference/limits.md': limitsPage(),
  'docs/reference/rest-api.md': restPage(),
  'docs/reference/steps.md': stepsPage(),
});

/** Whether both texts say the same; the formatter decides how JSON is broken into lines. */
export const isSamePage = (path: string, committed: string, generated: string): boolean =>
  path.endsWith('.json') ? isDeepStrictEqual(JSON.parse(committed), JSON.parse(generated)) : committed === generated;
