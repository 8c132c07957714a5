/**
 * The first thing every command checks. Written so that even a very old Node can read it, because a syntax error is
 * no explanation.
 */
var minimum = [20, 19];

var current = process.versions.node.split('.').map(Number);
if (current[0] < minimum[0] || (current[0] === minimum[0] && current[1] < minimum[1])) {
  console.error(
    'Headrace needs Node ' +
      minimum.join('.') +
      ' or newer; this is Node ' +
      process.versions.node +
      '.\n' +
      'Install a newer one (https://nodejs.org, or "nvm install 20") and run the command again.',
  );
  process.exit(1);
}
