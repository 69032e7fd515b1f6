// The batch that the page shows stands in its address, so that a reload, a bookmark or the Back button finds it again.
// What follows the # is never sent to a server by itself; whoever has the address may see the batch.

const PREFIX = '#batch=';
/** What the gateway takes as an id. */
const ID = /^[\w-]{16,128}$/;

/** Null if the address names none. */
export function batchInAddress(): string | null {
  const id = location.hash.startsWith(PREFIX) ? location.hash.slice(PREFIX.length) : '';
  return ID.test(id) ? id : null;
}

export function putInAddress(id: string | null): void {
  if (id === batchInAddress()) return;
  history.pushState(null, '', id === null ? location.pathname + location.search : PREFIX + id);
}
