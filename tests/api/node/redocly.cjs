// What Redocly has against a description (recommended rules), as JSON: the rules of `redocly lint` without its program.
const { createConfig, lint } = require("@redocly/openapi-core");

async function main() {
  const config = await createConfig({ extends: ["recommended"] });
  const problems = await lint({ ref: process.argv[2], config });
  const told = problems.map(({ ruleId, severity, message, location }) => ({
    rule: ruleId,
    severity,
    message,
    place: (location[0] || {}).pointer,
  }));
  console.log(JSON.stringify(told));
}

main();
