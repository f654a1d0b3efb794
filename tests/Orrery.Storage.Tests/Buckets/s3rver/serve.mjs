// A store of objects in a folder, until standard input closes. Prints the port that it got.
import { createRequire } from 'node:module';
const [packages, folder] = process.argv.slice(2);
const S3rver = createRequire(packages + '/')('s3rver');
const server = new S3rver({ address: '127.0.0.1', port: 0, silent: true, directory: folder, configureBuckets: [{ name: 'models' }] });
const address = await server.run();
console.log(address.port);
process.stdin.on('end', () => process.exit(0)).resume();
