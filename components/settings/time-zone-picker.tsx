'use client';

/** Finds one of several hundred time zones by typing, with the time it is there now. */
import { Combobox } from '@base-ui/react/combobox';
import { useMemo, useSyncExternalStore } from 'react';
import { classes } from '@/components/ui/classes';
import { Icon } from '@/components/ui/icon';
import { usePreferences } from '@/components/ui/preferences';
import { useNow } from '@/components/ui/timestamp';
import styles from './settings.module.css';
import { type TimeZoneChoice, timeInZone, timeZoneChoices } from './time-zones';

export function TimeZonePicker() {
  const { timeZone, resolvedTimeZone, setPreferences } = usePreferences();
  const nowMs = useNow();
  const ownZone = useSyncExternalStore(never, browserZone, () => 'UTC');
  const choices = useMemo(() => timeZoneChoices(Intl.supportedValuesOf('timeZone'), ownZone), [ownZone]);
  const chosen = choices.find(({ value }) => value === timeZone) ?? { value: timeZone, label: timeZone };

  return (
    <Combobox.Root<TimeZoneChoice>
      items={choices}
      value={chosen}
      onValueChange={(next) => next && setPreferences({ timeZone: next.value })}
      isItemEqualToValue={(a, b) => a.value === b.value}
      autoHighlight
    >
      <Combobox.InputGroup className="input">
        <Icon name="clock" />
        <Combobox.Input placeholder="Search a city or region" />
        {nowMs !== null && <span className={styles.now}>{timeInZone(nowMs, resolvedTimeZone)}</span>}
        <Combobox.Trigger className="clear" aria-label="Show all time zones">
          <Icon name="down" small />
        </Combobox.Trigger>
      </Combobox.InputGroup>
      <Combobox.Portal>
        <Combobox.Positioner className="layer" sideOffset={4} collisionPadding={8}>
          <Combobox.Popup className={classes('pop', styles.zones)}>
            <Combobox.Empty>
              <div className="opt-none">No time zone has this name. Try a large city in the same zone.</div>
            </Combobox.Empty>
            <Combobox.List>
              {(choice: TimeZoneChoice) => (
                <Combobox.Item key={choice.value} className="opt" value={choice}>
                  <span className={styles.zone}>{choice.label}</span>
                  {nowMs !== null && (
                    <span className={styles.now}>
                      {timeInZone(nowMs, choice.value === 'auto' ? ownZone : choice.value)}
                    </span>
                  )}
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
