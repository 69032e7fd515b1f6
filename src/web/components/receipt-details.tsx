// The receipt of one answer: a line, and behind it where the time went and why.
import type { Receipt } from '../../client/gateway-client.ts';
import { duration, percent, receiptLine, workerKind } from '../wording.ts';
import { ReceiptRow } from './receipt-row.tsx';
import { WorkerMark } from './worker-mark.tsx';

export function ReceiptDetails({ receipt, model }: { receipt: Receipt; model: string }) {
  return (
    <details class="receipt">
      <summary>
        <WorkerMark worker={receipt.worker} busy />
        {receiptLine(receipt)}
      </summary>
      <TimeBar receipt={receipt} />
      <dl class="times">
        <ReceiptRow name="queue" sign="queue" value={duration(receipt.queueMs)} />
        <ReceiptRow name="decode" sign="decode" value={duration(receipt.decodeMs)} />
        <ReceiptRow name="infer" sign="infer" value={duration(receipt.inferMs)} />
        <ReceiptRow name="total" value={duration(receipt.totalMs)} />
      </dl>
      <dl class="facts">
        <ReceiptRow name="predicted wait" value={duration(receipt.predictedWaitMs)} />
        <ReceiptRow name="batch size" value={receipt.batchSize} />
        <ReceiptRow name="worker" value={`${receipt.workerId}, ${workerKind(receipt)}`} />
        <ReceiptRow name="cold start" value={receipt.coldStart ? 'yes' : 'no'} />
        <ReceiptRow name="reason" wide value={receipt.reason} />
        <ReceiptRow name="model" wide value={model} />
        <ReceiptRow name="request id" wide value={receipt.requestId} />
      </dl>
    </details>
  );
}

/** The three phases as parts of the total; what is left over is the gateway's own work. */
function TimeBar({ receipt }: { receipt: Receipt }) {
  const width = (ms: number) => ({ width: percent(ms / Math.max(receipt.totalMs, 0.001)) });
  return (
    <div class="time-bar" aria-hidden="true">
      <span class="queue" style={width(receipt.queueMs)} />
      <span class="decode" style={width(receipt.decodeMs)} />
      <span class="infer" style={width(receipt.inferMs)} />
    </div>
  );
}
