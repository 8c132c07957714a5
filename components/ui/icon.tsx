/**
 * The icons of the product, drawn for a 16-pixel grid with one stroke. Typed by name so that a misspelt icon does not
 * compile. Refuses to speak: an icon is decoration beside a word, and `label` is for the rare one that stands alone.
 */
import type { ReactElement } from 'react';

const drawings = {
  approval: (
    <>
      <circle cx="6.5" cy="5" r="2.5" />
      <path d="M2 13.5c0-2.6 2-4 4.5-4 .8 0 1.5.1 2.1.4M9.5 12l1.5 1.5 3-3" />
    </>
  ),
  call: (
    <>
      <rect x="2.5" y="2.5" width="11" height="11" rx="2" />
      <path d="M5.5 8h5M8.5 5.8L10.7 8l-2.2 2.2" />
    </>
  ),
  check: <path d="M3.5 8.5l3 3 6-7" />,
  clock: (
    <>
      <circle cx="8" cy="8" r="5.5" />
      <path d="M8 5v3.2l2.2 1.3" />
    </>
  ),
  close: <path d="M4 4l8 8M12 4l-8 8" />,
  code: <path d="M5.5 4.5L2 8l3.5 3.5M10.5 4.5L14 8l-3.5 3.5" />,
  connections: (
    <path d="M6.5 9.5l3-3M7 4.8l1.3-1.3a2.9 2.9 0 0 1 4.2 4.2L11.2 9M9 11.2l-1.3 1.3a2.9 2.9 0 0 1-4.2-4.2L4.8 7" />
  ),
  copy: (
    <>
      <rect x="5.5" y="5.5" width="8" height="8" rx="1.5" />
      <path d="M10.5 5.5v-2a1 1 0 0 0-1-1h-6a1 1 0 0 0-1 1v6a1 1 0 0 0 1 1h2" />
    </>
  ),
  cross: <path d="M4.5 4.5l7 7M11.5 4.5l-7 7" />,
  cursor: <path d="M3.5 3l9 3.7-4 1.5-1.5 4z" />,
  dash: <path d="M4 8h8" />,
  dead: (
    <>
      <path d="M2.5 4.5h11v8h-11zM2.5 5l5.5 4 5.5-4" />
      <path d="M10.5 2.2l2.6-1" />
    </>
  ),
  down: <path d="M4.5 6.5L8 10l3.5-3.5" />,
  download: <path d="M8 2.5v8M4.8 7.5L8 10.7l3.2-3.2M3 13.5h10" />,
  drag: <path d="M6 4h.01M10 4h.01M6 8h.01M10 8h.01M6 12h.01M10 12h.01" strokeWidth="1.8" />,
  edit: <path d="M3 13l.7-3 6.8-6.8 2.3 2.3L6 12.3zM9.2 4.5l2.3 2.3" />,
  error: (
    <>
      <circle cx="8" cy="8" r="5.7" />
      <path d="M8 5v3.6M8 10.8v.1" />
    </>
  ),
  event: (
    <>
      <circle cx="8" cy="8" r="1.5" />
      <path d="M5 11a4.2 4.2 0 0 1 0-6M11 5a4.2 4.2 0 0 1 0 6M3 13a7 7 0 0 1 0-10M13 3a7 7 0 0 1 0 10" />
    </>
  ),
  events: (
    <path d="M2 5.2c2 0 2-1.4 4-1.4s2 1.4 4 1.4 2-1.4 4-1.4M2 8.7c2 0 2-1.4 4-1.4s2 1.4 4 1.4 2-1.4 4-1.4M2 12.2c2 0 2-1.4 4-1.4s2 1.4 4 1.4 2-1.4 4-1.4" />
  ),
  eye: (
    <>
      <path d="M1.8 8S4 3.8 8 3.8 14.2 8 14.2 8 12 12.2 8 12.2 1.8 8 1.8 8z" />
      <circle cx="8" cy="8" r="1.8" />
    </>
  ),
  filter: <path d="M2.5 4h11M4.5 8h7M6.5 12h3" />,
  fit: (
    <path d="M2.5 6V3.5a1 1 0 0 1 1-1H6M10 2.5h2.5a1 1 0 0 1 1 1V6M13.5 10v2.5a1 1 0 0 1-1 1H10M6 13.5H3.5a1 1 0 0 1-1-1V10" />
  ),
  flows: (
    <>
      <rect x="2" y="2.5" width="5" height="3.6" rx="1" />
      <rect x="9" y="9.9" width="5" height="3.6" rx="1" />
      <path d="M4.5 6.1v3.6a2 2 0 0 0 2 2H9" />
    </>
  ),
  hand: (
    <path d="M5 8.5V4.3a1 1 0 0 1 2 0V3.2a1 1 0 0 1 2 0v1a1 1 0 0 1 2 0v1.3a1 1 0 0 1 2 0V10c0 2.5-1.8 4-4 4-2.5 0-3.5-1.2-4.5-3L3 8.5c-.6-1.2.8-2 1.5-1.1z" />
  ),
  hourglass: (
    <path d="M4.5 2.5h7M4.5 13.5h7M5.5 2.5c0 3 2.5 4 2.5 5.5s-2.5 2.5-2.5 5.5M10.5 2.5c0 3-2.5 4-2.5 5.5s2.5 2.5 2.5 5.5" />
  ),
  http: <path d="M2.5 5.5h9.5M9.5 3L12 5.5 9.5 8M13.5 10.5H4M6.5 8L4 10.5 6.5 13" />,
  info: (
    <>
      <circle cx="8" cy="8" r="5.7" />
      <path d="M8 7.4v3.6M8 5v.1" />
    </>
  ),
  key: (
    <>
      <circle cx="5.3" cy="10.7" r="2.8" />
      <path d="M7.3 8.7l5.7-5.7M10.2 5.8l1.8 1.8M12 4l1.3 1.3" />
    </>
  ),
  lanes: <path d="M2 3.5h12M2 12.5h12M3.5 8h2.5M7.5 8H10M12.5 6.2L14.3 8l-1.8 1.8" />,
  left: <path d="M9.5 4.5L6 8l3.5 3.5" />,
  link: <path d="M6 3.5H3.5v9h9V10M9 3h4v4M13 3L7.5 8.5" />,
  lock: (
    <>
      <rect x="3.5" y="7" width="9" height="6.5" rx="1.3" />
      <path d="M5.5 7V5.2a2.5 2.5 0 0 1 5 0V7" />
    </>
  ),
  loop: <path d="M12.8 6.5A5 5 0 0 0 3.5 6M3.2 9.5a5 5 0 0 0 9.3.5M3.3 3.2V6h2.8M12.7 12.8V10H9.9" />,
  map: <path d="M2 4l4-1.5 4 1.5 4-1.5V12l-4 1.5L6 12l-4 1.5zM6 2.5V12M10 4v9.5" />,
  minus: <path d="M3 8h10" />,
  moon: <path d="M13 9.7A5.4 5.4 0 1 1 6.3 3a4.3 4.3 0 0 0 6.7 6.7z" />,
  more: <path d="M3.5 8h.01M8 8h.01M12.5 8h.01" strokeWidth="2.2" />,
  note: <path d="M3 3h10v6.5L9.5 13H3zM13 9.5H9.5V13" />,
  offline: (
    <path d="M2.5 6.5a8 8 0 0 1 2.7-1.7M8.3 4.1a8 8 0 0 1 5.2 2.4M4.8 9a4.6 4.6 0 0 1 2-1.2M8 12v.1M2.5 2.5l11 11" />
  ),
  overview: <path d="M2.5 10.5a5.5 5.5 0 0 1 11 0M8 10.5l2.6-3.2M2.5 13h11" />,
  pause: <path d="M6 4v8M10 4v8" />,
  pin: <path d="M9.5 2l4.5 4.5-2.5.5-2.5 2.5-.5 3L3.5 7.5l3-.5L9 4.5zM6 10l-3.5 3.5" />,
  play: <path d="M5 3.2l7.5 4.8L5 12.8z" />,
  plus: <path d="M8 3v10M3 8h10" />,
  publish: <path d="M8 11V3M4.8 6L8 2.8 11.2 6M3 13.5h10" />,
  redo: <path d="M10 3.5l3 3-3 3M12.8 6.5H7.2a3.7 3.7 0 0 0 0 7.4h2.3" />,
  retry: <path d="M12.8 6.5A5 5 0 1 0 13 9M12.9 3v3.5H9.4" />,
  right: <path d="M6.5 4.5L10 8l-3.5 3.5" />,
  running: (
    <>
      <path d="M8 2.5a5.5 5.5 0 1 1-5.5 5.5" />
      <circle cx="8" cy="8" r="1.3" fill="currentColor" stroke="none" />
    </>
  ),
  runs: <path d="M2.5 4h6M5 8h6.5M8.5 12h5" />,
  saga: (
    <>
      <rect x="2" y="2.5" width="12" height="11" rx="2.5" strokeDasharray="2.6 1.8" />
      <path d="M5.5 8h5M7.5 6L5.5 8l2 2" />
    </>
  ),
  schemas: (
    <path d="M5.5 2.5C4 2.5 4 3.4 4 4.6S4 7.4 2.5 8C4 8.6 4 10.2 4 11.4s0 2.1 1.5 2.1M10.5 2.5c1.5 0 1.5.9 1.5 2.1S12 7.4 13.5 8C12 8.6 12 10.2 12 11.4s0 2.1-1.5 2.1" />
  ),
  screen: (
    <>
      <rect x="2" y="3" width="12" height="8" rx="1.2" />
      <path d="M5.5 13.5h5M8 11v2.5" />
    </>
  ),
  search: (
    <>
      <circle cx="7" cy="7" r="4.2" />
      <path d="M10.2 10.2l3.3 3.3" />
    </>
  ),
  settings: (
    <>
      <path d="M2.5 4.5h6M12 4.5h1.5M2.5 11.5H4M7.5 11.5h6" />
      <circle cx="10.2" cy="4.5" r="1.7" />
      <circle cx="5.8" cy="11.5" r="1.7" />
    </>
  ),
  'sign-out': <path d="M6.5 2.8H3.5v10.4h3M7 8h6.5M11 5.5L13.5 8 11 10.5" />,
  slash: (
    <>
      <circle cx="8" cy="8" r="5.2" />
      <path d="M4.5 11.5l7-7" />
    </>
  ),
  stop: <path d="M5.5 2.5h5l3 3v5l-3 3h-5l-3-3v-5zM8 5v3.5M8 10.9v.1" />,
  sun: (
    <>
      <circle cx="8" cy="8" r="2.7" />
      <path d="M8 1.8v1.4M8 12.8v1.4M1.8 8h1.4M12.8 8h1.4M3.6 3.6l1 1M11.4 11.4l1 1M12.4 3.6l-1 1M4.6 11.4l-1 1" />
    </>
  ),
  switch: <path d="M2 8h3.5M5.5 8c2.5 0 2-4 4.5-4h3.5M5.5 8c2.5 0 2 4 4.5 4h3.5M5.5 8h8" />,
  terminate: <rect x="4" y="4" width="8" height="8" rx="1.5" />,
  theme: (
    <>
      <circle cx="8" cy="8" r="5.5" />
      <path d="M8 2.5v11M8 5l4-1M8 8h5.5M8 11l4 1" />
    </>
  ),
  tidy: (
    <>
      <rect x="5" y="2" width="6" height="3" rx="1" />
      <rect x="5" y="11" width="6" height="3" rx="1" />
      <path d="M8 5v6" />
    </>
  ),
  transform: <path d="M2.5 4.5h3c3 0 2.5 7 5.5 7h2.5M11.5 9.5l2 2-2 2M2.5 11.5h2M11 4.5h2.5" />,
  trash: <path d="M3 4.5h10M6.5 4.5V3h3v1.5M4.5 4.5l.6 8.5h5.8l.6-8.5M7 7v3.5M9 7v3.5" />,
  undo: <path d="M6 3.5L3 6.5l3 3M3.2 6.5h5.6a3.7 3.7 0 0 1 0 7.4H6.5" />,
  unknown: (
    <>
      <circle cx="8" cy="8" r="5.7" />
      <path d="M6.3 6.5a1.8 1.8 0 1 1 2.7 1.6c-.7.4-1 .8-1 1.4M8 11.4v.1" />
    </>
  ),
  up: <path d="M4.5 9.5L8 6l3.5 3.5" />,
  user: (
    <>
      <circle cx="8" cy="5.4" r="2.6" />
      <path d="M3 13.5c.4-2.8 2.3-4.2 5-4.2s4.6 1.4 5 4.2" />
    </>
  ),
  validate: <path d="M9.5 2H4.5a1 1 0 0 0-1 1v10a1 1 0 0 0 1 1h7a1 1 0 0 0 1-1V5zM6 9l1.6 1.6L10.5 7.5" />,
  warn: <path d="M8 2.5l6 10.8H2zM8 6.8v3M8 11.6v.1" />,
  webhook: (
    <>
      <path d="M1.5 4.5H6l3 2M1.5 11.5H6l3-2M1.5 8H9" />
      <path d="M11.5 3.5v9" />
    </>
  ),
  worker: (
    <>
      <rect x="2.5" y="3" width="11" height="4" rx="1" />
      <rect x="2.5" y="9" width="11" height="4" rx="1" />
      <path d="M5 5h.01M5 11h.01" strokeWidth="2" />
    </>
  ),
} as const satisfies Record<string, ReactElement>;

export type IconName = keyof typeof drawings;

export const iconNames = Object.keys(drawings) as IconName[];

export interface IconProps {
  name: IconName;
  /** 16 px by default, 14 px when small. */
  small?: boolean;
  className?: string;
  /** What a screen reader says. Without it the icon is hidden from assistive technology. */
  label?: string;
}

export function Icon({ name, small = false, className, label }: IconProps) {
  const classes = ['i', small ? 's' : '', className ?? ''].filter(Boolean).join(' ');
  if (label === undefined) {
    return (
      <svg className={classes} viewBox="0 0 16 16" aria-hidden="true">
        {drawings[name]}
      </svg>
    );
  }
  return (
    <svg className={classes} viewBox="0 0 16 16" role="img" aria-label={label}>
      {drawings[name]}
    </svg>
  );
}
