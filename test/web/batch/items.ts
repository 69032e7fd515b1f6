// Items of a batch for tests.
import type { BatchItem } from '../../../src/client/gateway-client.ts';

export function queued(index: number, name = `${index}.jpg`): BatchItem {
  return { index, name, status: 'QUEUED', label: null, confidence: null, error: null };
}

export function done(index: number, label = 'cat'): BatchItem {
  return { ...queued(index), status: 'DONE', label, confidence: 0.9 };
}

export function failed(index: number, code = 'BAD_IMAGE'): BatchItem {
  return { ...queued(index), status: 'FAILED', error: { code, message: 'not a picture' } };
}
