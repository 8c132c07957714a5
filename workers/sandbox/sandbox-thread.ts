/**
 * The thread that evaluates code, one assignment after the other. A machine serves one workspace
 * until it grew too large or broke. Refuses nothing and waits for nothing: the pool ends this thread when it is silent for too long.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { moveToGreenwich } from '@/workers/sandbox/clock';
import { evaluate } from '@/workers/sandbox/evaluate';
import { createMachine, type Machine } from '@/workers/sandbox/machine';
import type { Assignment, ThreadMessage } from '@/workers/sandbox/messages';

const port = parentPort;
if (port === null) throw new Error('The sandbox runs as a thread of its pool.');
const { wasmModule } = workerData as { readonly wasmModule: WebAssembly.Module };

const say = (message: ThreadMessage): void => port.postMessage(message);

/** Idle, a machine keeps some hundred kilobytes in use; workspaces that take turns should not make a new one each time. */
const machinesKept = 4;
/** By workspace, the one used last at the end. */
const machines = new Map<string, Machine>();

async function carryOut(assignment: Assignment): Promise<void> {
  const { id, workspaceId } = assignment;
  const machine = machines.get(workspaceId) ?? (await createMachine(wasmModule));
  machines.delete(workspaceId);
  const { verdict, isSpoiled } = evaluate(machine, assignment, (line) => say({ type: 'printed', id, line }));
  if (!isSpoiled && !machine.isBloated()) machines.set(workspaceId, machine);
  for (const oldest of machines.keys()) {
    if (machines.size <= machinesKept) break;
    machines.delete(oldest);
  }
  say({ type: 'done', id, verdict });
}

moveToGreenwich();
port.on('message', (assignment: Assignment) => {
  // What is thrown here ends the thread, which the pool sees and answers for.
  void carryOut(assignment);
});
say({ type: 'ready' });
