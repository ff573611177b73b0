using Google.Protobuf.WellKnownTypes;
using ReleaseIntegrity.Contracts.Documents;
using ReleaseIntegrity.Handoff.Store;
using ReleaseIntegrity.Handoff.V1;

namespace ReleaseIntegrity.Handoff.Reading;

/// <summary>Masked ledgers as messages of the API.</summary>
internal static class LedgerMessages
{
    /// <summary>The name of a tuple's ledger.</summary>
    public static string NameOf(string tupleId) => $"tuples/{tupleId}/ledger";

    /// <summary>A tuple's current ledger; without content for lists.</summary>
    public static Ledger Of(LedgerRow row, Masked<LedgerView> masked, string keyVersion, bool withContent)
    {
        Ledger ledger = Of(masked.View, row.TupleId, withContent);
        ledger.Name = NameOf(row.TupleId);
        ledger.Revision = row.Revision;
        ledger.RecordTime = Timestamp.FromDateTimeOffset(row.RecordedAt);
        ledger.Sha256 = row.Sha256;
        ledger.MaskedSha256 = masked.Sha256;
        ledger.TokenKeyVersion = keyVersion;
        ledger.MaskedJson = withContent ? masked.Json : "";
        return ledger;
    }

    /// <summary>A ledger as it stands in a document.</summary>
    public static Ledger Of(LedgerView view, string tupleId, bool withContent)
    {
        var ledger = new Ledger
        {
            Tuple = Tuple(view.Tuple, tupleId),
            InScope = view.InScope,
            OnHold = view.OnHold,
            Policy = Policy(view.Policy),
            EffectiveAsOf = Time(view.EffectiveAsOf),
            NextTransitionTime = Time(view.NextTransitionAt),
            HeldCount = view.Fields.Count(f => f.State == "held"),
            ConvergingCount = view.Fields.Count(f => f.State == "converging"),
        };
        if (withContent)
        {
            ledger.Fields.Add(view.Fields.Select(Of));
        }

        return ledger;
    }

    /// <summary>A hold of a field.</summary>
    public static Hold Of(string field, HoldView view)
    {
        var hold = new Hold { Id = view.Id, Field = field, Reason = view.Reason, Root = view.Root ?? "" };
        hold.AlsoReasons.Add(view.AlsoReasons);
        hold.ReleaseWhen.Add(view.ReleaseWhen.Select(c => new ReleaseCondition
        {
            Source = c.Source,
            Field = c.Field,
            Predicate = c.Predicate,
            Value = c.Value ?? "",
        }));
        hold.Alternatives.Add(view.Alternatives.Select(Of));
        return hold;
    }

    /// <summary>An alternative.</summary>
    public static Alternative Of(AlternativeView view)
    {
        var alternative = new Alternative { Field = view.Field, Value = Value(view.Value) };
        alternative.Sources.Add(view.Sources);
        alternative.Needs.Add(view.Needs);
        alternative.Writes.Add(view.Writes.Select(Of));
        return alternative;
    }

    /// <summary>A proposed write.</summary>
    public static ProposedWrite Of(WriteView view)
    {
        var write = new ProposedWrite { Id = view.Id, Field = view.Field, Target = Of(view.Target) };
        write.Patch.Add(view.Patch.Select(Of));
        write.Inverse.Add(view.Inverse.Select(Of));
        return write;
    }

    /// <summary>A target record.</summary>
    public static WriteTarget Of(TargetView view) => new()
    {
        Field = view.Field ?? "",
        Source = view.Source,
        Instance = view.Instance,
        RecordId = view.RecordId,
        Revision = view.Revision ?? "",
    };

    /// <summary>A tuple.</summary>
    public static V1.Tuple Tuple(TupleView view, string tupleId) =>
        new() { Id = tupleId, Registry = view.Registry, Repository = view.Repository, Tag = view.Tag };

    /// <summary>A policy reference.</summary>
    public static PolicyReference Policy(PolicyView view) => new() { Version = view.Version, Digest = view.Digest };

    /// <summary>An instant, absent for none.</summary>
    public static Timestamp? Time(DateTimeOffset? instant) => instant is { } at ? Timestamp.FromDateTimeOffset(at) : null;

    /// <summary>A field.</summary>
    public static LedgerField Of(FieldView view)
    {
        var field = new LedgerField
        {
            Field = view.Field,
            Mask = view.Mask,
            State = view.State,
            Authoritative = Value(view.Authoritative),
            Rule = view.Rule ?? "",
            Hold = view.Hold is null ? null : Of(view.Field, view.Hold),
        };
        field.Candidates.Add(view.Candidates.Select(Of));
        return field;
    }

    /// <summary>A candidate.</summary>
    public static Candidate Of(CandidateView view)
    {
        var lineage = new Lineage
        {
            Source = view.Source,
            Instance = view.Instance,
            RecordId = view.RecordId,
            Revision = view.Revision ?? "",
            SourceTime = Time(view.SourceTime),
            ExtractTime = Time(view.ExtractedAt),
            NotificationSha256 = view.NotificationSha256,
            Pointer = view.Pointer,
        };
        lineage.Decode.Add(view.Decode.Select(d => new DecodeStep { Pointer = d.Pointer, As = d.As }));
        return new Candidate
        {
            Value = Value(view.Value),
            About = view.About ?? "",
            Outcome = view.Outcome,
            Why = view.Why,
            Lineage = lineage,
        };
    }

    private static PatchOperation Of(OperationView view)
    {
        var operation = new PatchOperation { Op = view.Op, Path = view.Path };
        if (view.Value is not null)
        {
            operation.Value = view.Value;
        }

        return operation;
    }

    private static FieldValue? Value(FieldValues? values)
    {
        if (values is null)
        {
            return null;
        }

        var value = new FieldValue { IsSet = values.IsSet };
        value.Values.Add(values.Values);
        return value;
    }
}
