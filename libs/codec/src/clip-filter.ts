import { AVCOL_TRC_ARIB_STD_B67, AVCOL_TRC_SMPTE2084, AV_BUFFERSRC_FLAG_KEEP_REF, AV_PIX_FMT_YUV420P } from 'node-av/constants';
import { Filter, FilterGraph, Frame, Rational } from 'node-av/lib';
import type { FilterContext, Stream } from 'node-av/lib';
import type { I420Picture } from '@visavis/engine';
import { check } from './ffmpeg.ts';
import { copyPicture } from './video-decoder.ts';

export interface ClipRect {
  left: number;
  top: number;
  width: number;
  height: number;
}

export interface ClipFilterOptions {
  stream: Stream;
  quarterTurns: number;
  /** Width of a pixel over its height. */
  aspect: number;
  width: number;
  height: number;
  crop?: ClipRect;
}

/** Turns decoded frames into upright I420 of one size and colour space. */
export interface ClipFilter {
  apply(frame: Frame): I420Picture;
  close(): void;
}

const TURNS = ['', 'transpose=clock,', 'hflip,vflip,', 'transpose=cclock,'] as const;
/** Brighter than a screen: what phones call HDR is brought into its range. */
const TONE_MAPPING = 'zscale=t=linear:npl=203,format=gbrpf32le,zscale=p=bt709,tonemap=mobius:desat=0,zscale=t=bt709:m=bt709:r=tv,format=yuv420p,';

export function createClipFilter({ stream, quarterTurns, aspect, width, height, crop }: ClipFilterOptions): ClipFilter {
  let graph: FilterGraph | undefined;
  let source: FilterContext | undefined;
  let sink: FilterContext | undefined;
  /** What the graph was made for: a stream may change on its way. */
  let made = '';
  const out = new Frame();
  out.alloc();

  const build = (frame: Frame): void => {
    graph?.free();
    graph = new FilterGraph();
    graph.alloc();
    const buffer = Filter.getByName('buffer');
    const bufferSink = Filter.getByName('buffersink');
    if (buffer === null || bufferSink === null) throw new Error('FFmpeg lacks its buffer filters');
    const { num, den } = stream.timeBase;
    // A plain { num, den } would be read as garbage: see ffmpeg.ts.
    source = graph.allocFilter(buffer, 'in') ?? undefined;
    if (source === undefined) throw new Error('FFmpeg gave no filter source');
    check(
      source.buffersrcParametersSet({
        width: frame.width,
        height: frame.height,
        format: frame.format as never,
        timeBase: new Rational(num || 1, den || 25),
        sampleAspectRatio: new Rational(1, 1),
        colorRange: frame.colorRange,
        colorSpace: frame.colorSpace,
      }),
      'filter source',
    );
    check(source.init(null), 'filter source');
    sink = graph.createFilter(bufferSink, 'out', null) ?? undefined;
    if (sink === undefined) throw new Error('FFmpeg gave no filter sink');
    // Cut after turning; `aspect` stretches the coded width, which is the height of a picture that lies on its side.
    const lying = quarterTurns % 2 === 1;
    const perX = lying ? 1 : aspect;
    const perY = lying ? aspect : 1;
    const cut = crop
      ? `crop=${Math.round(crop.width / perX)}:${Math.round(crop.height / perY)}:${Math.round(crop.left / perX)}:${Math.round(crop.top / perY)}:exact=1,`
      : '';
    const bright = frame.colorTrc === AVCOL_TRC_SMPTE2084 || frame.colorTrc === AVCOL_TRC_ARIB_STD_B67 ? TONE_MAPPING : '';
    const chain = `${TURNS[quarterTurns]}${cut}${bright}scale=${width}:${height}:flags=bicubic+accurate_rnd+full_chroma_int:out_color_matrix=bt601:out_range=tv,format=yuv420p`;
    const filters = chain.split(',');
    let last: FilterContext = source;
    filters.forEach((text, i) => {
      const [name = '', args] = splitOnce(text, '=');
      const filter = Filter.getByName(name);
      const context = filter === null || graph === undefined ? null : graph.createFilter(filter, `f${i}`, args ?? null);
      if (context === null) throw new Error(`FFmpeg refuses the filter ${text}`);
      check(last.link(0, context, 0), `link ${name}`);
      last = context;
    });
    check(last.link(0, sink, 0), 'link sink');
    check(graph.configSync(), 'filter graph');
  };

  return {
    apply(frame) {
      const wanted = `${frame.width} ${frame.height} ${frame.format} ${frame.colorSpace} ${frame.colorRange} ${frame.colorTrc}`;
      if (wanted !== made) {
        build(frame);
        made = wanted;
      }
      check(source!.buffersrcAddFrameSync(frame, AV_BUFFERSRC_FLAG_KEEP_REF), 'filter');
      check(sink!.buffersinkGetFrameSync(out), 'filter');
      if (out.format !== AV_PIX_FMT_YUV420P) throw new Error('FFmpeg gave another pixel format');
      const picture = copyPicture(out);
      out.unref();
      return picture;
    },
    close() {
      out.free();
      graph?.free();
    },
  };
}

function splitOnce(text: string, by: string): [string, string?] {
  const at = text.indexOf(by);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

