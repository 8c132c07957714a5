'use client';

/**
 * Buttons and links that look like buttons. One primary per view. An icon button always carries a name, shown as its
 * tooltip; a busy button stays focusable and refuses a second press.
 */
import Link from 'next/link';
import type { ComponentProps, MouseEvent, ReactNode, Ref } from 'react';
import { classes } from './classes';
import { Icon, type IconName } from './icon';
import { Tooltip } from './tooltip';

interface Look {
  variant?: 'default' | 'primary' | 'ghost' | 'danger';
  small?: boolean;
  icon?: IconName;
  /** An icon after the words, for "Older ›". */
  iconAfter?: IconName;
  children?: ReactNode;
  className?: string;
}

export interface ButtonProps extends Look, Omit<ComponentProps<'button'>, 'children' | 'className'> {
  /** The action is under way: shows the running mark and ignores presses. */
  busy?: boolean;
}

const looks = ({ variant = 'default', small, className }: Look, extra?: string) =>
  classes('btn', variant !== 'default' && variant, small && 'small', extra, className);

export function Button(props: ButtonProps) {
  const { variant, small, icon, iconAfter, busy = false, children, className, onClick, type, ...rest } = props;
  const press = (event: MouseEvent<HTMLButtonElement>) => {
    if (busy) event.preventDefault();
    else onClick?.(event);
  };
  return (
    <button
      type={type ?? 'button'}
      {...rest}
      className={looks({ variant, small, className })}
      aria-busy={busy || undefined}
      onClick={press}
    >
      {busy ? <Icon name="running" small className="spin" /> : icon && <Icon name={icon} small />}
      {children}
      {iconAfter && <Icon name={iconAfter} small />}
    </button>
  );
}

export interface ButtonLinkProps extends Look {
  href: string;
  prefetch?: boolean;
  target?: string;
  title?: string;
  'aria-label'?: string;
}

/** A link that looks like a button: it goes somewhere, so it can be opened in a new tab. */
export function ButtonLink({ variant, small, icon, iconAfter, children, className, ...rest }: ButtonLinkProps) {
  return (
    <Link {...rest} className={looks({ variant, small, className })}>
      {icon && <Icon name={icon} small />}
      {children}
      {iconAfter && <Icon name={iconAfter} small />}
    </Link>
  );
}

export interface IconButtonProps extends Omit<ComponentProps<'button'>, 'children' | 'className' | 'title'> {
  icon: IconName;
  /** What it does, in a word or two: the accessible name and the tooltip. */
  label: string;
  /** The shortcut that does the same, as for useShortcut: shown in the tooltip. */
  keys?: string;
  variant?: 'default' | 'ghost' | 'danger';
  small?: boolean;
  pressed?: boolean;
  className?: string;
  ref?: Ref<HTMLButtonElement>;
}

export function IconButton(props: IconButtonProps) {
  const { icon, label, keys, variant = 'ghost', small, pressed, className, type, ...rest } = props;
  return (
    <Tooltip label={label} keys={keys}>
      <button
        type={type ?? 'button'}
        {...rest}
        className={looks({ variant, small, className }, 'icon')}
        aria-label={label}
        aria-pressed={pressed}
      >
        <Icon name={icon} small={small} />
      </button>
    </Tooltip>
  );
}
