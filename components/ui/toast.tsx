'use client';

/**
 * Short messages about what just happened, with a way to take it back. Refuses faults that need reading: those stand
 * beside what failed. A failure stays until it is dismissed.
 */
import { Toast as Base } from '@base-ui/react/toast';
import { type ReactNode, useMemo } from 'react';
import { Button, IconButton } from './button';
import { classes } from './classes';
import { Icon, type IconName } from './icon';

export interface ToastMessage {
  /** One sentence in the past tense: "Order fulfilment deleted." */
  title: string;
  more?: string;
  kind?: 'done' | 'failed' | 'info';
  /** The way back or onward: "Undo", "Open". */
  action?: { label: string; run: () => void };
  /** How long it stays. Default 6 s, 10 s with an action; failures stay. */
  timeoutMs?: number;
  /** A message with the same key replaces the earlier one. */
  key?: string;
}

export interface Toaster {
  show: (message: ToastMessage) => string;
  dismiss: (key: string) => void;
}

interface Look {
  role: string;
  icon: IconName;
}
const looks: Record<NonNullable<ToastMessage['kind']>, Look> = {
  done: { role: 'is-succeeded', icon: 'check' },
  failed: { role: 'is-failed', icon: 'error' },
  info: { role: '', icon: 'info' },
};

function defaultTimeoutMs({ kind, action }: ToastMessage): number {
  if (kind === 'failed') return 0;
  return action ? 10_000 : 6_000;
}

/** @returns the toaster of the page; needs ToastProvider above (the root layout has one) */
export function useToast(): Toaster {
  const { add, close } = Base.useToastManager<ToastMessage>();
  return useMemo(
    () => ({
      show: (message) => {
        const id = add({
          id: message.key,
          title: message.title,
          description: message.more,
          type: message.kind ?? 'done',
          priority: message.kind === 'failed' ? 'high' : 'low',
          timeout: message.timeoutMs ?? defaultTimeoutMs(message),
          data: message,
        });
        return id;
      },
      dismiss: (key) => close(key),
    }),
    [add, close],
  );
}

export function ToastProvider({ children }: { children: ReactNode }) {
  return (
    <Base.Provider limit={4}>
      {children}
      <Base.Portal>
        <Base.Viewport className="toasts">
          <Messages />
        </Base.Viewport>
      </Base.Portal>
    </Base.Provider>
  );
}

function Messages() {
  const { toasts, close } = Base.useToastManager<ToastMessage>();
  return toasts.map((toast) => {
    const look = looks[toast.data?.kind ?? 'done'];
    const action = toast.data?.action;
    const act = () => {
      close(toast.id);
      action?.run();
    };
    return (
      <Base.Root key={toast.id} toast={toast} className={classes('toast', look.role)}>
        <Icon name={look.icon} />
        <div className="say">
          <Base.Title render={<p />} />
          <Base.Description className="more" />
        </div>
        {action && (
          <Button small onClick={act}>
            {action.label}
          </Button>
        )}
        <Base.Close render={<IconButton icon="close" label="Dismiss" small />} />
      </Base.Root>
    );
  });
}
