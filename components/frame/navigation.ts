/**
 * The places of the product, in order. Only what is built is listed: a new area adds one line here and appears in the
 * navigation and the command palette. Also knows which addresses are canvas screens, where the navigation folds.
 */
import type { IconName } from '@/components/ui/icon';

export interface Place {
  readonly href: string;
  readonly label: string;
  readonly icon: IconName;
  /** `main` stands at the top, `foot` at the bottom. */
  readonly where: 'main' | 'foot';
}

export const places: readonly Place[] = [
  { href: '/flows', label: 'Flows', icon: 'flows', where: 'main' },
  { href: '/runs', label: 'Runs', icon: 'runs', where: 'main' },
  { href: '/approvals', label: 'Approvals', icon: 'approval', where: 'main' },
  { href: '/lanes', label: 'Lanes', icon: 'lanes', where: 'main' },
  { href: '/settings', label: 'Settings', icon: 'settings', where: 'foot' },
];

/** Whether this address lies in that place: `/flows/1` lies in `/flows`, `/flowsheet` does not. */
export const isWithin = (pathname: string, href: string): boolean =>
  pathname === href || pathname.startsWith(`${href}/`);

const canvasScreens = /^\/(flows|runs)\/[^/]+/;

/** Canvas screens give the width to the drawing: one flow, one run. */
export const isCanvasScreen = (pathname: string): boolean => canvasScreens.test(pathname);

/** The tab that an address belongs to: the longest one that contains it. */
export function currentTab(pathname: string, hrefs: readonly string[]): string | undefined {
  return hrefs.filter((href) => isWithin(pathname, href)).sort((a, b) => b.length - a.length)[0];
}
