/** Draws a video of colour (left) and alpha (right) onto a canvas with a transparent background. Returns what stops it. */
export function showTransparent(video: HTMLVideoElement, canvas: HTMLCanvasElement): () => void;
