'use client';

/**
 * Finds one of several hundred time zones by typing, with the time it is there now. A name the browser does not know is
 * shown as it is written and kept until another is chosen.
 */
import { Combobox } from '@base-ui/react/combobox';
import { useMemo, useSyncExternalStore } from 'react';
import { Icon } from './icon';
import { type TimeZoneChoice, timeInZone, timeZoneChoices, timeZoneLabel } from './time-zones';
import { useNow } from './timestamp';

export interface TimeZoneSelectProps {
  /** IANA name; `auto` where that is offered. */
  value: string;
  onValueChange: (value: string) => void;
  /** Offers the browser's own zone, whichever it is, as `auto`. */
  hasAuto?: boolean;
  id?: string;
  'aria-describedby'?: string;
  'aria-invalid'?: true;
}

export function TimeZoneSelect({ value, onValueChange, hasAuto = false, ...control }: TimeZoneSelectProps) {
  const nowMs = useNow();
  const ownZone = useSyncExternalStore(never, browserZone, () => 'UTC');
  const autoZone = hasAuto ? ownZone : null;
  const choices = useMemo(() => timeZoneChoices(Intl.supportedValuesOf('timeZone'), autoZone), [autoZone]);
  const known = choices.find((choice) => choice.value === value);
  const zoneOf = (choice: string): string => (choice === 'auto' ? ownZone : choice);

  return (
    <Combobox.Root<TimeZoneChoice>
      items={choices}
      value={known ?? { value, label: timeZoneLabel(value) }}
      onValueChange={(next) => next && onValueChange(next.value)}
      isItemEqualToValue={(a, b) => a.value === b.value}
      autoHighlight
    >
      <Combobox.InputGroup className="input">
        <Icon name="clock" />
        <Combobox.Input placeholder="Search a city or region" {...control} />
        {nowMs !== null && known !== undefined && <span className="zone-now">{timeInZone(nowMs, zoneOf(value))}</span>}
        <Combobox.Trigger className="clear" aria-label="Show all time zones">
          <Icon name="down" small />
        </Combobox.Trigger>
      </Combobox.InputGroup>
      <Combobox.Portal>
        <Combobox.Positioner className="layer" sideOffset={4} collisionPadding={8}>
          <Combobox.Popup className="pop zones">
            <Combobox.Empty>
              <div className="opt-none">No time zone has this name. Try a large city in the same zone.</div>
            </Combobox.Empty>
            <Combobox.List>
              {(choice: TimeZoneChoice) => (
                <Combobox.Item key={choice.value} className="opt" value={choice}>
                  <span className="what">{choice.label}</span>
                  {nowMs !== null && <span className="zone-now">{timeInZone(nowMs, zoneOf(choice.value))}</span>}
                </Combobox.Item>
              )}
            </Combobox.List>
          </Combobox.Popup>
        </Combobox.Positioner>
      </Combobox.Portal>
    </Combobox.Root>
  );
}

const never = () => () => undefined;
const browserZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;
