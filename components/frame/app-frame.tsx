'use client';

/**
 * The frame around every signed-in page: navigation, command palette, connection banner, the person at the foot.
 * Canvas screens fold the navigation to a rail. Refuses data of its own: the layout hands it who is here.
 */
import Link from 'next/link';
import { usePathname, useRouter } from 'next/navigation';
import { type ReactNode, useCallback, useId, useMemo } from 'react';
import { ApprovalBadge } from '@/components/approvals/approval-badge';
import { classes } from '@/components/ui/classes';
import { Icon } from '@/components/ui/icon';
import { Kbd } from '@/components/ui/kbd';
import { Menu, type MenuItem } from '@/components/ui/menu';
import type { Theme } from '@/components/ui/preference-cookies';
import { usePreferences } from '@/components/ui/preferences';
import { useToast } from '@/components/ui/toast';
import { Tooltip } from '@/components/ui/tooltip';
import { CommandPalette } from './command-palette';
import { type Command, usePalette } from './commands';
import { ConnectionBanner } from './connection-banner';
import { Mark } from './mark';
import { isCanvasScreen, isWithin, type Place, places } from './navigation';
import { signOut } from './sign-out';

export interface AppFrameProps {
  user: { name: string; email: string };
  workspace: { name: string; slug: string };
  children: ReactNode;
}

export function AppFrame({ user, workspace, children }: AppFrameProps) {
  const pathname = usePathname();
  const isRail = isCanvasScreen(pathname);
  const leave = useSignOut();
  const frameCommands = useFrameCommands(leave);
  return (
    <div className={classes('app', isRail && 'rail')}>
      <a className="skip" href="#main">
        Skip to the page
      </a>
      <nav className="nav" aria-label="Main">
        <Link className="brand" href="/flows" aria-label="Headrace, flows">
          <Mark />
          <b>Headrace</b>
        </Link>
        <JumpBox isRail={isRail} />
        <ul className="list">
          {places.map((place) => place.where === 'main' && <NavItem key={place.href} place={place} isRail={isRail} />)}
        </ul>
        <div className="foot">
          <ul className="list">
            {places.map(
              (place) => place.where === 'foot' && <NavItem key={place.href} place={place} isRail={isRail} />,
            )}
          </ul>
          <ThemeSwitch isRail={isRail} />
          <UserMenu user={user} workspace={workspace} onSignOut={leave} />
        </div>
      </nav>
      <main className="main" id="main" tabIndex={-1}>
        <ConnectionBanner />
        {children}
      </main>
      <CommandPalette frameCommands={frameCommands} />
    </div>
  );
}

function useSignOut(): () => void {
  const toast = useToast();
  return useCallback(() => {
    signOut().catch((error: unknown) => {
      const more = error instanceof Error ? error.message : String(error);
      toast.show({ kind: 'failed', title: 'You are still signed in.', more, key: 'sign-out' });
    });
  }, [toast]);
}

function useFrameCommands(onSignOut: () => void): Command[] {
  const router = useRouter();
  const { theme, setPreferences } = usePreferences();
  return useMemo(() => {
    const go = places.map((place): Command => {
      return {
        id: `go ${place.href}`,
        label: place.label,
        group: 'Go to',
        icon: place.icon,
        run: () => router.push(place.href),
      };
    });
    const look = themes
      .filter(({ value }) => value !== theme)
      .map(({ value, command, icon }): Command => {
        const run = () => setPreferences({ theme: value });
        return { id: `theme ${value}`, label: command, group: 'Look', icon, keywords: 'theme colour mode', run };
      });
    const leave: Command = { id: 'sign-out', label: 'Sign out', group: 'Account', icon: 'sign-out', run: onSignOut };
    return [...go, ...look, leave];
  }, [router, theme, setPreferences, onSignOut]);
}

function NavItem({ place, isRail }: { place: Place; isRail: boolean }) {
  const pathname = usePathname();
  const id = useId();
  // A rail hides the word, not the name; what the badge counts is part of it.
  return (
    <li>
      <Tooltip label={place.label} side="right" disabled={!isRail}>
        <Link
          className="item"
          href={place.href}
          aria-current={isWithin(pathname, place.href) ? 'page' : undefined}
          aria-labelledby={`${id}label ${id}badge`}
        >
          <Icon name={place.icon} />
          <span className="label" id={`${id}label`}>
            {place.label}
          </span>
          {place.href === '/approvals' && <ApprovalBadge id={`${id}badge`} />}
        </Link>
      </Tooltip>
    </li>
  );
}

function JumpBox({ isRail }: { isRail: boolean }) {
  const setOpen = usePalette((state) => state.setOpen);
  return (
    <Tooltip label="Find or do" keys="Mod+K" side="right" disabled={!isRail}>
      <button type="button" className="jump" aria-label="Find or do" onClick={() => setOpen(true)}>
        <Icon name="search" />
        <span className="label">Find or do</span>
        <Kbd keys="Mod+K" />
      </button>
    </Tooltip>
  );
}

const themes = [
  { value: 'light', label: 'Light', command: 'Use the light theme', icon: 'sun' },
  { value: 'dark', label: 'Dark', command: 'Use the dark theme', icon: 'moon' },
  { value: 'system', label: 'As the system', command: 'Use the theme of the system', icon: 'screen' },
] as const;

function ThemeSwitch({ isRail }: { isRail: boolean }) {
  const { theme, setPreferences } = usePreferences();
  const flip = () => {
    const isDark = theme === 'dark' || (theme === 'system' && matchMedia('(prefers-color-scheme: dark)').matches);
    setPreferences({ theme: isDark ? 'light' : 'dark' });
  };
  return (
    <Tooltip label="Light or dark" side="right" disabled={!isRail}>
      <button type="button" className="item" aria-label="Light or dark" onClick={flip}>
        <Icon name="theme" />
        <span className="label">Light or dark</span>
      </button>
    </Tooltip>
  );
}

interface UserMenuProps extends Pick<AppFrameProps, 'user' | 'workspace'> {
  onSignOut: () => void;
}

function UserMenu({ user, workspace, onSignOut }: UserMenuProps) {
  const { theme, setPreferences } = usePreferences();
  const name = user.name || user.email;
  const items: MenuItem[] = [
    { kind: 'label', label: user.email },
    { kind: 'link', label: 'Profile and settings', icon: 'settings', href: '/settings' },
    { kind: 'rule' },
    {
      kind: 'choice',
      label: 'Theme',
      value: theme,
      options: themes.map(({ value, label, icon }) => ({ value, label, icon })),
      onSelect: (value) => setPreferences({ theme: value as Theme }),
    },
    { kind: 'rule' },
    { label: 'Sign out', icon: 'sign-out', onSelect: onSignOut },
  ];
  const trigger = (
    <button type="button" className="who" aria-label={`${name}, workspace ${workspace.name}`}>
      <span className="face" aria-hidden="true">
        {initialsOf(name)}
      </span>
      <span className="label">
        <span>{name}</span>
        <span className="faint">workspace {workspace.name}</span>
      </span>
    </button>
  );
  return <Menu trigger={trigger} items={items} side="top" align="start" />;
}

/** `IM` for Ines Marek, `I` for ines@example.org. */
function initialsOf(name: string): string {
  const words =
    name
      .split('@')[0]
      ?.split(/[\s._-]+/)
      .filter(Boolean) ?? [];
  const [first, last] = [words[0], words.length > 1 ? words.at(-1) : undefined];
  return `${first?.[0] ?? ''}${last?.[0] ?? ''}`.toUpperCase();
}
