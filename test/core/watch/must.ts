export function must(holds: boolean, message: string): void {
  if (!holds) throw new Error(message);
}
