namespace ReleaseIntegrity.Storage.SqlServer;

/// <summary>What is asked of SQL Server alone: its options, its locks, its clock.</summary>
internal static class SqlServerStatements
{
    /// <summary>What has to be true of the database and the user.</summary>
    public static string Facts { get; } = """
        select name as "Database", is_read_committed_snapshot_on as "RowVersions",
               case when snapshot_isolation_state = 1 then 1 else 0 end as "Snapshots",
               coalesce(schema_name(), '') as "DefaultSchema", user_name() as "UserName"
        from sys.databases where database_id = db_id()
        """;

    /// <summary>What the login may do: in its own schema, to the schema itself, in other schemas, to the server.</summary>
    public static string Privileges { get; } = """
        select coalesce(has_perms_by_name(quotename(@schema), 'SCHEMA', 'SELECT'), 0) as "MaySelect",
               coalesce(has_perms_by_name(quotename(@schema), 'SCHEMA', 'INSERT'), 0) as "MayInsert",
               coalesce(has_perms_by_name(quotename(@schema), 'SCHEMA', 'UPDATE'), 0) as "MayUpdate",
               coalesce(has_perms_by_name(quotename(@schema), 'SCHEMA', 'DELETE'), 0) as "MayDelete",
               coalesce(has_perms_by_name(quotename(@schema), 'SCHEMA', 'EXECUTE'), 0) as "MayExecute",
               coalesce(has_perms_by_name(quotename(@schema), 'SCHEMA', 'ALTER'), 0) as "MayAlter",
               coalesce(is_srvrolemember('sysadmin'), 0) as "IsAdministrator",
               (select count(*) from sys.schemas s
                where s.name not in (@schema, 'sys', 'INFORMATION_SCHEMA', 'guest')
                  and has_perms_by_name(quotename(s.name), 'SCHEMA', 'SELECT') = 1) as "OtherSchemas"
        """;

    public static string Clock { get; } = "select sysutcdatetime()";

    /// <summary>Waits for the session's turn to change a schema. It ends with the session, so a process that dies keeps nobody out.</summary>
    public static string TakeTurn { get; } = """
        declare @result int;
        exec @result = sp_getapplock @Resource = @resource, @LockMode = 'Exclusive', @LockOwner = 'Session', @LockTimeout = @wait;
        select @result;
        """;

    public static string CreateSchema { get; } = """
        declare @create nvarchar(300) = concat(N'create schema ', quotename(@schema));
        if schema_id(@schema) is null exec (@create);
        """;

    // One round trip, however many locks. The list is ordered here, because a table has no order. sp_getapplock tells
    // by its result, not by an error, that it gave up: -1 after the wait, -2 cancelled, -3 deadlock victim.
    public static string TakeLocks { get; } = """
        declare @resource nvarchar(255), @result int, @message nvarchar(200);
        declare resource_cursor cursor local fast_forward for
          select value from @resources order by value;
        open resource_cursor;
        fetch next from resource_cursor into @resource;
        while @@fetch_status = 0
        begin
          exec @result = sp_getapplock @Resource = @resource, @LockMode = 'Exclusive', @LockOwner = 'Transaction', @LockTimeout = @wait;
          if @result < 0
          begin
            set @message = concat(N'a lock was not granted, sp_getapplock returned ', @result);
            throw 51205, @message, 1;
          end;
          fetch next from resource_cursor into @resource;
        end;
        close resource_cursor;
        deallocate resource_cursor;
        """;
}
