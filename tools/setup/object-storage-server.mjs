// The S3 server's process: node object-storage-server.mjs FOLDER PORT BUCKET
import S3rver from 's3rver';

const [directory, port, bucket] = process.argv.slice(2);

// Browsers put uploads here by presigned address, from the dashboard's origin.
const cors = `<CORSConfiguration><CORSRule><AllowedOrigin>*</AllowedOrigin><AllowedMethod>GET</AllowedMethod><AllowedMethod>HEAD</AllowedMethod><AllowedMethod>PUT</AllowedMethod><AllowedMethod>POST</AllowedMethod><AllowedHeader>*</AllowedHeader><ExposeHeader>ETag</ExposeHeader></CORSRule></CORSConfiguration>`;

const server = new S3rver({
  address: '127.0.0.1',
  port: Number(port),
  directory,
  silent: true,
  // Only addresses with the bucket in the path: names below 127.0.0.1 do not exist.
  vhostBuckets: false,
  configureBuckets: [{ name: bucket, configs: [Buffer.from(cors)] }],
});

await server.run();

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    server.close(() => process.exit(0));
    server.httpServer.closeAllConnections();
  });
}
