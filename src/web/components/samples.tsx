// Photos to try for those who have none at hand.

const SAMPLES = [
  { name: 'Cat', file: 'cat-chelsea.jpg' },
  { name: 'Dog', file: 'dog-black.jpg' },
  { name: 'Cup', file: 'other-coffee.jpg' },
];

interface Props {
  take(files: File[]): void;
  report(notice: string): void;
}

export function Samples({ take, report }: Props) {
  async function pick(file: string): Promise<void> {
    try {
      const response = await fetch(address(file));
      if (!response.ok) throw new Error(`status ${response.status}`);
      take([new File([await response.blob()], file, { type: 'image/jpeg' })]);
    } catch {
      report(`The sample ${file} could not be loaded.`);
    }
  }

  return (
    <section class="samples" aria-label="Sample photos">
      <p class="hint">Or try one of these</p>
      <div class="sample-row">
        {SAMPLES.map(({ name, file }) => (
          <button key={file} type="button" class="sample" onClick={() => pick(file)}>
            <img src={address(file)} alt="" width="440" height="330" />
            {name}
          </button>
        ))}
      </div>
    </section>
  );
}

function address(file: string): string {
  return `samples/${file}`;
}
