using System.CommandLine;
using ReleaseIntegrity.Steward.CommandLine;

namespace ReleaseIntegrity.Steward.Commands;

/// <summary><c>completion</c>: scripts that make a shell ask the command itself what fits.</summary>
internal static class CompletionCommand
{
    private static readonly Argument<string> Shell = new("SHELL") { Description = "bash, zsh, fish or pwsh." };

    private static readonly Dictionary<string, string> Scripts = new(StringComparer.Ordinal)
    {
        ["bash"] = """
            _steward() {
              local IFS=$'\n'
              COMPREPLY=($(compgen -W "$(steward "[suggest:${COMP_POINT}]" "${COMP_LINE}" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}"))
            }
            complete -o default -F _steward steward
            """,
        ["zsh"] = """
            #compdef steward
            _steward() {
              local -a fitting
              fitting=("${(@f)$(steward "[suggest:${CURSOR}]" "${BUFFER}" 2>/dev/null)}")
              [[ -n "${fitting[1]}" ]] && compadd -- "${fitting[@]}" || _files
            }
            compdef _steward steward
            """,
        ["fish"] = """
            function __steward_complete
              set -l line (commandline -cp)
              steward "[suggest:"(string length -- "$line")"]" "$line" 2>/dev/null
            end
            complete -c steward -a '(__steward_complete)'
            """,
        ["pwsh"] = """
            Register-ArgumentCompleter -Native -CommandName steward -ScriptBlock {
              param($word, $line, $position)
              steward "[suggest:$position]" "$line" 2>$null | Where-Object { $_ -like "$word*" } | ForEach-Object {
                [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
              }
            }
            """,
    };

    /// <summary>The command.</summary>
    public static Command Create(CommandSet set)
    {
        Shell.CompletionSources.Add([.. Scripts.Keys.Order(StringComparer.Ordinal)]);
        return set.Add(
            new Command("completion", "Print the completion script of a shell.") { Shell },
            """
            Examples:
              eval "$(steward completion bash)"                        in ~/.bashrc
              steward completion zsh > ~/.zfunc/_steward               with ~/.zfunc in fpath
              steward completion fish > ~/.config/fish/completions/steward.fish
              steward completion pwsh | Out-String | Invoke-Expression   in $PROFILE
            """,
            RunAsync);
    }

    private static Task<int> RunAsync(Session session)
    {
        session.Screen.Raw(Scripts.TryGetValue(session.Get(Shell), out string? script)
            ? script
            : throw new UsageException("there are scripts for bash, zsh, fish and pwsh"));
        return Task.FromResult(ExitCodes.Done);
    }
}
