/** Events to log lines: JSON on stderr, one line per event. */
import { type Logger, pino } from 'pino';
import type { EventSink, GatewayEvent } from '../core/contracts/ports.ts';

export function createLog(level: string): Logger {
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, pino.destination({ fd: 2, sync: true }));
}

export class LogSink implements EventSink {
  readonly #log: Logger;

  constructor(log: Logger) {
    this.#log = log;
  }

  emit(event: GatewayEvent): void {
    const { type, ...fields } = event;
    switch (event.type) {
      case 'workerStarting':
        this.#log.debug(fields, 'worker starting');
        break;
      case 'workerWarm':
        this.#log.info(fields, 'worker warm');
        break;
      case 'workerGone':
        if (event.died) this.#log.warn(fields, 'worker died');
        else this.#log.info(fields, 'worker stopped');
        break;
      case 'internalError':
        this.#log.error({ err: event.error }, 'internal error');
        break;
      default:
        event satisfies never;
    }
  }
}
