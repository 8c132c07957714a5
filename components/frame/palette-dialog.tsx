'use client';

/** The dialog of the command palette: every place and every action by name, from the keyboard. Loaded when first opened. */
import { Autocomplete } from '@base-ui/react/autocomplete';
import { Dialog } from '@base-ui/react/dialog';
import { useState } from 'react';
import { Icon } from '@/components/ui/icon';
import { Kbd } from '@/components/ui/kbd';
import { type Command, type CommandGroup, collectCommands } from './commands';

export interface PaletteDialogProps {
  isOpen: boolean;
  onOpenChange: (isOpen: boolean) => void;
  frameCommands: readonly Command[];
}

export function PaletteDialog({ isOpen, onOpenChange, frameCommands }: PaletteDialogProps) {
  return (
    <Dialog.Root open={isOpen} onOpenChange={(next) => onOpenChange(next)}>
      <Dialog.Portal>
        <Dialog.Backdrop className="scrim" />
        <Dialog.Viewport className="dialog-place high">
          <Dialog.Popup className="palette-box" aria-label="Find or do">
            <PaletteBody frameCommands={frameCommands} onDone={() => onOpenChange(false)} />
          </Dialog.Popup>
        </Dialog.Viewport>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

const searchText = (command: Command) => `${command.label} ${command.keywords ?? ''} ${command.group}`;

/** Mounted with the open dialog: what can be done is asked once, at that moment. */
function PaletteBody({ frameCommands, onDone }: { frameCommands: readonly Command[]; onDone: () => void }) {
  const [groups] = useState(() => collectCommands(frameCommands));
  const choose = (command: Command) => {
    onDone();
    command.run();
  };
  return (
    <Autocomplete.Root open inline items={groups} itemToStringValue={searchText} autoHighlight="always" keepHighlight>
      <div className="find">
        <Icon name="search" />
        <Autocomplete.Input aria-label="Find or do" placeholder="Find or do" />
        <Dialog.Close className="sr">Close</Dialog.Close>
      </div>
      <Autocomplete.Empty>
        <p className="opt-none">Nothing here has that name.</p>
      </Autocomplete.Empty>
      <Autocomplete.List className="results">
        {(group: CommandGroup) => (
          <Autocomplete.Group key={group.value} items={group.items}>
            <Autocomplete.GroupLabel className="opt-group">{group.value}</Autocomplete.GroupLabel>
            <Autocomplete.Collection>
              {(command: Command) => (
                <Autocomplete.Item key={command.id} value={command} className="opt" onClick={() => choose(command)}>
                  <Icon name={command.icon ?? 'right'} />
                  <span className="what">{command.label}</span>
                  {command.keys && <Kbd keys={command.keys} />}
                </Autocomplete.Item>
              )}
            </Autocomplete.Collection>
          </Autocomplete.Group>
        )}
      </Autocomplete.List>
      <p className="hint" aria-hidden="true">
        <span>
          <Kbd keys="ArrowUp" /> <Kbd keys="ArrowDown" /> move
        </span>
        <span>
          <Kbd keys="Enter" /> do it
        </span>
        <span>
          <Kbd keys="Escape" /> close
        </span>
      </p>
    </Autocomplete.Root>
  );
}
