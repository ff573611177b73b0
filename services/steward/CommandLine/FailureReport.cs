using Google.Rpc;
using Grpc.Core;
using ReleaseIntegrity.Handoff.V1;
using ReleaseIntegrity.Steward.Showing;

namespace ReleaseIntegrity.Steward.CommandLine;

/// <summary>What a refusal of the server means to a person, and what to do about it.</summary>
internal static class FailureReport
{
    /// <summary>Writes the message, its details and the fix; the result is the exit code.</summary>
    public static int Write(RpcException refused, Session session)
    {
        if (refused.StatusCode == StatusCode.Cancelled && session.CancellationToken.IsCancellationRequested)
        {
            return ExitCodes.Interrupted;
        }

        (int code, string fix) = Fix(refused.StatusCode);
        Google.Rpc.Status? details = refused.GetRpcStatus();
        DecisionConflict? conflict = details?.GetDetail<DecisionConflict>();
        if (session.Json && conflict is not null)
        {
            session.Screen.WriteJson(conflict);
        }

        Screen error = session.Screen.Over(session.Error);
        error.Line($"{Word(refused.StatusCode)}: {Said(refused)}");
        foreach (BadRequest.Types.FieldViolation violation in details?.GetDetail<BadRequest>()?.FieldViolations ?? [])
        {
            error.Line($"  {violation.Field}: {violation.Description}");
        }

        foreach (PreconditionFailure.Types.Violation violation in details?.GetDetail<PreconditionFailure>()?.Violations ?? [])
        {
            error.Line($"  {violation.Subject}: {violation.Description}");
        }

        if (details?.GetDetail<ErrorInfo>() is { } info)
        {
            error.Line($"  reason {info.Reason}{string.Concat(info.Metadata.Select(m => $", {m.Key} {m.Value}"))}");
        }

        if (details?.GetDetail<RetryInfo>()?.RetryDelay is { } delay)
        {
            error.Line($"  try again in {Words.Span(delay.ToTimeSpan())}");
        }

        if (conflict is not null)
        {
            Conflict(conflict, error);
        }
        else if (fix.Length > 0)
        {
            error.Line($"fix: {fix}");
        }

        return code;
    }

    private static void Conflict(DecisionConflict conflict, Screen error)
    {
        if (conflict.Changes.Count > 0)
        {
            error.Line("what changed since the package that was shown:");
            error.Write(Differences.Of(conflict.Changes, error.Symbols));
        }

        error.Line(conflict.Current.Length == 0
            ? "no package stands any more. See: steward ledger show TUPLE"
            : $"fix: look at what stands now, then decide on that: steward packages show {conflict.Current}");
    }

    private static string Said(RpcException refused) => refused.StatusCode switch
    {
        // What the transport says here is about sockets, and long.
        StatusCode.Unavailable when refused.Status.DebugException is not null => "the server can't be reached",
        _ when refused.Status.Detail.Length == 0 => "the server gave no reason",
        _ => refused.Status.Detail,
    };

    private static (int Code, string Fix) Fix(StatusCode status) => status switch
    {
        StatusCode.Unauthenticated => (ExitCodes.Denied,
            "steward login --server URL --token-file FILE; beside an embedded server: steward login --data-folder DIR"),
        StatusCode.PermissionDenied => (ExitCodes.Denied,
            "ask for the role that the command needs (steward COMMAND --help says it), then steward login with the new token"),
        StatusCode.NotFound => (ExitCodes.NotFound,
            "steward packages list and steward holds list show what there is for you; what is out of your repositories counts as not there"),
        StatusCode.Aborted => (ExitCodes.Refused, "steward packages show TUPLE, then decide on what stands now"),
        StatusCode.FailedPrecondition => (ExitCodes.Refused, "steward packages show PACKAGE says where it stands"),
        StatusCode.AlreadyExists => (ExitCodes.Refused, "this request id was used for another request: leave --request-id away"),
        StatusCode.InvalidArgument or StatusCode.OutOfRange => (ExitCodes.BadUsage, ""),
        StatusCode.Unavailable => (ExitCodes.Unreachable, "check --server or STEWARD_SERVER, and that the handoff runs there"),
        StatusCode.DeadlineExceeded => (ExitCodes.Unreachable, "give it longer: --timeout 120"),
        StatusCode.ResourceExhausted => (ExitCodes.Unreachable, "wait, then try again"),
        StatusCode.Unimplemented => (ExitCodes.Failed, "the server is older than this command: update it, or check that --server is a handoff"),
        _ => (ExitCodes.Failed, ""),
    };

    private static string Word(StatusCode status) => status switch
    {
        StatusCode.Unauthenticated => "no valid credential",
        StatusCode.PermissionDenied => "not allowed",
        StatusCode.NotFound => "not found",
        StatusCode.Aborted => "something changed",
        StatusCode.FailedPrecondition => "not as things stand",
        StatusCode.AlreadyExists => "already there",
        StatusCode.InvalidArgument or StatusCode.OutOfRange => "refused",
        StatusCode.Unavailable => "unreachable",
        StatusCode.DeadlineExceeded => "too slow",
        StatusCode.ResourceExhausted => "too much",
        _ => "failed",
    };
}
