namespace ReleaseIntegrity.Steward.Showing;

/// <summary>The signs of the tables. Each means the same with and without colour.</summary>
/// <param name="Agrees">It says what stands.</param>
/// <param name="Equivalent">It says another digest of the same image.</param>
/// <param name="Differs">It says something else.</param>
/// <param name="Held">No value stands.</param>
/// <param name="Silent">It says nothing.</param>
/// <param name="Waiting">It may still change by itself.</param>
/// <param name="Apart">It doesn't count here: another digest, incomparable, withdrawn, unreadable.</param>
/// <param name="Arrow">From old to new.</param>
/// <param name="IsUnicode">Whether text may hold more than ASCII.</param>
internal sealed record Symbols(
    string Agrees, string Equivalent, string Differs, string Held, string Silent, string Waiting, string Apart, string Arrow, bool IsUnicode)
{
    /// <summary>For terminals of today.</summary>
    public static readonly Symbols Unicode = new("=", "≈", "≠", "⏸", "·", "…", "?", "→", IsUnicode: true);

    /// <summary>For all others.</summary>
    public static readonly Symbols Ascii = new("=", "~", "!=", "||", ".", "...", "?", "->", IsUnicode: false);

    /// <summary>What the signs say, in a line.</summary>
    public string Key => $"{Agrees} agrees  {Equivalent} equivalent  {Differs}A {Differs}B differ  {Held} held  {Waiting} converging  {Silent} silent  {Apart} doesn't count here";
}
