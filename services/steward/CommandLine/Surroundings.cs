namespace ReleaseIntegrity.Steward.CommandLine;

/// <summary>What a run finds around it: environment, configuration folder, terminal. Tests bring their own.</summary>
internal sealed record Surroundings
{
    /// <summary>Environment variables by name; null where one isn't set or is empty.</summary>
    public required Func<string, string?> Variable { get; init; }

    /// <summary>The folder that <c>login</c> writes to.</summary>
    public required string ConfigFolder { get; init; }

    /// <summary>Where confirmations and tokens are read from.</summary>
    public required TextReader Input { get; init; }

    /// <summary>Whether a person types the input.</summary>
    public required bool IsInputTerminal { get; init; }

    /// <summary>Whether a person reads the output.</summary>
    public required bool IsOutputTerminal { get; init; }

    /// <summary>Whether the output can carry more than ASCII.</summary>
    public required bool IsUnicode { get; init; }

    /// <summary>Columns of the terminal; null for what the terminal says.</summary>
    public int? Width { get; init; }

    /// <summary>The clock: ages, and expiries that are given as durations.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>How long a watch waits before it connects again, at first.</summary>
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Those of the process.</summary>
    public static Surroundings OfProcess() => new()
    {
        Variable = name => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null,
        ConfigFolder = Path.Combine(
            Environment.GetFolderPath(Environment.SpecialFolder.ApplicationData, Environment.SpecialFolderOption.DoNotVerify), "release-integrity"),
        Input = Console.In,
        IsInputTerminal = !Console.IsInputRedirected,
        IsOutputTerminal = !Console.IsOutputRedirected,
        IsUnicode = Console.OutputEncoding.WebName.StartsWith("utf", StringComparison.OrdinalIgnoreCase),
    };
}
