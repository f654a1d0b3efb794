// Runs an informer of @kubernetes/client-node on services of the namespace default and prints what it tells, one line of JSON each.
// Arguments: the kubeconfig. The packages are in the folder that it is started in. It runs until it is killed.
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import path from 'node:path';

const found = createRequire(path.join(process.cwd(), 'package.json')).resolve('@kubernetes/client-node');
const k8s = await import(pathToFileURL(found));

const [kubeconfig] = process.argv.slice(2);
const config = new k8s.KubeConfig();
config.loadFromFile(kubeconfig);
const objects = config.makeApiClient(k8s.CustomObjectsApi);
const where = { group: 'orrery.dev', version: 'v1alpha1', namespace: 'default', plural: 'inferenceservices' };

const tell = (event, name) => console.log(JSON.stringify({ event, name: name ?? null }));
const list = async () => {
  const all = [];
  let page;
  do {
    page = await objects.listNamespacedCustomObject({ ...where, limit: 2, _continue: page?.metadata._continue ?? page?.metadata.continue });
    all.push(...page.items);
  } while (page.metadata._continue ?? page.metadata.continue);
  tell('listed', String(all.length));
  return { ...page, items: all };
};

const informer = k8s.makeInformer(config, `/apis/${where.group}/${where.version}/namespaces/default/${where.plural}`, list);
for (const event of ['add', 'update', 'delete'])
  informer.on(event, (object) => tell(event, object.metadata.name));
informer.on('connect', () => tell('connect'));
informer.on('error', (error) => {
  tell('error', String(error?.message ?? error));
  setTimeout(() => informer.start(), 100);
});
await informer.start();
