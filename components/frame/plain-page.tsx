/** A page that only says one thing and offers the ways on: not found, failed. Works with and without the frame. */
import type { ReactNode } from 'react';
import { Mark } from './mark';

export interface PlainPageProps {
  title: string;
  children: ReactNode;
  actions: ReactNode;
}

export function PlainPage({ title, children, actions }: PlainPageProps) {
  return (
    <div className="plain-page">
      <Mark />
      <h1>{title}</h1>
      {children}
      <div className="bar">{actions}</div>
    </div>
  );
}
