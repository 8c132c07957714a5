/** The status of an approval: icon and word, in the colour of what happened. */
import { classes } from '@/components/ui/classes';
import { Icon } from '@/components/ui/icon';
import { statusClass } from '@/components/ui/status';
import { looks } from './approval-words';
import type { ApprovalSummary } from './types';

export interface ApprovalStatusProps {
  readonly status: ApprovalSummary['status'];
  /** In a box, for headings. */
  readonly chip?: boolean;
}

export function ApprovalStatus({ status, chip = false }: ApprovalStatusProps) {
  const { word, icon, as } = looks[status];
  return (
    <span className={classes(chip ? 'chip' : 'st', statusClass(as))}>
      <Icon name={icon} />
      {word}
    </span>
  );
}
