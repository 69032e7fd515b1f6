// The models that the gateway serves, and which one the visitor has chosen.
import { useEffect, useState } from 'preact/hooks';
import type { Model } from '../client/gateway-client.ts';
import { gateway } from './gateway.ts';
import { modelReference } from './wording.ts';

export interface ModelChoice {
  models: readonly Model[];
  /** Undefined until the visitor chooses: the gateway then takes its default, whatever that is by now. */
  chosen: string | undefined;
  choose(reference: string): void;
}

/** Asks again whenever the gateway comes back, because it may serve other versions since. */
export function useModels(reachable: boolean): ModelChoice {
  const [models, setModels] = useState<readonly Model[]>([]);
  const [wanted, choose] = useState<string>();
  useEffect(() => {
    // Without the list the picker stays hidden and the default model answers, so a failure here needs no words.
    if (reachable) gateway.models().then(setModels, () => setModels([]));
  }, [reachable]);
  const chosen = models.some((model) => modelReference(model) === wanted) ? wanted : undefined;
  return { models, chosen, choose };
}
