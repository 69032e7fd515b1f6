// Photos that are dropped anywhere on the page or pasted into it. Missing the box must not make the browser leave.
import { useEffect, useRef, useState } from 'preact/hooks';
import { droppedFolder } from './batch/named-file.ts';

interface Takers {
  take(files: File[]): void;
  /** Of a drop with a folder among it. */
  takeFolder(entries: FileSystemEntry[]): void;
}

/** Returns true while files hover over the page. */
export function usePhotoIntake(takers: Takers): boolean {
  const [hovering, setHovering] = useState(false);
  const latest = useRef(takers);
  latest.current = takers;
  useEffect(() => {
    const listening = new AbortController();
    const options = { signal: listening.signal };

    function over(event: DragEvent): void {
      if (!event.dataTransfer?.types.includes('Files')) return;
      event.preventDefault();
      setHovering(true);
    }
    function leave(event: DragEvent): void {
      // Crossing from one element to another is not leaving; only the window's edge has nothing on its other side.
      if (!event.relatedTarget) setHovering(false);
    }
    function drop(event: DragEvent): void {
      if (!event.dataTransfer?.types.includes('Files')) return;
      event.preventDefault();
      setHovering(false);
      const entries = droppedFolder(event.dataTransfer);
      if (entries) latest.current.takeFolder(entries);
      else latest.current.take([...event.dataTransfer.files]);
    }
    function paste(event: ClipboardEvent): void {
      latest.current.take([...(event.clipboardData?.files ?? [])]);
    }

    window.addEventListener('dragover', over, options);
    window.addEventListener('dragleave', leave, options);
    window.addEventListener('drop', drop, options);
    window.addEventListener('paste', paste, options);
    return () => listening.abort();
  }, []);
  return hovering;
}
