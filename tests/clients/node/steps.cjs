// What every program here has in common: it takes its steps one by one and prints, in JSON, how each went.
module.exports = async (steps) => {
  const told = {};
  for (const [name, step] of Object.entries(steps)) {
    try {
      told[name] = { result: (await step()) ?? null };
    } catch (error) {
      told[name] = { error: `${error.constructor.name}: ${error.message}`, detail: error.data ?? null };
    }
  }
  console.log(JSON.stringify(told));
};
