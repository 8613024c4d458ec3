import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';

export interface StorageOptions {
  /** The S3 server, for instance `http://127.0.0.1:9000`; left out for AWS. */
  readonly endpoint?: string | undefined;
  /** What browsers call the same server, where that differs; used for presigned addresses. */
  readonly publicEndpoint?: string | undefined;
  readonly region: string;
  readonly bucket: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Addresses as `endpoint/bucket/key` and not `bucket.endpoint/key`: what most servers that aren't AWS need. */
  readonly forcePathStyle: boolean;
}

export interface ObjectInfo {
  readonly sizeBytes: number;
  readonly contentType: string | undefined;
  readonly etag: string | undefined;
}

export interface StoredObject extends ObjectInfo {
  readonly body: Readable;
}

export interface PresignOptions {
  readonly expiresInS: number;
  /** For whom: a browser may know the server by another name than the fleet's machines. */
  readonly audience?: 'fleet' | 'browser';
}

/** One bucket. Keys are paths without a leading slash; a missing object is null or false, never an error. */
export class Storage {
  readonly bucket: string;
  readonly #client: S3Client;
  readonly #publicClient: S3Client;

  constructor(options: StorageOptions) {
    this.bucket = options.bucket;
    this.#client = createClient(options, options.endpoint);
    this.#publicClient = options.publicEndpoint === undefined ? this.#client : createClient(options, options.publicEndpoint);
  }

  /** Makes the bucket if there is none; safe to call from several processes at once. */
  async ensureBucket(): Promise<void> {
    if (await this.#bucketExists()) return;
    try {
      await this.#client.send(new CreateBucketCommand({ Bucket: this.bucket }));
    } catch (error) {
      if (!(await this.#bucketExists())) throw error;
    }
  }

  /** @throws if the bucket can't be reached. */
  async ping(): Promise<void> {
    await this.#client.send(new HeadBucketCommand({ Bucket: this.bucket }));
  }

  async put(key: string, body: Uint8Array | string, contentType: string): Promise<void> {
    await this.#client.send(new PutObjectCommand({ Bucket: this.bucket, Key: key, Body: body, ContentType: contentType }));
  }

  /** Puts a file of this machine without reading it into memory. */
  async putFile(key: string, path: string, contentType: string): Promise<void> {
    const { size } = await stat(path);
    const body = createReadStream(path);
    try {
      await this.#client.send(new PutObjectCommand({ Bucket: this.bucket, Key: key, Body: body, ContentLength: size, ContentType: contentType }));
    } finally {
      body.destroy();
    }
  }

  /** @param range the first and the last byte; `sizeBytes` is then of the part */
  async get(key: string, range?: { start: number; end: number }): Promise<StoredObject | null> {
    return this.#found(async () => {
      const part = range === undefined ? {} : { Range: `bytes=${range.start}-${range.end}` };
      const object = await this.#client.send(new GetObjectCommand({ Bucket: this.bucket, Key: key, ...part }));
      return {
        body: object.Body as Readable,
        sizeBytes: object.ContentLength ?? 0,
        contentType: object.ContentType,
        etag: object.ETag,
      };
    });
  }

  /** The first bytes of an object: enough to see what kind of file it is. */
  async getStart(key: string, lengthBytes: number): Promise<Buffer | null> {
    return this.#found(async () => {
      const object = await this.#client.send(new GetObjectCommand({ Bucket: this.bucket, Key: key, Range: `bytes=0-${lengthBytes - 1}` }));
      return Buffer.from(await object.Body!.transformToByteArray());
    });
  }

  async head(key: string): Promise<ObjectInfo | null> {
    return this.#found(async () => {
      const object = await this.#client.send(new HeadObjectCommand({ Bucket: this.bucket, Key: key }));
      return { sizeBytes: object.ContentLength ?? 0, contentType: object.ContentType, etag: object.ETag };
    });
  }

  async delete(key: string): Promise<void> {
    await this.#client.send(new DeleteObjectCommand({ Bucket: this.bucket, Key: key }));
  }

  /** An address that anyone may GET until it expires. */
  async presignGet(key: string, options: PresignOptions): Promise<string> {
    return getSignedUrl(this.#clientFor(options), new GetObjectCommand({ Bucket: this.bucket, Key: key }), { expiresIn: options.expiresInS });
  }

  /**
   * An address that anyone may PUT one object to until it expires.
   *
   * @param contentType what the caller has to send along; null leaves it to the caller
   */
  async presignPut(key: string, contentType: string | null, options: PresignOptions): Promise<string> {
    const command = new PutObjectCommand({ Bucket: this.bucket, Key: key, ...(contentType === null ? {} : { ContentType: contentType }) });
    const signed = contentType === null ? {} : { signableHeaders: new Set(['content-type']) };
    return getSignedUrl(this.#clientFor(options), command, { expiresIn: options.expiresInS, ...signed });
  }

  close(): void {
    this.#client.destroy();
    this.#publicClient.destroy();
  }

  #clientFor(options: PresignOptions): S3Client {
    return options.audience === 'browser' ? this.#publicClient : this.#client;
  }

  async #bucketExists(): Promise<boolean> {
    return (await this.#found(async () => this.#client.send(new HeadBucketCommand({ Bucket: this.bucket })))) !== null;
  }

  async #found<T>(read: () => Promise<T>): Promise<T | null> {
    try {
      return await read();
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
  }
}

function createClient(options: StorageOptions, endpoint: string | undefined): S3Client {
  return new S3Client({
    region: options.region,
    ...(endpoint === undefined ? {} : { endpoint }),
    forcePathStyle: options.forcePathStyle,
    credentials: { accessKeyId: options.accessKeyId, secretAccessKey: options.secretAccessKey },
    // The SDK's own default wraps bodies in checksum chunks, which servers other than AWS store along with the data.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    maxAttempts: 3,
  });
}

function isMissing(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const status = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
  return status === 404 || error.name === 'NoSuchKey' || error.name === 'NotFound' || error.name === 'NoSuchBucket';
}
