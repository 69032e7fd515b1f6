// The results of a batch as a table.
import { csvLine, inertPath } from '../../client/csv.ts';
import type { BatchItem } from '../../client/gateway-client.ts';

const HEADER = ['index', 'name', 'status', 'label', 'confidence', 'code', 'message'];
/** Without it, some programs take the text for another encoding than UTF-8. */
const BYTE_ORDER_MARK = '\uFEFF';

export function toCsv(items: Iterable<BatchItem>): string {
  const rows = Array.from(items, ({ index, name, status, label, confidence, error }) =>
    csvLine([index, inertPath(name), status, label, confidence, error?.code, error?.message]),
  );
  return BYTE_ORDER_MARK + [csvLine(HEADER), ...rows, ''].join('\r\n');
}
