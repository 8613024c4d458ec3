import type { VideoEncoderOptions } from '../src/video-encoder.ts';
import { h264Frame, videoSettings, type VideoSettings } from '../src/video-settings.ts';

export interface Candidate {
  name: string;
  /** The same settings at qualities from fine to coarse. */
  settings: readonly VideoSettings[];
}

/** The product's own settings first. */
export function candidatesOf(options: VideoEncoderOptions): Candidate[] {
  return options.codec === 'h264' ? h264Candidates(options) : vp8Candidates(options);
}

const H264_QUALITIES = [13, 16, 19, 22, 25, 29, 33];
const BIT_RATES = [125_000, 250_000, 400_000, 600_000, 900_000, 1_300_000];

function h264Candidates(options: VideoEncoderOptions): Candidate[] {
  const product = videoSettings(options);
  const ofParams = (preset: string, params: string): VideoSettings['options'] => ({
    ...h264Frame(options),
    preset,
    'x264-params': ['scenecut=0:repeat-headers=1', params].filter(Boolean).join(':'),
  });
  const candidate = (preset: string, params = ''): Candidate => ({
    name: `${preset} ${params}`,
    settings: H264_QUALITIES.map((crf) => ({ options: { ...ofParams(preset, params), crf } })),
  });
  const average = (preset: string, params = ''): Candidate => ({
    name: `${preset} ${params} average bit rate`,
    settings: BIT_RATES.map((bitRate) => ({ bitRate, options: ofParams(preset, params) })),
  });
  return [
    { name: "the product's", settings: H264_QUALITIES.map((crf) => ({ ...product, options: { ...product.options, crf } })) },
    ...['ultrafast', 'superfast', 'veryfast', 'faster', 'medium', 'slow'].map((preset) => candidate(preset)),
    ...[
      'subme=0', 'subme=2', 'subme=3', 'me=hex', 'ref=2', 'no-deblock=1', 'aq-mode=0', 'aq-mode=2', 'partitions=none', 'partitions=p8x8,i4x4', 'trellis=1',
      'no-fast-pskip=1', 'no-dct-decimate=1', 'deadzone-inter=28', 'chroma-qp-offset=2', 'mbtree=0:rc-lookahead=0', 'sliced-threads=0', 'ipratio=1.1', 'qcomp=0.8',
      'aq-mode=2:qcomp=0.8', 'subme=2:aq-mode=2', 'subme=2:ref=2:aq-mode=2:qcomp=0.8', 'subme=2:aq-mode=2:qcomp=0.8:ipratio=1.2', 'subme=2:aq-mode=2:qcomp=1',
    ].map((params) => candidate('superfast', params)),
    ...['veryfast', 'medium', 'slow'].flatMap((preset) => ['aq-mode=2:qcomp=0.8', 'aq-mode=2:qcomp=0.8:ipratio=1.2'].map((params) => candidate(preset, params))),
    average('superfast'),
    average('superfast', 'subme=2:aq-mode=2:qcomp=0.8'),
  ];
}

const VP8_QUALITIES = [4, 6, 8, 11, 15, 20, 28];

function vp8Candidates(options: VideoEncoderOptions): Candidate[] {
  const product = videoSettings(options);
  const candidate = (name: string, changed: VideoSettings['options'], rest: Partial<VideoSettings> = {}): Candidate => ({
    name,
    settings: VP8_QUALITIES.map((crf) => ({ ...product, qMin: crf, options: { ...product.options, ...changed, crf }, ...rest })),
  });
  const cap = options.maxBitrate;
  return [
    candidate("the product's", {}),
    ...[-4, -6, -8, -12, -16, 8, 16].map((speed) => candidate(`realtime cpu-used=${speed}`, { deadline: 'realtime', 'cpu-used': speed })),
    ...[0, 2, 3, 4].map((speed) => candidate(`good cpu-used=${speed}`, { 'cpu-used': speed })),
    candidate('good cpu-used=5, no floor', { 'cpu-used': 5 }, { qMin: 4 }),
    candidate('good cpu-used=5, bit rate 0.8 of the cap', { 'cpu-used': 5 }, { bitRate: cap * 0.8 }),
    candidate('good cpu-used=5, bit rate 1.6 of the cap', { 'cpu-used': 5 }, { bitRate: cap * 1.6 }),
    ...Object.entries({ 'static-thresh': 100, 'noise-sensitivity': 1, 'screen-content-mode': 1, sharpness: 3, tune: 'ssim' }).map(([name, value]) =>
      candidate(`good cpu-used=5 ${name}=${value}`, { 'cpu-used': 5, [name]: value }),
    ),
  ];
}
