/**
 * Loaded into every process that `npm start` runs. When the start process dies without stopping its children (it was
 * killed, or the machine ran out of memory), the pipe between them closes, and this ends the child in the same way a
 * stop would: politely, then by force. Without it a killed start would leave workers that nobody restarts or updates.
 */
const graceMs = 10_000;

// The start may have died while this process was still loading; then nobody will tell it any more.
if (!process.connected) process.exit(1);

process.once('disconnect', () => {
  setTimeout(() => process.kill(process.pid, 'SIGKILL'), graceMs).unref();
  process.kill(process.pid, 'SIGTERM');
});
// Listening must not keep a process alive that has nothing left to do.
process.channel?.unref();
