'use client';

/** How the screens look and in which zone times are shown. Each choice applies at once and follows the person. */
import { Field } from '@/components/ui/field';
import { usePreferences } from '@/components/ui/preferences';
import { SegmentedControl } from '@/components/ui/segmented-control';
import { TimeZoneSelect } from '@/components/ui/time-zone-select';
import styles from './settings.module.css';
import { SettingsPanel } from './settings-panel';

export function LookPanel() {
  const { theme, density, timeZone, setPreferences } = usePreferences();
  return (
    <SettingsPanel title="Look and time">
      <Field label="Theme">
        <SegmentedControl
          label="Theme"
          className={styles.start}
          value={theme}
          onValueChange={(next) => setPreferences({ theme: next })}
          options={[
            { value: 'light', label: 'Light', icon: 'sun' },
            { value: 'dark', label: 'Dark', icon: 'moon' },
            { value: 'system', label: 'As the system', icon: 'screen' },
          ]}
        />
      </Field>
      <Field label="Density" hint="Compact shows more; comfortable is easier to hit and to read.">
        <SegmentedControl
          label="Density"
          className={styles.start}
          value={density}
          onValueChange={(next) => setPreferences({ density: next })}
          options={[
            { value: 'compact', label: 'Compact' },
            { value: 'comfortable', label: 'Comfortable' },
          ]}
        />
      </Field>
      <Field label="Time zone" hint="Times are stored in UTC and shown in this zone." className={styles.narrow}>
        <TimeZoneSelect hasAuto value={timeZone} onValueChange={(next) => setPreferences({ timeZone: next })} />
      </Field>
    </SettingsPanel>
  );
}
