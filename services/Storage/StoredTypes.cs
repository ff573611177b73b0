using System.Data;
using System.Globalization;
using Dapper;

namespace ReleaseIntegrity.Storage;

/// <summary>
/// How values are stored, the same on every engine. Storage format: version with care.
/// <list type="bullet">
/// <item>Instants are text, UTC, of fixed width (<c>2026-03-22T10:00:00.0000000Z</c>), so that they sort as text and
/// keep all 100 ns of a <see cref="DateTimeOffset"/>, and a person can read them in any database shell.</item>
/// <item>Guids are lower-case text of 36 characters.</item>
/// <item>Lists (<c>in @ids</c>) bypass Dapper's type handlers: pass the stored texts themselves.</item>
/// <item>Columns are <c>snake_case</c>, properties <c>PascalCase</c>: Dapper matches them without underscores. Row
/// types have init properties; a positional record works only where every engine returns exactly its types.</item>
/// </list>
/// </summary>
public static class StoredTypes
{
    private const string InstantFormat = "yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'";

    private static readonly Lazy<bool> Registration = new(
        () =>
        {
            DefaultTypeMap.MatchNamesWithUnderscores = true;
            SqlMapper.RemoveTypeMap(typeof(DateTimeOffset));
            SqlMapper.RemoveTypeMap(typeof(DateTimeOffset?));
            SqlMapper.RemoveTypeMap(typeof(Guid));
            SqlMapper.RemoveTypeMap(typeof(Guid?));
            SqlMapper.AddTypeHandler(new InstantHandler());
            SqlMapper.AddTypeHandler(new GuidHandler());
            return true;
        });

    /// <summary>Teaches Dapper the above, once for the process. Opening a store does it.</summary>
    public static void Register() => _ = Registration.Value;

    /// <summary>The stored text of an instant.</summary>
    public static string TextOf(DateTimeOffset instant) =>
        instant.UtcDateTime.ToString(InstantFormat, CultureInfo.InvariantCulture);

    /// <summary>The instant that a stored text stands for.</summary>
    /// <exception cref="FormatException">Not a stored instant.</exception>
    public static DateTimeOffset InstantOf(string text) =>
        DateTimeOffset.ParseExact(
            text, InstantFormat, CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);

    private sealed class InstantHandler : SqlMapper.TypeHandler<DateTimeOffset>
    {
        public override void SetValue(IDbDataParameter parameter, DateTimeOffset value)
        {
            parameter.DbType = DbType.AnsiString;
            parameter.Value = TextOf(value);
        }

        public override DateTimeOffset Parse(object value) => InstantOf((string)value);
    }

    private sealed class GuidHandler : SqlMapper.TypeHandler<Guid>
    {
        public override void SetValue(IDbDataParameter parameter, Guid value)
        {
            parameter.DbType = DbType.AnsiString;
            parameter.Value = value.ToString("D");
        }

        public override Guid Parse(object value) => Guid.ParseExact((string)value, "D");
    }
}
