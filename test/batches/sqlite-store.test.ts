import { batchStoreConformance } from '../conformance/batch-store.ts';
import { randomHistories } from '../conformance/random-history.ts';
import { SqliteFile } from './sqlite-file.ts';

const open = async () => new SqliteFile({ retryMs: 1 });

batchStoreConformance('SQLite', open);

randomHistories('SQLite', open, 60);
