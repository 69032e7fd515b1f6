// Files of folders: read from a drop or a folder chooser, named by their path in it, pictures only, in natural order.

export interface NamedFile {
  readonly file: File;
  /** With the path in its folder, if it is from one. */
  readonly name: string;
}

export interface FolderContent {
  readonly pictures: readonly NamedFile[];
  /** Number of other files, and of files and folders that could not be read. */
  readonly leftOut: number;
}

/** Itself, or in a hidden folder. */
const HIDDEN = /(^|\/)\./;
const NATURAL = new Intl.Collator('en', { numeric: true });

/** Picked one by one, so they are all meant. */
export function pickedFiles(files: readonly File[]): NamedFile[] {
  return files.map((file) => ({ file, name: file.name }));
}

/** From an input with `webkitdirectory`. */
export function chosenFolder(files: Iterable<File>): FolderContent {
  return picturesOf([...files].map((file) => ({ file, name: file.webkitRelativePath || file.name })));
}

/** What was dropped if there is a folder among it, else null. Must be called while the drop is handled, not later. */
export function droppedFolder(transfer: DataTransfer): FileSystemEntry[] | null {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  return entries.some((entry) => entry.isDirectory) ? entries : null;
}

export async function readFolder(entries: readonly FileSystemEntry[]): Promise<FolderContent> {
  const files: NamedFile[] = [];
  let unreadable = 0;
  async function visit(some: readonly FileSystemEntry[]): Promise<void> {
    const plain = some.filter((entry) => entry.isFile) as FileSystemFileEntry[];
    for (const read of await Promise.allSettled(plain.map(namedFile))) {
      if (read.status === 'fulfilled') files.push(read.value);
      else unreadable++;
    }
    for (const entry of some.filter((each) => each.isDirectory) as FileSystemDirectoryEntry[]) {
      const reader = entry.createReader();
      try {
        // It gives a hundred or so at once, and none at the end.
        for (let more = await readEntries(reader); more.length > 0; more = await readEntries(reader)) await visit(more);
      } catch {
        unreadable++;
      }
    }
  }
  await visit(entries);
  const { pictures, leftOut } = picturesOf(files);
  return { pictures, leftOut: leftOut + unreadable };
}

/** Folders hold all sorts of things; some systems leave hidden files that have the names of pictures. */
function picturesOf(files: readonly NamedFile[]): FolderContent {
  const pictures = files.filter(({ file, name }) => file.type.startsWith('image/') && !HIDDEN.test(name));
  pictures.sort((a, b) => NATURAL.compare(a.name, b.name));
  return { pictures, leftOut: files.length - pictures.length };
}

async function namedFile(entry: FileSystemFileEntry): Promise<NamedFile> {
  const file = await new Promise<File>((resolve, reject) => entry.file(resolve, reject));
  return { file, name: entry.fullPath.replace(/^\//, '') };
}

function readEntries(reader: FileSystemDirectoryReader): Promise<FileSystemEntry[]> {
  return new Promise((resolve, reject) => reader.readEntries(resolve, reject));
}
