// The box to drop photos or a folder on, or to open the file chooser from.

/** Named one by one because phones convert their own formats only if the page does not accept every picture. */
const ACCEPTED = 'image/jpeg,image/png,image/webp,image/gif,image/avif';

interface Props {
  take(files: File[]): void;
  takeFolder(files: File[]): void;
}

export function DropZone({ take, takeFolder }: Props) {
  function chosen(input: HTMLInputElement, give: (files: File[]) => void): void {
    give([...(input.files ?? [])]);
    // Otherwise choosing the same file a second time would be no change, and nothing would happen.
    input.value = '';
  }

  return (
    <div class="drop-zone">
      <h2>What is in the photo?</h2>
      <p class="lead">A worker that already holds the model will tell, and hand you the receipt.</p>
      <div class="ways">
        <input
          id="photos"
          class="visually-hidden"
          type="file"
          multiple
          accept={ACCEPTED}
          onChange={(event) => chosen(event.currentTarget, take)}
        />
        <label class="button" for="photos">
          Choose photos
        </label>
        <input
          id="folder"
          class="visually-hidden"
          type="file"
          ref={asFolderChooser}
          onChange={(event) => chosen(event.currentTarget, takeFolder)}
        />
        <label class="button second" for="folder">
          Choose a folder
        </label>
      </div>
      <p class="hint">or drop them anywhere, or paste one</p>
    </div>
  );
}

/** Not among the attributes that Preact knows. */
function asFolderChooser(input: HTMLInputElement | null): void {
  if (input) input.webkitdirectory = true;
}
