import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import '@fastify/multipart';
import { avatarName } from '@visavis/contracts';
import { ProblemError } from '@visavis/problems';
import type { FastifyRequest } from 'fastify';
import type { Observable } from 'rxjs';
import { tooLarge, UploadedPicture } from './avatar-upload';

const FILE_FIELDS = new Set(['image', 'file']);
const NAMELESS = 'Avatar';

/** Reads a multipart form into the body, where it is one; runs before the idempotency key is looked at. JSON passes. */
@Injectable()
export class AvatarFormInterceptor implements NestInterceptor {
  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    if (request.isMultipart()) request.body = await readForm(request);
    return next.handle();
  }
}

async function readForm(request: FastifyRequest): Promise<UploadedPicture> {
  let name: string | undefined;
  let picture: { bytes: Buffer; filename: string } | undefined;
  try {
    for await (const part of request.parts()) {
      if (part.type === 'file') {
        if (!FILE_FIELDS.has(part.fieldname) || picture !== undefined) throw unexpected(part.fieldname);
        picture = { bytes: await part.toBuffer(), filename: part.filename };
      } else {
        if (part.fieldname !== 'name') throw unexpected(part.fieldname);
        name = String(part.value);
      }
    }
  } catch (error) {
    const { code } = error as { code?: string };
    if (code === 'FST_REQ_FILE_TOO_LARGE') throw tooLarge();
    if (code?.startsWith('FST_') === true) throw new ProblemError('invalid_request', 'The form must have one file "image" and, if you like, a field "name".', { cause: error });
    throw error;
  }
  if (picture === undefined) throw new ProblemError('invalid_request', 'The form has no file in a field called "image".', { errors: [{ path: 'image', message: 'is required' }] });
  return new UploadedPicture(nameOf(name, picture.filename), picture.bytes);
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
  return new ProblemError('invalid_request', 'The form takes one file "image" and a field "name".', { errors: [{ path: field.slice(0, 100), message: 'is not expected' }] });
}
