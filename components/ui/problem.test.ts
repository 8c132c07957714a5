import { describe, expect, it } from 'vitest';
import { HeadraceError } from '@/core/errors';
import { describeProblem } from './problem';

describe('a problem is readable', () => {
  it('when a HeadraceError was thrown', () => {
    const problem = describeProblem(new HeadraceError('flow.stale', 'Ines saved revision 8 a minute ago.'));
    expect(problem).toMatchObject({ code: 'flow.stale', message: 'Ines saved revision 8 a minute ago.' });
    expect(problem.title).toBe('The flow was changed by somebody else');
    expect(problem.advice).toContain('Reload');
  });

  it('when a tRPC error carries it in its data, with its faults', () => {
    const faults = [{ pointer: '/name', code: 'empty', message: 'Give it a name.' }];
    const error = Object.assign(new Error('Refused'), { data: { code: 'request.invalid', faults } });
    expect(describeProblem(error)).toMatchObject({ code: 'request.invalid', message: 'Refused', faults });
  });

  it('when a problem document was returned', () => {
    expect(describeProblem({ code: 'database.unavailable', title: 'x', detail: 'No answer in 5 s.' })).toMatchObject({
      title: 'The database cannot be reached',
      message: 'No answer in 5 s.',
    });
  });

  it('when the connection is gone', () => {
    expect(describeProblem(new TypeError('Failed to fetch')).title).toBe('The server cannot be reached');
  });

  it('when all there is is a message, and a foreign code is not taken for ours', () => {
    expect(describeProblem(Object.assign(new Error('boom'), { code: 'ECONNRESET' }))).toMatchObject({
      message: 'boom',
      code: null,
    });
    expect(describeProblem('odd')).toMatchObject({ message: 'odd', code: null });
  });
});
