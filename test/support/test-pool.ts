/** The real pool with real threads on the test models, and its events as promises. */
import { randomUUID } from 'node:crypto';
import type { EventSink, GatewayEvent } from '../../src/core/contracts/ports.ts';
import { openPool } from '../../src/gateway/pool.ts';
import type { Gateway } from '../../src/graphql/gateway.ts';
import type { PoolAnswer } from '../../src/pool/warm-pool.ts';
import { loadConfig, SETTINGS, type SettingName } from '../../src/settings/gateway.ts';
import { createLog } from '../../src/telemetry/log.ts';

type EventType = GatewayEvent['type'];
type EventOf<Type extends EventType> = Extract<GatewayEvent, { type: Type }>;

class RecordedEvents implements EventSink {
  readonly all: GatewayEvent[] = [];
  readonly #listeners = new Set<(event: GatewayEvent) => void>();

  emit(event: GatewayEvent): void {
    this.all.push(event);
    for (const listener of this.#listeners) listener(event);
  }

  /** The next event of this type, from now on. */
  next<Type extends EventType>(type: Type): Promise<EventOf<Type>> {
    return new Promise((resolve) => {
      const listener = (event: GatewayEvent) => {
        if (event.type !== type) return;
        this.#listeners.delete(listener);
        resolve(event as EventOf<Type>);
      };
      this.#listeners.add(listener);
    });
  }

  count(type: EventType): number {
    return this.all.filter((event) => event.type === type).length;
  }
}

export interface TestPool extends Gateway {
  readonly events: RecordedEvents;
  run(
    picture: Uint8Array,
    options?: { deadlineMs?: number; signal?: AbortSignal; model?: string; onReleased?: () => void },
  ): Promise<PoolAnswer>;
}

/** Ready: the reserved workers are warm. */
export async function openTestPool(model: string, flags: Partial<Record<SettingName, string>> = {}): Promise<TestPool> {
  const events = new RecordedEvents();
  const config = loadConfig(SETTINGS, { modelDir: 'test/fixtures/models', model, ...flags }, {});
  const gateway = await openPool(config, events, createLog('silent'));
  while (!gateway.pool.isReady()) await events.next('workerWarm');
  return {
    ...gateway,
    events,
    run: (picture, options = {}) =>
      gateway.pool.submit({
        id: randomUUID(),
        model: options.model ? gateway.repository.resolve(options.model).key : gateway.defaultModel.key,
        priority: 'interactive',
        picture,
        onReleased: options.onReleased ?? (() => {}),
        deadlineMs: options.deadlineMs ?? Number.POSITIVE_INFINITY,
        signal: options.signal ?? new AbortController().signal,
      }),
  };
}
