import { Argument, Command } from "commander";
import { Output } from "./output.ts";

const shells = ["bash", "zsh", "fish"] as const;
type Shell = (typeof shells)[number];

/**
 * `textune completion SHELL`
 *
 * @param commands All commands of the program.
 */
export function completionCommand(commands: () => Promise<readonly Command[]>): Command {
  return new Command("completion")
    .description("Print a script that makes a shell complete commands and flags.")
    .addArgument(new Argument("<shell>", "the shell").choices(shells))
    .addHelpText(
      "after",
      `
Examples:
  textune completion bash >> ~/.bashrc
  textune completion zsh >> ~/.zshrc
  textune completion fish > ~/.config/fish/completions/textune.fish`,
    )
    .action(async (shell: Shell) => {
      new Output().answer(scripts[shell](await commands()));
    });
}

/** Flags and commands that may follow a command. */
const wordsOf = (command: Command): string[] => [
  ...command.commands.map((inner) => inner.name()),
  ...command.options.flatMap(({ long, short }) => [long, short].filter((flag) => flag != null)),
];

function bash(commands: readonly Command[]): string {
  const cases = commands.map((command) => `    ${command.name()}) words="${wordsOf(command).join(" ")}" ;;`);
  return `_textune() {
  local current=\${COMP_WORDS[COMP_CWORD]} words
  case "\${COMP_WORDS[1]}" in
${cases.join("\n")}
  esac
  if [ "$COMP_CWORD" -eq 1 ]; then words="${commands.map((command) => command.name()).join(" ")} --help --version"; fi
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  if [ "$COMP_CWORD" -gt 1 ] && [ "\${current#-}" = "$current" ]; then
    COMPREPLY+=($(compgen -f -- "$current"))
  fi
}
complete -o filenames -F _textune textune`;
}

const zsh = (commands: readonly Command[]): string =>
  `autoload -U +X compinit && compinit\nautoload -U +X bashcompinit && bashcompinit\n${bash(commands)}`;

function fish(commands: readonly Command[]): string {
  const quoted = (text: string) => `'${text.replace(/[\\']/g, "\\$&")}'`;
  const lines = commands.flatMap((command) => [
    `complete -c textune -n __fish_use_subcommand -f -a ${command.name()} -d ${quoted(command.description())}`,
    ...command.commands.map(
      (inner) =>
        `complete -c textune -n '__fish_seen_subcommand_from ${command.name()}' -a ${inner.name()} -d ${quoted(inner.description())}`,
    ),
    ...command.options
      .filter(({ long }) => long != null)
      .map(
        ({ long, description }) =>
          `complete -c textune -n '__fish_seen_subcommand_from ${command.name()}' -l ${long!.slice(2)} -d ${quoted(description)}`,
      ),
  ]);
  return lines.join("\n");
}

const scripts: Record<Shell, (commands: readonly Command[]) => string> = { bash, zsh, fish };
