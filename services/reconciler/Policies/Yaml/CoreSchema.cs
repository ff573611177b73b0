using System.Text.RegularExpressions;

namespace ReleaseIntegrity.Policies.Yaml;

/// <summary>What a plain scalar is.</summary>
internal enum ScalarType
{
    /// <summary>Text.</summary>
    Text,

    /// <summary>Nothing: empty, <c>~</c> or <c>null</c>.</summary>
    Null,

    /// <summary><c>true</c> or <c>false</c>.</summary>
    Truth,

    /// <summary>An integer or a floating-point number.</summary>
    Number,
}

/// <summary>
/// Tag resolution of YAML 1.2, section 10.3.2. Not of 1.1: there <c>no</c> and <c>on</c> are truth values, and a
/// policy must not depend on which one its reader has in mind.
/// </summary>
internal static partial class CoreSchema
{
    internal static ScalarType TypeOf(string plain) => plain switch
    {
        "" or "~" or "null" or "Null" or "NULL" => ScalarType.Null,
        "true" or "True" or "TRUE" or "false" or "False" or "FALSE" => ScalarType.Truth,
        _ => Number().IsMatch(plain) ? ScalarType.Number : ScalarType.Text,
    };

    [GeneratedRegex(
        @"^(?:[-+]?(?:[0-9]+|\.[0-9]+|[0-9]+\.[0-9]*)(?:[eE][-+]?[0-9]+)?|0o[0-7]+|0x[0-9a-fA-F]+|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))\z",
        RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Number();
}
