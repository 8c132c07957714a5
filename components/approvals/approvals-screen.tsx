'use client';

/**
 * The inbox: what waits for a person, what is due next first, and beside it the one that is open. The address is the state.
 * Refuses to answer from the list: whoever decides sees what they decide about.
 */
import { parseAsString, parseAsStringLiteral, useQueryStates } from 'nuqs';
import { PageBody, PageHeader } from '@/components/frame/page-header';
import { useDebounced } from '@/components/runs/use-debounced';
import { Button, ButtonLink } from '@/components/ui/button';
import { classes } from '@/components/ui/classes';
import { DataTable } from '@/components/ui/data-table';
import { FilterBar } from '@/components/ui/filters';
import { SearchInput } from '@/components/ui/search-input';
import { SegmentedControl } from '@/components/ui/segmented-control';
import { useShortcut } from '@/components/ui/shortcut';
import { EmptyState, ErrorState, LoadingRows, Notice } from '@/components/ui/states';
import { closedColumns, narrow, openColumns } from './approval-columns';
import { ApprovalPanel } from './approval-panel';
import styles from './approvals.module.css';
import { type ShownList, shownLists, useApprovals } from './use-approvals';

/** From the last key to the question: a person types, a server answers. */
const typingMs = 250;

const params = {
  show: parseAsStringLiteral(shownLists).withDefault('mine'),
  q: parseAsString.withDefault(''),
  /** The one shown beside the list. */
  open: parseAsString,
};

const words: Readonly<Record<ShownList, string>> = { mine: 'For you', all: 'All open', answered: 'Answered' };

export function ApprovalsScreen() {
  const [{ show, q, open }, setParams] = useQueryStates(params, { history: 'replace' });
  const list = useApprovals(show, useDebounced(q, typingMs));
  const rows = list.data?.pages.flatMap(({ items }) => items);
  const columns = show === 'answered' ? closedColumns : openColumns;
  const isNarrowed = q.trim() !== '';
  const close = (): void => void setParams({ open: null });
  useShortcut('Escape', close, { enabled: open !== null });
  return (
    <>
      <PageHeader title="Approvals" />
      <PageBody className={classes(styles.page, open !== null && styles.withPanel)}>
        <div className={styles.list}>
          <FilterBar>
            <SegmentedControl
              label="Which approvals"
              options={shownLists.map((value) => ({ value, label: words[value] }))}
              value={show}
              onValueChange={(value) => void setParams({ show: value })}
            />
            <SearchInput
              value={q}
              onValueChange={(text) => void setParams({ q: text })}
              placeholder="Questions, flows, people"
            />
          </FilterBar>
          {list.error !== null && (
            <div className={styles.aside}>
              <ErrorState
                error={list.error}
                title="The approvals could not be loaded"
                onRetry={() => void list.refetch()}
                isRetrying={list.isFetching}
              />
            </div>
          )}
          {rows === undefined ? (
            list.error === null && <LoadingRows label="Loading approvals" />
          ) : rows.length === 0 && !isNarrowed ? (
            <Nothing show={show} onShow={(value) => void setParams({ show: value })} />
          ) : (
            <DataTable
              label={
                show === 'answered' ? 'Approvals that were answered, newest first' : 'Open approvals, due next first'
              }
              columns={open === null ? columns : narrow(columns)}
              rows={rows}
              rowKey={({ id }) => id}
              onOpen={({ id }) => void setParams({ open: id })}
              currentKey={open}
              pageKeys
              empty={
                <div className={styles.aside}>
                  <Notice
                    icon="search"
                    title="Nothing fits"
                    actions={
                      <Button small onClick={() => void setParams({ q: '' })}>
                        Clear the search
                      </Button>
                    }
                  />
                </div>
              }
            />
          )}
          {list.hasNextPage && (
            <div className={styles.more}>
              <Button small busy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
                Show more
              </Button>
            </div>
          )}
        </div>
        {open !== null && <ApprovalPanel key={open} approvalId={open} onClose={close} />}
      </PageBody>
    </>
  );
}

const sample = `{
  "id": "agreed",
  "kind": "human.approval",
  "config": { "title": "Refund {{ event.data.amount }} €?", "waitMs": 86400000 }
}`;

function Nothing({ show, onShow }: { show: ShownList; onShow: (show: ShownList) => void }) {
  if (show === 'answered') {
    return (
      <EmptyState icon="approval" title="Nothing was answered yet">
        Answers are kept with the run they let go on: who gave them, when, and by which door.
      </EmptyState>
    );
  }
  return (
    <EmptyState
      icon="approval"
      title={show === 'mine' ? 'Nothing waits for you' : 'Nothing waits for anybody'}
      actions={
        <>
          <ButtonLink href="/flows">Go to flows</ButtonLink>
          {show === 'mine' && <Button onClick={() => onShow('all')}>Show all that is open</Button>}
        </>
      }
      example={<pre>{sample}</pre>}
    >
      A flow with the step Approval stops and asks a person: you, somebody by name, or whoever may answer. What it asks
      appears here, and the run goes on with your answer.
    </EmptyState>
  );
}
