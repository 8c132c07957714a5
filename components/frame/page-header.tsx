'use client';

/** The top of a page: where it is, what it is called, what can be done; and tabs that are addresses. */
import Link from 'next/link';
import { usePathname } from 'next/navigation';
import type { ReactNode } from 'react';
import { classes } from '@/components/ui/classes';
import { currentTab } from './navigation';

export interface Crumb {
  label: ReactNode;
  href: string;
}

export interface PageHeaderProps {
  /** The way here, outermost first, without the page itself. */
  crumbs?: readonly Crumb[];
  title: ReactNode;
  /** Right of the title: chips, "Saved 12:44:02". */
  beside?: ReactNode;
  /** At the right end; at most one primary button. */
  actions?: ReactNode;
}

export function PageHeader({ crumbs = [], title, beside, actions }: PageHeaderProps) {
  return (
    <header className="head">
      <div className="crumbs">
        {crumbs.length > 0 && (
          <nav aria-label="Breadcrumb" className="crumbs">
            <ol>
              {crumbs.map((crumb) => (
                <li key={crumb.href}>
                  <Link href={crumb.href}>{crumb.label}</Link>
                  <span className="sep" aria-hidden="true">
                    /
                  </span>
                </li>
              ))}
            </ol>
          </nav>
        )}
        <h1>{title}</h1>
      </div>
      {beside}
      {actions && <div className="bar push">{actions}</div>}
    </header>
  );
}

export interface LinkTabsProps {
  /** The accessible name: "Flow", "Settings". */
  label: string;
  tabs: readonly { href: string; label: ReactNode; count?: number }[];
  /** Stands at the right end. */
  aside?: ReactNode;
}

export function LinkTabs({ label, tabs, aside }: LinkTabsProps) {
  const pathname = usePathname();
  const current = currentTab(
    pathname,
    tabs.map((tab) => tab.href),
  );
  return (
    <nav className="tabs" aria-label={label}>
      {tabs.map((tab) => (
        <Link key={tab.href} href={tab.href} aria-current={tab.href === current ? 'page' : undefined}>
          {tab.label}
          {tab.count !== undefined && <span className="faint">{tab.count}</span>}
        </Link>
      ))}
      {aside && <div className="bar push faint small-text">{aside}</div>}
    </nav>
  );
}

/** The scrolling part under the header. `padded` for panels on the ground, plain for lists that fill the width. */
export function PageBody({
  padded,
  className,
  children,
}: {
  padded?: boolean;
  className?: string;
  children: ReactNode;
}) {
  return <div className={classes('page', padded && 'padded', className)}>{children}</div>;
}
