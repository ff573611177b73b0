using System.Collections.Frozen;
using System.Text;

namespace ReleaseIntegrity.Contracts;

/// <summary>
/// The published spelling of every enumeration: the member name in kebab-case. Documents, messages, stores and
/// policies all use it, so a renamed member is a breaking change (a test freezes the list).
/// </summary>
public static class WireNames
{
    /// <summary>The published name of an enumeration member.</summary>
    public static string Of<T>(T value)
        where T : struct, Enum => Names<T>.ByValue[value];

    /// <summary>The member that a published name stands for; false when there is none.</summary>
    public static bool TryParse<T>(string? name, out T value)
        where T : struct, Enum
    {
        value = default;
        return name is not null && Names<T>.ByName.TryGetValue(name, out value);
    }

    /// <summary>The member that a published name stands for.</summary>
    /// <exception cref="FormatException">The name is not published.</exception>
    public static T Parse<T>(string name)
        where T : struct, Enum =>
        TryParse(name, out T value)
            ? value
            : throw new FormatException($"'{name}' is not a {typeof(T).Name}; known: {string.Join(", ", All<T>())}");

    /// <summary>All published names, in declaration order.</summary>
    public static IReadOnlyList<string> All<T>()
        where T : struct, Enum => Names<T>.InOrder;

    private static string Kebab(string member)
    {
        var text = new StringBuilder(member.Length + 8);
        foreach (char c in member)
        {
            if (char.IsAsciiLetterUpper(c) && text.Length > 0)
            {
                text.Append('-');
            }

            text.Append(char.ToLowerInvariant(c));
        }

        return text.ToString();
    }

    private static class Names<T>
        where T : struct, Enum
    {
        internal static readonly FrozenDictionary<T, string> ByValue =
            Enum.GetValues<T>().ToFrozenDictionary(v => v, v => Kebab(v.ToString()));

        internal static readonly FrozenDictionary<string, T> ByName =
            ByValue.ToFrozenDictionary(p => p.Value, p => p.Key, StringComparer.Ordinal);

        internal static readonly IReadOnlyList<string> InOrder = [.. Enum.GetValues<T>().Select(v => ByValue[v])];
    }
}
