/** Planted bug: an append is accepted whoever writes it and whatever the run has come to meanwhile. */
import { journalAppends, rewriteStatement, swap } from './statements';

const unfence = (text: string): string => {
  const unnumbered = swap(text, 'journal_n = i.n,', 'journal_n = r.journal_n + 1,');
  const unfenced = swap(unnumbered, 'AND r.journal_n = i.n - 1', '');
  const unending = swap(unfenced, 'AND r.finished_at IS NULL', '');
  const unowned = swap(unending, 'AND (r.owner IS NULL OR r.owner = $1 OR', 'AND (true OR');
  return swap(unowned, 'RETURNING r.workspace_id, r.id, i.n,', 'RETURNING r.workspace_id, r.id, r.journal_n AS n,');
};

for (const name of journalAppends) rewriteStatement(name, unfence);
