// One figure of a receipt with its name.

interface Props {
  name: string;
  value: string | number;
  /** The phase whose colour in the time bar this row explains. */
  sign?: 'queue' | 'decode' | 'infer';
  /** Takes a line of its own: for text that may be long. */
  wide?: boolean;
}

export function ReceiptRow({ name, value, sign, wide }: Props) {
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
