// Which model version is to answer; not shown while there is nothing to choose.
import type { ModelChoice } from '../use-models.ts';
import { modelOption, modelReference } from '../wording.ts';

export function ModelPicker({ choice }: { choice: ModelChoice }) {
  const { models, chosen, choose } = choice;
  if (models.length < 2) return null;
  const standard = models.find((model) => model.default);
  return (
    <p class="model-picker">
      <label for="model">Model</label>
      <select
        id="model"
        value={chosen ?? (standard && modelReference(standard))}
        onChange={(event) => choose(event.currentTarget.value)}
      >
        {models.map((model) => (
          <option key={modelReference(model)} value={modelReference(model)}>
            {modelOption(model)}
          </option>
        ))}
      </select>
    </p>
  );
}
