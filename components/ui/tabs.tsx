'use client';

/** Tabs that swap panels within a page. Tabs that are addresses are LinkTabs in components/frame. */
import { Tabs as Base } from '@base-ui/react/tabs';
import type { ReactNode } from 'react';

export interface TabsProps<Value extends string> {
  label: string;
  tabs: readonly { value: Value; label: ReactNode; count?: number; disabled?: boolean; panel: ReactNode }[];
  value: Value;
  onValueChange: (value: Value) => void;
  /** Stands right of the tabs. */
  aside?: ReactNode;
  /** The class of each panel. */
  panelClassName?: string;
  className?: string;
}

export function Tabs<Value extends string>(props: TabsProps<Value>) {
  const { label, tabs, value, onValueChange, aside, panelClassName, className } = props;
  return (
    <Base.Root className={className} value={value} onValueChange={(next) => onValueChange(next as Value)}>
      <div className="tabs-row">
        <Base.List className="tabs" aria-label={label} activateOnFocus>
          {tabs.map((tab) => (
            <Base.Tab key={tab.value} value={tab.value} disabled={tab.disabled}>
              {tab.label}
              {tab.count !== undefined && <span className="faint">{tab.count}</span>}
            </Base.Tab>
          ))}
        </Base.List>
        {aside && <div className="aside">{aside}</div>}
      </div>
      {tabs.map((tab) => (
        <Base.Panel key={tab.value} value={tab.value} className={panelClassName}>
          {tab.panel}
        </Base.Panel>
      ))}
    </Base.Root>
  );
}
