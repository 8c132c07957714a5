/** What an approval is, in words and marks: never by colour alone. Pure. */
import type { IconName } from '@/components/ui/icon';
import type { Status } from '@/components/ui/status';
import type { ApprovalSummary } from './types';

export interface Look {
  readonly word: string;
  readonly icon: IconName;
  /** Whose colour it has. */
  readonly as: Status;
}

export const looks: Readonly<Record<ApprovalSummary['status'], Look>> = {
  open: { word: 'waiting', icon: 'hourglass', as: 'waiting' },
  approved: { word: 'approved', icon: 'check', as: 'succeeded' },
  rejected: { word: 'rejected', icon: 'cross', as: 'failed' },
  expired: { word: 'expired', icon: 'clock', as: 'skipped' },
  withdrawn: { word: 'withdrawn', icon: 'slash', as: 'cancelled' },
};

/** Who answered: a name where one is known, else by which door they came. */
export function answererWords({ answeredBy }: Pick<ApprovalSummary, 'answeredBy'>): string {
  if (answeredBy === null) return 'nobody';
  const { name, via } = answeredBy;
  if (via === 'link') return 'somebody with a link';
  if (via === 'key') return name === null ? 'a program' : `the program “${name}”`;
  return name ?? 'somebody who has left';
}

/** By which door. */
export const doorWords: Readonly<Record<NonNullable<ApprovalSummary['answeredBy']>['via'], string>> = {
  ui: 'in the browser',
  key: 'by the REST API',
  link: 'by a link',
};

/** Whom it asks. */
export const askedWords = ({ assignee }: Pick<ApprovalSummary, 'assignee'>): string =>
  assignee ?? 'everybody who may answer';

/** Why an approval that nobody answered is not open any more. */
export const closedWords: Readonly<Record<'expired' | 'withdrawn', string>> = {
  expired: 'Nobody answered in time. The run left by its timeout.',
  withdrawn: 'The run ended or went another way before anybody answered.',
};
