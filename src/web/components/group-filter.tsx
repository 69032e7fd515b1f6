// Which photos of a batch are shown: all, those of one label, those that failed. With how many there are of each.
import type { BatchItems, Filter } from '../batch/batch-items.ts';
import { count, groupName } from '../wording.ts';

interface Props {
  items: BatchItems;
  chosen: Filter;
  choose(filter: Filter): void;
}

/** More would be a wall of buttons. */
const MOST_LABELS = 12;

export function GroupFilter({ items, chosen, choose }: Props) {
  const labels = items.labels().map((label): Filter => `label:${label}`);
  const hasMany = labels.length > MOST_LABELS;
  const candidates: Filter[] = ['failed', ...(hasMany ? [] : labels), 'waiting', 'cancelled'];
  const groups = new Set<Filter>(['all', ...candidates.filter((group) => items.count(group) > 0)]);
  // Even if it has become empty.
  if (!hasMany || !labels.includes(chosen)) groups.add(chosen);
  return (
    <fieldset class="group-filter">
      <legend class="visually-hidden">Show</legend>
      {[...groups].map((group) => (
        <label key={group} class={`chip ${group === 'failed' ? 'failed' : ''}`}>
          <input
            type="radio"
            name="group"
            class="visually-hidden"
            checked={group === chosen}
            onChange={() => choose(group)}
          />
          <span>
            {groupName(group)} <b>{count(items.count(group))}</b>
          </span>
        </label>
      ))}
      {hasMany && <LabelSelect labels={labels} chosen={chosen} choose={choose} />}
    </fieldset>
  );
}

function LabelSelect({ labels, chosen, choose }: { labels: Filter[]; chosen: Filter; choose(filter: Filter): void }) {
  return (
    <select
      aria-label="Label"
      value={labels.includes(chosen) ? chosen : ''}
      onChange={(event) => choose(event.currentTarget.value as Filter)}
    >
      <option value="" disabled>
        Label
      </option>
      {labels.toSorted().map((label) => (
        <option key={label} value={label}>
          {groupName(label)}
        </option>
      ))}
    </select>
  );
}
