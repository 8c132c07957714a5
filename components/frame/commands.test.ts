import { describe, expect, it } from 'vitest';
import { type Command, groupCommands } from './commands';

const command = (id: string, group: string): Command => ({ id, group, label: id, run: () => undefined });

describe('the commands of the palette', () => {
  it('stand in groups, those of the page before those of the frame', () => {
    const frame = [command('go.flows', 'Go to'), command('theme', 'Look')];
    const page = [command('publish', 'This flow'), command('go.run', 'Go to')];
    expect(groupCommands(frame, [page]).map(({ value, items }) => [value, items.map(({ id }) => id)])).toEqual([
      ['This flow', ['publish']],
      ['Go to', ['go.run', 'go.flows']],
      ['Look', ['theme']],
    ]);
  });

  it('count once when two sources offer the same, and the latest source wins', () => {
    const [older, newer] = [command('save', 'Old'), command('save', 'New')];
    expect(groupCommands([], [[older], [newer]])).toEqual([{ value: 'New', items: [newer] }]);
  });
});
