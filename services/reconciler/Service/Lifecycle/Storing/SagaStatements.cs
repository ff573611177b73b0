namespace ReleaseIntegrity.Reconciling.Lifecycle.Storing;

/// <summary>The sagas' SQL; engines spell all of it alike.</summary>
internal static class SagaStatements
{
    public static string Load { get; } = "select body, revision from saga where saga = @Kind and correlation_id = @correlationId";

    public static string Insert { get; } = """
        insert into saga (saga, correlation_id, current_state, body, revision)
        select @Kind, @CorrelationId, @CurrentState, @body, 1
        where not exists (select 1 from saga where saga = @Kind and correlation_id = @CorrelationId)
        """;

    public static string Update { get; } = """
        update saga set current_state = @CurrentState, body = @body, revision = revision + 1
        where saga = @Kind and correlation_id = @CorrelationId and revision = @revision
        """;

    public static string Delete { get; } = "delete from saga where saga = @Kind and correlation_id = @CorrelationId and revision = @revision";
}
