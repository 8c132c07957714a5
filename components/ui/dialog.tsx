'use client';

/**
 * Dialogs, for what must be settled before going on. Refuses to be the default: a panel beside the list is better
 * whenever the page can stay in view. {@link ConfirmDialog} asks before something that cannot be undone.
 */
import { AlertDialog } from '@base-ui/react/alert-dialog';
import { Dialog as Base } from '@base-ui/react/dialog';
import { type FormEvent, type ReactNode, type RefObject, useId, useState } from 'react';
import { Button, IconButton } from './button';
import { classes } from './classes';
import { Field } from './field';
import { Icon } from './icon';
import { Input } from './input';

export interface DialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: ReactNode;
  /** One or two sentences under the title. */
  description?: ReactNode;
  children?: ReactNode;
  /** Buttons, the confirming one last. */
  footer?: ReactNode;
  wide?: boolean;
  /** What gets focus first; by default the first thing that can. */
  initialFocus?: RefObject<HTMLElement | null>;
  /** With it the whole dialog is a form and Enter submits. */
  onSubmit?: () => void;
}

export function Dialog(props: DialogProps) {
  const { open, onOpenChange, title, description, children, footer, wide, initialFocus, onSubmit } = props;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    event.stopPropagation();
    onSubmit?.();
  };
  const inside = (
    <>
      <header>
        <Base.Title>{title}</Base.Title>
        <Base.Close className="push" render={<IconButton icon="close" label="Close" small />} />
      </header>
      <div className="content">
        {description && <Base.Description className="says">{description}</Base.Description>}
        {children}
      </div>
      {footer && <footer>{footer}</footer>}
    </>
  );
  return (
    <Base.Root open={open} onOpenChange={(next) => onOpenChange(next)}>
      <Base.Portal>
        <Base.Backdrop className="scrim" />
        <Base.Viewport className="dialog-place">
          <Base.Popup className={classes('dialog', wide && 'wide')} initialFocus={initialFocus}>
            {onSubmit ? (
              <form className="sheet" noValidate onSubmit={submit}>
                {inside}
              </form>
            ) : (
              <div className="sheet">{inside}</div>
            )}
          </Base.Popup>
        </Base.Viewport>
      </Base.Portal>
    </Base.Root>
  );
}

export interface ConfirmDialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  /** A question: "Delete Order fulfilment?" */
  title: ReactNode;
  /** What will happen, and what will not. */
  children?: ReactNode;
  /** The verb: "Delete flow". */
  confirmLabel: string;
  cancelLabel?: string;
  danger?: boolean;
  /** The person types exactly this (a name) before the button works. */
  typeToConfirm?: string;
  /** May return a promise. While it is pending the dialog stays; when it rejects, the message is shown and nothing closes. */
  onConfirm: () => unknown;
}

export function ConfirmDialog(props: ConfirmDialogProps) {
  return (
    <AlertDialog.Root open={props.open} onOpenChange={(next) => props.onOpenChange(next)}>
      <AlertDialog.Portal>
        <AlertDialog.Backdrop className="scrim" />
        <AlertDialog.Viewport className="dialog-place">
          <AlertDialog.Popup className="dialog">
            <ConfirmBody {...props} />
          </AlertDialog.Popup>
        </AlertDialog.Viewport>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}

/** Mounted with the open dialog, so that what was typed and what failed is forgotten on closing. */
function ConfirmBody(props: ConfirmDialogProps) {
  const {
    title,
    children,
    confirmLabel,
    cancelLabel = 'Keep it',
    danger,
    typeToConfirm,
    onConfirm,
    onOpenChange,
  } = props;
  const [typed, setTyped] = useState('');
  const [isBusy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const form = useId();
  const isReady = typeToConfirm === undefined || typed === typeToConfirm;

  const confirm = async (event: FormEvent) => {
    event.preventDefault();
    event.stopPropagation();
    if (!isReady || isBusy) return;
    setBusy(true);
    setFailure(null);
    try {
      await onConfirm();
      onOpenChange(false);
    } catch (error) {
      setFailure(error instanceof Error ? error.message : 'That did not work. Try again.');
    } finally {
      setBusy(false);
    }
  };

  return (
    <div className="sheet">
      <header>
        <AlertDialog.Title>{title}</AlertDialog.Title>
      </header>
      <form id={form} className="content" onSubmit={confirm}>
        {children && <AlertDialog.Description render={<div className="says" />}>{children}</AlertDialog.Description>}
        {typeToConfirm !== undefined && (
          <Field
            label={
              <>
                Type <b>{typeToConfirm}</b> to confirm
              </>
            }
          >
            <Input value={typed} onValueChange={setTyped} autoComplete="off" spellCheck={false} />
          </Field>
        )}
        {failure && (
          <p className="st is-failed" role="alert">
            <Icon name="error" />
            {failure}
          </p>
        )}
      </form>
      <footer>
        <AlertDialog.Close render={<Button>{cancelLabel}</Button>} />
        <Button type="submit" form={form} variant={danger ? 'danger' : 'primary'} busy={isBusy} disabled={!isReady}>
          {confirmLabel}
        </Button>
      </footer>
    </div>
  );
}
