import { Argument, type Command } from 'commander'
import { complete } from '../completion.js'
import { print } from '../output.js'
import { settingsOf } from '../settings.js'

/** Milliseconds: somebody waits with a finger on the key, and the host may be away. */
export const patience = 800

export function completion(program: Command): void {
  program
    .command('completion')
    .description('print what makes a shell complete names, params and guests')
    .addArgument(new Argument('<shell>', 'which shell').choices(Object.keys(scripts)))
    .addHelpText('after', advice)
    .action((shell: string) => {
      if (Object.hasOwn(scripts, shell)) print(scripts[shell as keyof typeof scripts])
    })
}

/**
 * What shells ask, with the words so far: `guestool __complete -- info c`. Nothing may be written where somebody types,
 * and nothing may make them wait: it is silent where it does not know, and where the host is away.
 */
export async function answerShell(program: Command, [, ...words]: readonly string[]): Promise<void> {
  try {
    const found = await complete(program, words, (at) => ({ ...settingsOf(at), timeout: patience }))
    if (found.length > 0) print(found.join('\n'))
  } catch {
    // Then there is nothing to say.
  }
}

const advice = `
In bash, to ~/.bashrc:                    source <(guestool completion bash)
In zsh, to ~/.zshrc, after compinit:      source <(guestool completion zsh)
In fish, once:  guestool completion fish > ~/.config/fish/completions/guestool.fish`

// The line \`:files\` says that files are wanted. The program says everything else: there is no list of commands here.
const scripts = {
  bash: `_guestool() {
  local IFS=$'\\n'
  COMPREPLY=($(guestool __complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
  if [[ \${COMPREPLY[0]} == :files ]]; then COMPREPLY=(); compopt -o default; fi
}
complete -F _guestool guestool`,
  zsh: `#compdef guestool
_guestool() {
  local -a found
  found=("\${(@f)$(guestool __complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  if [[ \${found[1]} == :files ]]; then _files; else compadd -a found; fi
}
compdef _guestool guestool`,
  fish: `function __guestool_complete
  set -l found (guestool __complete -- (commandline -opc)[2..-1] (commandline -ct) 2>/dev/null)
  if test "$found[1]" = :files
    __fish_complete_path (commandline -ct)
  else
    printf '%s\\n' $found
  end
end
complete -c guestool -f -a '(__guestool_complete)'`,
}
