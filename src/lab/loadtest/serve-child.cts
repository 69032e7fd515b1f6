/**
 * `warmpool serve` for a parent that starts it with an IPC channel: it ends with its parent, even if that is killed and
 * can stop nobody any more.
 */
process.once('disconnect', () => process.kill(process.pid, 'SIGKILL'));
// The channel itself keeps no server alive that has been stopped.
process.channel?.unref();

require('../../main.cjs');
