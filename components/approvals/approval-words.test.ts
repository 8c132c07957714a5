import { describe, expect, it } from 'vitest';
import { answererWords, askedWords } from './approval-words';

describe('who answered', () => {
  it.each([
    [{ actor: 'user:1', name: 'Ines Marek', via: 'ui' }, 'Ines Marek'],
    [{ actor: 'user:1', name: null, via: 'ui' }, 'somebody who has left'],
    [{ actor: 'key:1', name: 'Desk', via: 'key' }, 'the program “Desk”'],
    [{ actor: 'key:1', name: null, via: 'key' }, 'a program'],
    [{ actor: 'link:1', name: 'ines@example.com', via: 'link' }, 'somebody with a link'],
    [null, 'nobody'],
  ] as const)('%j is %s', (answeredBy, words) => {
    expect(answererWords({ answeredBy })).toBe(words);
  });
});

it('says whom it asks', () => {
  expect([askedWords({ assignee: 'a@b' }), askedWords({ assignee: null })]).toEqual([
    'a@b',
    'everybody who may answer',
  ]);
});
