using Google.Rpc;
using Grpc.Core;
using ReleaseIntegrity.Handoff.Api;
using ReleaseIntegrity.Handoff.Comparing;
using ReleaseIntegrity.Handoff.Reading;
using ReleaseIntegrity.Handoff.Store;
using ReleaseIntegrity.Handoff.V1;

namespace ReleaseIntegrity.Handoff.Deciding;

/// <summary>Why a decision is refused. As with all errors of the API, nothing that a client sent is repeated.</summary>
internal static class DecisionErrors
{
    /// <summary>ABORTED: something else stands than what the decision was on.</summary>
    /// <param name="seen">The package that the decision was on.</param>
    /// <param name="current">The package that stands; null where none does.</param>
    /// <param name="documents">The way out of the store.</param>
    /// <param name="text">What to do.</param>
    public static RpcException Conflict(PackageRow seen, PackageRow? current, MaskedDocuments documents, string text)
    {
        var conflict = new DecisionConflict();
        if (current is not null)
        {
            conflict.Current = PackageMessages.NameOf(current.TupleId, current.PackageId, current.Revision);
            conflict.CurrentEtag = current.PackageId;
            conflict.Changes.Add(PackageMessages.Of(PackageComparison.Compare(documents.Of(seen).View, documents.Of(current).View)));
        }

        return ApiErrors.Of(Code.Aborted, text, conflict, ApiErrors.Info("DECISION_CONFLICT"));
    }

    /// <summary>FAILED_PRECONDITION: the state of what it is on doesn't allow it.</summary>
    /// <param name="type">What kind of state, in capitals.</param>
    /// <param name="subject">What is in that state; no value.</param>
    /// <param name="description">Why, and what to do.</param>
    public static RpcException Precondition(string type, string subject, string description)
    {
        var failure = new PreconditionFailure();
        failure.Violations.Add(new PreconditionFailure.Types.Violation { Type = type, Subject = subject, Description = description });
        return ApiErrors.Of(Code.FailedPrecondition, description, failure, ApiErrors.Info(type));
    }

    /// <summary>PERMISSION_DENIED: the second person is the first.</summary>
    public static RpcException SamePerson() => ApiErrors.Of(
        Code.PermissionDenied, "two persons have to authorise this; you are the first, somebody else has to confirm it", ApiErrors.Info("SECOND_PERSON_REQUIRED"));

    /// <summary>ALREADY_EXISTS: the request id was used for another request.</summary>
    public static RpcException RequestIdUsed() => ApiErrors.Of(
        Code.AlreadyExists, "this request_id was used for another request; make a new UUID", ApiErrors.Info("REQUEST_ID_USED"));
}
