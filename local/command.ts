/** How people call a task: with Node alone, and no question from npx. */
export const deno_command = "npx -y deno@2.9.6";

/** The command line of a task, for messages that say what to do. */
export const taskCommand = (name: string): string => `${deno_command} task ${name}`;
