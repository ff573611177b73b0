using System.Data;
using System.Globalization;
using Dapper;
using Microsoft.Data.Sqlite;

namespace ReleaseIntegrity.Storage;

/// <summary>
/// How values are stored. Storage format: version with care.
/// <list type="bullet">
/// <item>Instants are UTC and keep all 100 ns of a <see cref="DateTimeOffset"/>. On SQLite they are text of fixed width
/// (<c>2026-03-22T10:00:00.0000000Z</c>), so that they sort as text and a person can read them in any shell; on SQL
/// Server <c>datetimeoffset(7)</c>.</item>
/// <item>Guids are lower-case text of 36 characters on SQLite, <c>uniqueidentifier</c> on SQL Server.</item>
/// <item>Flags are 0 and 1; on SQL Server <c>bit</c>.</item>
/// <item>Keys are compared unit by unit: SQLite does, and on SQL Server they have the collation
/// <c>Latin1_General_100_BIN2</c>. There blanks at the end do not count, as the SQL standard has it.</item>
/// <item>Lists bypass Dapper's type handlers: pass them by <see cref="StoreSnapshot.Keys(IEnumerable{string})"/>.</item>
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
            SqlMapper.RemoveTypeMap(typeof(byte[]));
            SqlMapper.AddTypeHandler(new BytesHandler());
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
            bool text = parameter is SqliteParameter;
            parameter.DbType = text ? DbType.AnsiString : DbType.DateTimeOffset;
            parameter.Value = text ? TextOf(value) : value.ToUniversalTime();
        }

        public override DateTimeOffset Parse(object value) =>
            value is DateTimeOffset instant ? instant : InstantOf((string)value);
    }

    private sealed class GuidHandler : SqlMapper.TypeHandler<Guid>
    {
        public override void SetValue(IDbDataParameter parameter, Guid value)
        {
            bool text = parameter is SqliteParameter;
            parameter.DbType = text ? DbType.AnsiString : DbType.Guid;
            parameter.Value = text ? value.ToString("D") : value;
        }

        public override Guid Parse(object value) => value is Guid id ? id : Guid.ParseExact((string)value, "D");
    }

    // SQL Server would take the length of each value for the parameter's type, and plan a statement anew for every length.
    private sealed class BytesHandler : SqlMapper.TypeHandler<byte[]>
    {
        private const int Unlimited = -1;

        public override void SetValue(IDbDataParameter parameter, byte[]? value)
        {
            parameter.DbType = DbType.Binary;
            parameter.Value = (object?)value ?? DBNull.Value;
            if (parameter is not SqliteParameter)
            {
                parameter.Size = Unlimited;
            }
        }

        public override byte[] Parse(object value) => (byte[])value;
    }
}
