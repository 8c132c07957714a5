/** What is wrong with a form as a whole, announced when it appears. Faults of one field stand at the field. */
import type { ReactNode } from 'react';
import { Icon } from '@/components/ui/icon';
import styles from './form.module.css';

export function FormFault({ children, action }: { children: ReactNode; action?: ReactNode }) {
  return (
    <div className={styles.fault} role="alert">
      <Icon name="error" />
      <p>{children}</p>
      {action}
    </div>
  );
}
