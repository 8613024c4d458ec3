/** H.264 is the API's default; VP8 is asked for only where the browser says that it cannot decode H.264. */
export function chooseCodec(supportedMimeTypes: readonly string[] | null): 'h264' | 'vp8' {
  if (supportedMimeTypes === null) return 'h264';
  const names = supportedMimeTypes.map((name) => name.toLowerCase());
  return !names.includes('video/h264') && names.includes('video/vp8') ? 'vp8' : 'h264';
}

/** What this browser can receive, or null where it does not say. */
export function supportedVideoTypes(): string[] | null {
  if (typeof RTCRtpReceiver === 'undefined') return null;
  return RTCRtpReceiver.getCapabilities('video')?.codecs.map((codec) => codec.mimeType) ?? null;
}
