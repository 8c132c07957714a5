/** Names and values. `Facts` stands in a panel, `FactsRow` runs along the top of a page and scrolls when it must. */
import type { ReactNode } from 'react';
import { classes } from './classes';

export interface Fact {
  name: string;
  /** Left out when null or undefined: a fact nobody knows is not shown as a dash. */
  value: ReactNode;
}

const known = (facts: readonly Fact[]) =>
  facts.filter(({ value }) => value !== null && value !== undefined && value !== false);

function Pairs({ facts }: { facts: readonly Fact[] }) {
  return known(facts).map(({ name, value }) => (
    <div key={name}>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  ));
}

export function Facts({ facts, className }: { facts: readonly Fact[]; className?: string }) {
  return (
    <dl className={classes('facts-list', className)}>
      <Pairs facts={facts} />
    </dl>
  );
}

export function FactsRow({ facts, className }: { facts: readonly Fact[]; className?: string }) {
  return (
    <dl className={classes('facts-row', className)}>
      <Pairs facts={facts} />
    </dl>
  );
}
