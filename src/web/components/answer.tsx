// What the gateway saw: the verdict and a bar for each score.
import type { Classification } from '../../client/gateway-client.ts';
import { percent, verdict } from '../wording.ts';

export function Answer({ answer }: { answer: Classification }) {
  return (
    <>
      <p class="verdict">{verdict(answer)}</p>
      <ul class="scores" aria-label="Scores">
        {answer.scores.map(({ label, confidence }) => (
          <li key={label}>
            <span class="score-label">{label}</span>
            <span class="bar" aria-hidden="true">
              <span style={{ width: percent(confidence) }} />
            </span>
            <span class="figure">{percent(confidence)}</span>
          </li>
        ))}
      </ul>
    </>
  );
}
