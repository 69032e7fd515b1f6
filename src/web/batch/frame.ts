// Brings many changes together into one drawing for each frame that the browser shows.

export interface FrameRequest {
  request(): void;
  cancel(): void;
}

export function oncePerFrame(draw: () => void): FrameRequest {
  let frame: number | null = null;
  function run(): void {
    frame = null;
    draw();
  }
  return {
    request() {
      frame ??= requestAnimationFrame(run);
    },
    cancel() {
      if (frame !== null) cancelAnimationFrame(frame);
      frame = null;
    },
  };
}
