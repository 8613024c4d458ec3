import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import '@fastify/multipart';
import { avatarName } from '@visavis/contracts';
import { ProblemError } from '@visavis/problems';
import type { FastifyRequest } from 'fastify';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { finalize, type Observable } from 'rxjs';
import { UploadedFile } from './avatar-upload';
import { spoolUpload, type SpooledFile } from './spool-upload';

const FILE_FIELDS = new Set(['image', 'video', 'file']);
const NAMELESS = 'Avatar';

/** Reads a multipart form into the body, where it is one; runs before the idempotency key is looked at. JSON passes. */
@Injectable()
export class AvatarFormInterceptor implements NestInterceptor {
  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    if (!request.isMultipart()) return next.handle();
    const folder = await mkdtemp(join(tmpdir(), 'visavis-upload-'));
    const forget = (): Promise<void> => rm(folder, { recursive: true, force: true });
    try {
      request.body = await readForm(request, join(folder, 'upload'));
    } catch (error) {
      await forget();
      throw error;
    }
    return next.handle().pipe(finalize(() => void forget().catch(() => undefined))); // the system's own sweep of temporary files takes the rest
  }
}

async function readForm(request: FastifyRequest, path: string): Promise<UploadedFile> {
  let name: string | undefined;
  let upload: (SpooledFile & { filename: string }) | undefined;
  try {
    for await (const part of request.parts()) {
      if (part.type === 'file') {
        if (!FILE_FIELDS.has(part.fieldname) || upload !== undefined) throw unexpected(part.fieldname);
        upload = { ...(await spoolUpload(part.file, path)), filename: part.filename };
      } else {
        if (part.fieldname !== 'name') throw unexpected(part.fieldname);
        name = String(part.value);
      }
    }
  } catch (error) {
    const { code } = error as { code?: string };
    if (code?.startsWith('FST_') === true) throw new ProblemError('invalid_request', 'The form must have one file, "image" or "video", and, if you like, a field "name".', { cause: error });
    throw error;
  }
  if (upload === undefined) throw new ProblemError('invalid_request', 'The form has no file in a field called "image" or "video".', { errors: [{ path: 'image', message: 'is required' }] });
  return new UploadedFile(nameOf(name, upload.filename), path, upload.sizeBytes, upload.sha256, upload.kind, upload.type);
}

/** The name that was given, or else the file's without its ending. */
function nameOf(given: string | undefined, filename: string): string {
  if (given !== undefined) {
    const parsed = avatarName.safeParse(given);
    if (parsed.success) return parsed.data;
    throw new ProblemError('invalid_request', 'The name must have 1 to 100 characters.', { errors: [{ path: 'name', message: 'must have 1 to 100 characters' }] });
  }
  return avatarName.safeParse(filename.replace(/\.[^.]*$/, '').slice(0, 100)).data ?? NAMELESS;
}

function unexpected(field: string): ProblemError {
  return new ProblemError('invalid_request', 'The form takes one file, "image" or "video", and a field "name".', { errors: [{ path: field.slice(0, 100), message: 'is not expected' }] });
}
