/**
 * Planted bug: a run parks without a look at its inbox, and the reconciler does not come. The pause before each append is
 * no bug; it only makes the moment long enough for a message to fall into.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { journalAppends, replaceStatement, rewriteStatement, swap } from './statements';

const pauseMs = 300;

for (const name of journalAppends) {
  replaceStatement(name, async (statement, run) => {
    await pause(pauseMs);
    const look = 'AND ((i.owner IS NOT NULL AND NOT i.is_undisturbed) OR r.inbox_n = i.inbox_seen)';
    return run({ ...statement, text: swap(statement.text, look, '') });
  });
}

rewriteStatement('overdue-runs', (text) =>
  swap(text, 'due_at <= now()', 'due_at <= now() - make_interval(hours => 1)'),
);
