'use client';

/** Every key of the editor on one sheet, opened with `?`. The table here is what people read; the bindings are beside
 *  what they do. */
import { Dialog } from '@/components/ui/dialog';
import { Kbd } from '@/components/ui/kbd';
import { useIsMac } from '@/components/ui/shortcut';

const sheet: readonly { title: string; rows: readonly (readonly [keys: readonly string[], does: string])[] }[] = [
  {
    title: 'Draw',
    rows: [
      [['N'], 'find a step to add'],
      [['Delete'], 'delete what is selected'],
      [['D'], 'disable or enable'],
      [['Enter'], 'open in the inspector'],
      [['F2'], 'rename'],
      [['Mod+G'], 'put into a saga scope'],
      [['Shift+L'], 'put into a loop'],
      [['Mod+Shift+G'], 'dissolve or leave a scope or loop'],
      [['Shift+F10'], 'what can be done here'],
      [['Shift+Alt+T'], 'tidy the layout'],
    ],
  },
  {
    title: 'Select and move',
    rows: [
      [['ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight'], 'walk the graph'],
      [['Shift+ArrowUp', 'Shift+ArrowDown'], 'select upstream, downstream'],
      [['Alt+ArrowUp', 'Alt+ArrowDown'], 'move, also left and right'],
      [['Mod+A'], 'select all'],
      [['V', 'H'], 'select mode, hand'],
      [['Escape'], 'select nothing'],
    ],
  },
  {
    title: 'Edit',
    rows: [
      [['Mod+Z'], 'undo'],
      [['Mod+Shift+Z'], 'redo'],
      [['Mod+C', 'Mod+X', 'Mod+V'], 'copy, cut, paste as JSON'],
      [['Mod+D'], 'duplicate'],
    ],
  },
  {
    title: 'View and run',
    rows: [
      [['1'], 'fit the flow'],
      [['0'], '100 %'],
      [['Plus', '-'], 'zoom'],
      [['Mod+S'], 'save now'],
      [['Mod+Enter'], 'run'],
      [['?'], 'this sheet'],
    ],
  },
];

export function ShortcutSheet({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  const isMac = useIsMac();
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title="Keys" wide>
      <div className="key-sheet">
        {sheet.map(({ title, rows }) => (
          <section key={title}>
            <h3>{title}</h3>
            <dl>
              {rows.map(([keys, does]) => (
                <div key={does}>
                  <dt>
                    {keys.map((key) => (
                      <Kbd key={key} keys={key} />
                    ))}
                  </dt>
                  <dd>{does}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
        <p className="faint">
          Space or the middle button pans, the wheel scrolls, and zooms with {isMac ? '⌘' : 'Ctrl'}. Pull a wire from a
          port; release it on the ground to add what comes next. What undoes a step hangs on its left side.
        </p>
      </div>
    </Dialog>
  );
}
