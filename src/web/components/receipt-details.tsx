// The receipt of one answer: a line, and behind it where the time went and why.
import type { Receipt } from '../../client/gateway-client.ts';
import { duration, percent, receiptLine, workerKind } from '../wording.ts';
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
        <Row name="queue" sign="queue" value={duration(receipt.queueMs)} />
        <Row name="decode" sign="decode" value={duration(receipt.decodeMs)} />
        <Row name="infer" sign="infer" value={duration(receipt.inferMs)} />
        <Row name="total" value={duration(receipt.totalMs)} />
      </dl>
      <dl class="facts">
        <Row name="predicted wait" value={duration(receipt.predictedWaitMs)} />
        <Row name="batch size" value={receipt.batchSize} />
        <Row name="worker" value={`${receipt.workerId}, ${workerKind(receipt)}`} />
        <Row name="cold start" value={receipt.coldStart ? 'yes' : 'no'} />
        <Row name="reason" wide value={receipt.reason} />
        <Row name="model" wide value={model} />
        <Row name="request id" wide value={receipt.requestId} />
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

interface RowProps {
  name: string;
  value: string | number;
  /** The phase whose colour in the time bar this row explains. */
  sign?: 'queue' | 'decode' | 'infer';
  /** Takes a line of its own: for text that may be long. */
  wide?: boolean;
}

/** One figure with its name. */
function Row({ name, value, sign, wide }: RowProps) {
  return (
    <div class={wide ? 'wide' : ''}>
      <dt>
        {sign && <span class={`time-sign ${sign}`} aria-hidden="true" />}
        {name}
      </dt>
      <dd>{value}</dd>
    </div>
  );
}
