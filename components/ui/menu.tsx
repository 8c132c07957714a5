'use client';

/** A menu of actions, links and choices behind one button, or at a place. Everything in it must also be reachable another way or rare. */
import { Menu as Base } from '@base-ui/react/menu';
import Link from 'next/link';
import { type ReactElement, useMemo } from 'react';
import { classes } from './classes';
import { Icon, type IconName } from './icon';
import { Kbd } from './kbd';

interface Row {
  label: string;
  hint?: string;
  icon?: IconName;
  disabled?: boolean;
}

export type MenuItem =
  | (Row & { kind?: 'action'; onSelect: () => void; keys?: string; danger?: boolean })
  | (Row & { kind: 'link'; href: string })
  | {
      kind: 'choice';
      label: string;
      value: string;
      options: readonly (Row & { value: string })[];
      onSelect: (value: string) => void;
    }
  | { kind: 'label'; label: string }
  | { kind: 'rule' };

export interface MenuProps {
  /** One button element; the menu wires it. */
  trigger: ReactElement;
  items: readonly MenuItem[];
  align?: 'start' | 'end';
  side?: 'top' | 'bottom' | 'right';
}

export function Menu({ trigger, items, align = 'end', side = 'bottom' }: MenuProps) {
  return (
    <Base.Root>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner className="layer" side={side} align={align} sideOffset={4} collisionPadding={8}>
          <Base.Popup className="pop">
            <Rows items={items} />
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

export interface MenuAtProps {
  /** Where it opens, in pixels of the window. */
  at: { readonly x: number; readonly y: number };
  items: readonly MenuItem[];
  /** Accessible name. */
  label: string;
  onClose: () => void;
}

/** The menu of a place on the screen: a right click, or the menu key. It is open for as long as it is drawn. */
export function MenuAt({ at, items, label, onClose }: MenuAtProps) {
  const anchor = useMemo(() => ({ getBoundingClientRect: () => new DOMRect(at.x, at.y, 0, 0) }), [at.x, at.y]);
  return (
    <Base.Root open onOpenChange={(isOpen) => isOpen || onClose()}>
      <Base.Portal>
        <Base.Positioner className="layer" anchor={anchor} side="bottom" align="start" collisionPadding={8}>
          <Base.Popup className="pop" aria-label={label}>
            <Rows items={items} />
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

const Rows = ({ items }: { items: readonly MenuItem[] }) =>
  items.map((item) => <MenuRow key={keyOf(item, items)} item={item} />);

const keyOf = (item: MenuItem, items: readonly MenuItem[]) =>
  item.kind === 'rule' ? `rule ${items.indexOf(item)}` : `${item.kind ?? 'action'} ${item.label}`;

function Words({ label, hint, icon }: Row) {
  return (
    <>
      {icon && <Icon name={icon} />}
      <span className="what">
        {label}
        {hint && <small>{hint}</small>}
      </span>
    </>
  );
}

function MenuRow({ item }: { item: MenuItem }) {
  switch (item.kind) {
    case 'rule':
      return <Base.Separator className="opt-rule" />;
    case 'label':
      return <div className="opt-group">{item.label}</div>;
    case 'link':
      return (
        <Base.LinkItem className="opt" closeOnClick render={<Link href={item.href} />}>
          <Words {...item} />
        </Base.LinkItem>
      );
    case 'choice':
      return (
        <Base.RadioGroup value={item.value} onValueChange={(value) => item.onSelect(String(value))}>
          <Base.Group>
            <Base.GroupLabel className="opt-group">{item.label}</Base.GroupLabel>
            {item.options.map((option) => (
              <Base.RadioItem
                key={option.value}
                className="opt"
                value={option.value}
                disabled={option.disabled}
                closeOnClick
              >
                <Words {...option} />
                <Base.RadioItemIndicator className="aside">
                  <Icon name="check" small />
                </Base.RadioItemIndicator>
              </Base.RadioItem>
            ))}
          </Base.Group>
        </Base.RadioGroup>
      );
    default:
      return (
        <Base.Item className={classes('opt', item.danger && 'danger')} disabled={item.disabled} onClick={item.onSelect}>
          <Words {...item} />
          {item.keys && <Kbd keys={item.keys} />}
        </Base.Item>
      );
  }
}
