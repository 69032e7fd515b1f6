/** Loaded into every server under test with --import: answers over IPC what the process has used so far. */
process.on('message', (message) => {
  if (message !== 'usage') return;
  const { user, system } = process.cpuUsage();
  process.send({ cpuMs: (user + system) / 1000, rssBytes: process.memoryUsage.rss() });
});
// Its parent's end is its own.
process.on('disconnect', () => process.exit());
process.channel?.unref();
