export type { I420Picture, PictureSize } from './picture.ts';
export { allocateI420, i420ByteLength } from './picture.ts';
export { blueOf, lumaOf, redOf, rgbToI420 } from './rgb-to-i420.ts';
export { backgroundKey, drawnSize } from './background.ts';
export type { Background } from './background.ts';
export { IDLE_KEY_INTERVAL_S } from './engine.ts';
export type {
  AvatarEngine,
  AvatarStream,
  FrameOptions,
  IdlePainter,
  LoadedAvatar,
  LoadOptions,
  PrepareProgress,
  PreparedAvatar,
  StreamOptions,
} from './engine.ts';
export { PrepareError, prepareFailureCodes } from './prepare-error.ts';
export type { PrepareFailureCode } from './prepare-error.ts';
export { MEDIA_CLOCK_HZ, ENGINE_SAMPLE_RATE_HZ } from './clock.ts';
export { ATTENTION_STATES, EXPRESSIONS, GESTURES } from './cue.ts';
export type { AttentionState, Cue, Expression, Gesture } from './cue.ts';
