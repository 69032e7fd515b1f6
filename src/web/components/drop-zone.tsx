// The box to drop photos on or to open the file chooser from.

/** Named one by one because phones convert their own formats only if the page does not accept every picture. */
const ACCEPTED = 'image/jpeg,image/png,image/webp,image/gif,image/avif';

export function DropZone({ take }: { take(files: File[]): void }) {
  function chosen(input: HTMLInputElement): void {
    take([...(input.files ?? [])]);
    // Otherwise choosing the same file a second time would be no change, and nothing would happen.
    input.value = '';
  }

  return (
    <div class="drop-zone">
      <h2>What is in the photo?</h2>
      <p class="lead">A worker that already holds the model will tell, and hand you the receipt.</p>
      <input
        id="photos"
        class="visually-hidden"
        type="file"
        multiple
        accept={ACCEPTED}
        onChange={(event) => chosen(event.currentTarget)}
      />
      <label class="button" for="photos">
        Choose photos
      </label>
      <p class="hint">or drop them anywhere, or paste one</p>
    </div>
  );
}
