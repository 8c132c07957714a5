'use client';

/** Until when there is time: counting down, with the instant in the zone of whoever looks one hover away. */
import { Icon } from '@/components/ui/icon';
import { toMs } from '@/components/ui/time';
import { Timestamp, useNow } from '@/components/ui/timestamp';
import styles from './approvals.module.css';

/** From here on it is worth a mark. */
const soonMs = 60 * 60_000;

export interface DueProps {
  /** Null: for as long as it takes. */
  readonly at: string | null;
  /** With the date beside it. */
  readonly whole?: boolean;
}

export function Due({ at, whole = false }: DueProps) {
  const nowMs = useNow();
  if (at === null) return <span className="faint">no deadline</span>;
  const leftMs = nowMs === null ? null : toMs(at) - nowMs;
  return (
    <span className={styles.due}>
      {leftMs !== null && leftMs < soonMs && <Icon name="warn" label={leftMs > 0 ? 'soon' : 'over'} />}
      <Timestamp at={at} format="relative" />
      {whole && (
        <span className="muted">
          <Timestamp at={at} format="date" />
        </span>
      )}
    </span>
  );
}
