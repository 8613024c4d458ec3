import { codedSize, type Background, type EndReason, type IceServer, type Session, type SessionStatus, type VideoCodec } from '@visavis/contracts';
import { creditsToNumber } from '@visavis/credits';
import { formatId } from '@visavis/ids';

/** A row of `sessions` as plain SQL gives it: snake case, bigint as text. */
export interface SessionRow {
  id: string;
  tenant_id: string;
  avatar_id: string;
  voice_id: string | null;
  state: SessionStatus;
  reassigning: boolean;
  epoch: number;
  worker_id: string | null;
  media_node_id: string | null;
  end_reason: EndReason | null;
  video_width: number;
  video_height: number;
  video_fps: number;
  video_codec: VideoCodec;
  background: Background;
  metadata: Session['metadata'];
  max_duration_s: number;
  idle_timeout_s: number;
  micro_credits_per_minute: string;
  weight_pixels: number;
  viewer_count: number;
  created_at: Date;
  live_at: Date | null;
  ended_at: Date | null;
  billed_ms: string;
  billed_micro_credits: string;
}

export const SESSION_COLUMNS = `id, tenant_id, avatar_id, voice_id, state, reassigning, epoch, worker_id, media_node_id, end_reason,
  video_width, video_height, video_fps, video_codec, background, metadata, max_duration_s, idle_timeout_s, micro_credits_per_minute::text,
  weight_pixels, viewer_count, created_at, live_at, ended_at, billed_ms::text, billed_micro_credits::text`;

export function sessionView(row: SessionRow, publicUrl: string, iceServers: readonly IceServer[]): Session {
  const id = formatId('ses', row.id);
  const size = { width: row.video_width, height: row.video_height };
  const coded = codedSize(size, row.background);
  return {
    id,
    status: row.state,
    reassigning: row.reassigning,
    avatar_id: formatId('avt', row.avatar_id),
    voice_id: row.voice_id,
    video: { ...size, fps: row.video_fps, codec: row.video_codec, coded_width: coded.width, coded_height: coded.height },
    background: row.background,
    metadata: row.metadata,
    whep_url: `${publicUrl}/v1/sessions/${id}/whep`,
    ice_servers: [...iceServers],
    max_duration_s: row.max_duration_s,
    idle_timeout_s: row.idle_timeout_s,
    credits_per_minute: creditsToNumber(BigInt(row.micro_credits_per_minute)),
    viewers: row.state === 'ended' ? 0 : row.viewer_count,
    created_at: row.created_at.toISOString(),
    live_at: row.live_at?.toISOString() ?? null,
    ended_at: row.ended_at?.toISOString() ?? null,
    end_reason: row.end_reason,
    billed_seconds: Number(row.billed_ms) / 1000,
    credits: creditsToNumber(BigInt(row.billed_micro_credits)),
  };
}
