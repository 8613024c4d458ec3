import { Decoder, Demuxer, FilterAPI } from 'node-av/api';
import { allocateI420, type I420Picture, type PictureSize } from '@visavis/engine';

/** The first seconds of a clip that FFmpeg reads, cut to the size and at 25 frames a second. */
export async function clipFrames(path: string, seconds: number, { width, height }: PictureSize): Promise<I420Picture[]> {
  const input = await Demuxer.open(path);
  const stream = input.video();
  if (!stream) throw new Error(`${path} has no pictures`);
  const decoder = await Decoder.create(stream);
  const filter = FilterAPI.create(
    `fps=25,scale=${width}:${height}:force_original_aspect_ratio=increase:out_color_matrix=bt601:out_range=limited,crop=${width}:${height},format=yuv420p`,
  );
  const pictures: I420Picture[] = [];
  for await (const frame of filter.frames(decoder.frames(input.packets(stream.index)))) {
    if (frame === null) continue;
    const picture = allocateI420({ width, height });
    picture.data.set(frame.toBuffer());
    pictures.push(picture);
    frame.free();
    if (pictures.length >= seconds * 25) break;
  }
  await input.close();
  return pictures;
}
