using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Worlds.Shapes;

/// <summary>One revision of a change record.</summary>
internal sealed record Change
{
    /// <summary>A number that is the record's own.</summary>
    public required int Id { get; init; }

    /// <summary>How often it was saved.</summary>
    public required int Revision { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>When the change system says that it was saved.</summary>
    public required DateTimeOffset Stated { get; init; }

    public required string MessageId { get; init; }

    public required ImageReference Image { get; init; }

    public required Digest Digest { get; init; }

    public required string Window { get; init; }

    public string? Notes { get; init; }

    public IReadOnlyList<string> Exceptions { get; init; } = [];

    public DateTimeOffset? ApprovedAt { get; init; }

    public string? Fingerprint { get; init; }

    public string? KeyId { get; init; }

    /// <summary>How far the work is: a step of <see cref="Changes.Steps"/>.</summary>
    public int Step { get; init; }

    public bool Cancelled { get; init; }

    public bool Deleted { get; init; }

    public bool Approved => ApprovedAt is not null && !Cancelled;
}

/// <summary>
/// The change systems of the world in the shapes of their records: ServiceNow's Table API, Change API and business rule, GitHub's
/// deployment statuses, GitLab's pipelines, Azure DevOps' work items and release approvals, PagerDuty, CDEvents, our own event.
/// </summary>
internal static class Changes
{
    /// <summary>Steps of the work.</summary>
    public const int Steps = 3;

    private static readonly string[] Numbers = ["-2", "-1", "3"];
    private static readonly string[] Words = ["pending", "in_progress", "success"];

    public static IReadOnlyList<Func<Change, Message>> All { get; } =
        [ServiceNowTable, ServiceNowApi, ServiceNowPush, GitHub, GitLab, WorkItem, PagerDuty, CdEvent, OwnEvent];

    /// <summary>An issue of a site that maps no custom field: it names no artifact.</summary>
    public static Message Unrelated(int id, DateTimeOffset at) => Message.Of(
        "jira", $$$"""{"timestamp":{{{at.ToUnixTimeMilliseconds()}}},"webhookEvent":"jira:issue_updated","issue":{"id":"{{{id}}}","key":"OPS-{{{id}}}","self":"https://jira.acme.example/rest/api/2/issue/{{{id}}}","fields":{"status":{"name":"Implementing"},"updated":"{{{at.UtcDateTime:yyyy-MM-ddTHH:mm:ss}}}.000+0000"}},"changelog":{"id":"{{{id}}}","items":[]}}""");

    private static string State(Change c) => c.Cancelled ? "4" : Numbers[c.Step];

    private static string Approval(Change c) => c.ApprovedAt is null ? "requested" : "approved";

    private static string? Time(Change c) => c.ApprovedAt?.Text();

    /// <summary>The columns of a record, each with its value.</summary>
    private static List<(string Name, string Value)> Columns(Change c) =>
    [
        ("sys_id", $"46e18c0fa9fe1981{c.Id:x16}"), ("number", $"CHG{c.Id:D7}"), ("sys_mod_count", $"{c.Revision}"),
        ("sys_updated_on", c.Stated.Spaced()), ("state", State(c)), ("approval", Approval(c)), ("u_artifact_image", c.Image.ToString()),
        ("u_artifact_digest", c.Digest.Text), ("u_release_train", c.Image.Tag!), ("u_release_window", c.Window),
        .. c.ApprovedAt is { } at ? [("u_approved_at", at.Spaced())] : Array.Empty<(string, string)>(),
        .. c.Fingerprint is { } print ? [("u_certificate_fingerprint", print)] : Array.Empty<(string, string)>(),
        .. c.KeyId is { } key ? [("u_signer_key_id", key)] : Array.Empty<(string, string)>(),
        .. c.Notes is { } notes ? [("u_exception_notes", notes)] : Array.Empty<(string, string)>(),
        .. c.Exceptions.Count > 0 ? [("u_exception_refs", string.Join(", ", c.Exceptions))] : Array.Empty<(string, string)>(),
    ];

    private static string Members(Change c, Func<string, string> spell) => string.Join(',', Columns(c).Select(m => $"\"{m.Name}\":{spell(m.Value)}"));

    private static Message ServiceNowTable(Change c) => c.Deleted
        ? ServiceNowPush(c)
        : Message.Of("servicenow", $$$"""{"result":{{{{Members(c, v => $"\"{v}\"")}}}}}""", Say(c, "servicenow", State(c)));

    private static Message ServiceNowApi(Change c) => c.Deleted
        ? ServiceNowPush(c)
        : Message.Of("servicenow", $$"""{"result":[{{{Members(c, v => $$"""{"display_value":"{{v}}","value":"{{v}}"}""")}}}]}""", Say(c, "servicenow", State(c)));

    private static Message ServiceNowPush(Change c) => Message.Of(
        "servicenow", $$"""{{{Members(c, v => $"\"{v}\"")}},"operation":"{{(c.Deleted ? "delete" : "update")}}"}""", Say(c, "servicenow", State(c)));

    private static string Details(Change c) => string.Join(',', new (string Name, string? Value)[]
    {
        ("artifact_image", c.Image.ToString()), ("artifact_digest", c.Digest.Text), ("release_train", c.Image.Tag), ("release_window", c.Window),
        ("approved_at", Time(c)), ("certificate_fingerprint", c.Fingerprint), ("signer_key_id", c.KeyId), ("exception_notes", c.Notes),
        ("exception_refs", c.Exceptions.Count > 0 ? string.Join(", ", c.Exceptions) : null),
        ("approval", c.Cancelled ? "cancelled" : c.ApprovedAt is null ? "open" : "approved"),
    }.Where(m => m.Value is not null).Select(m => $"\"{m.Name}\":\"{m.Value}\""));

    private static Message GitHub(Change c)
    {
        string state = c.Cancelled || c.Deleted ? "inactive" : Words[c.Step];
        return Message.Of(
            "github",
            $$$"""{"action":"created","deployment_status":{"id":{{{(c.Id * 100) + c.Revision}}},"state":"{{{state}}}","created_at":"{{{c.Stated.Text()}}}","environment":"production"},"deployment":{"id":{{{c.Id}}},"sha":"f95f852bd8fca8fcc58a9a2d6c842781e32a215e","environment":"production","payload":{{{{Details(c)}}}},"created_at":"2026-03-20T09:00:00Z","updated_at":"{{{c.Stated.Text()}}}"},"repository":{"full_name":"acme/shop","html_url":"https://github.com/acme/shop"}}""",
            Say(c with { Deleted = false, Cancelled = c.Cancelled || c.Deleted }, "github.com", state))
            .With("x-github-event", "deployment_status").With("x-github-delivery", c.MessageId);
    }

    private static Message GitLab(Change c)
    {
        string state = c.Cancelled || c.Deleted ? "canceled" : Words[c.Step];
        IEnumerable<string> variables = new (string Name, string? Value)[]
        {
            ("ARTIFACT_IMAGE", c.Image.ToString()), ("ARTIFACT_DIGEST", c.Digest.Text), ("RELEASE_TRAIN", c.Image.Tag), ("RELEASE_WINDOW", c.Window),
            ("APPROVED_AT", Time(c)), ("CERTIFICATE_FINGERPRINT", c.Fingerprint), ("SIGNER_KEY_ID", c.KeyId), ("EXCEPTION_NOTES", c.Notes),
            ("EXCEPTION_REFS", c.Exceptions.Count > 0 ? string.Join(", ", c.Exceptions) : null), ("APPROVAL", c.ApprovedAt is null ? "open" : "approved"),
        }.Where(v => v.Value is not null).Select(v => $$"""{"key":"{{v.Name}}","value":"{{v.Value}}"}""");
        return Message.Of(
            "gitlab",
            $$$"""{"object_kind":"pipeline","object_attributes":{"id":{{{c.Id}}},"status":"{{{state}}}","created_at":"2026-03-20 09:00:00 UTC","finished_at":"{{{c.Stated.Spaced()}}} UTC","variables":[{{{string.Join(',', variables)}}}]},"project":{"id":1,"web_url":"https://gitlab.acme.example/shop"}}""",
            Say(c with { Deleted = false, Cancelled = c.Cancelled || c.Deleted }, "gitlab.acme.example", state))
            .With("x-gitlab-event", "Pipeline Hook").With("idempotency-key", c.MessageId);
    }

    private static Message WorkItem(Change c)
    {
        string state = c.Cancelled ? "Cancelled" : c.ApprovedAt is null ? "Proposed" : "Approved";
        string fields = string.Join(',', new (string Name, string? Value)[]
        {
            ("System.State", state), ("Custom.ArtifactImage", c.Image.ToString()), ("Custom.ArtifactDigest", c.Digest.Text), ("Custom.ReleaseTrain", c.Image.Tag),
            ("Custom.ReleaseWindow", c.Window), ("Custom.ApprovedAt", Time(c)), ("Custom.CertificateFingerprint", c.Fingerprint), ("Custom.SignerKeyId", c.KeyId),
            ("Custom.ExceptionNotes", c.Notes), ("Custom.ExceptionRefs", c.Exceptions.Count > 0 ? string.Join(", ", c.Exceptions) : null),
        }.Where(f => f.Value is not null).Select(f => $"\"{f.Name}\":\"{f.Value}\""));
        return Message.Of(
            "azure-devops",
            $$$$"""{"id":"{{{{c.MessageId}}}}","eventType":"{{{{(c.Deleted ? "workitem.deleted" : "workitem.updated")}}}}","createdDate":"{{{{c.Stated.Text()}}}}","resource":{"id":{{{{c.Revision}}}},"workItemId":{{{{c.Id}}}},"rev":{{{{c.Revision}}}},"revision":{"rev":{{{{c.Revision}}}},"fields":{{{{{fields}}}}}}},"resourceContainers":{"collection":{"id":"c","baseUrl":"https://dev.azure.com/acme/"}}}""",
            Say(c, "dev.azure.com", state));
    }

    private static Message PagerDuty(Change c)
    {
        Change cancelled = c with { Deleted = false, Cancelled = c.Cancelled || c.Deleted };
        return Message.Of(
            "pagerduty",
            $$$"""{"payload":{"summary":"Promoted","timestamp":"{{{c.Stated.UtcDateTime:yyyy-MM-ddTHH:mm:ss}}}.000+0000","source":"prod","custom_details":{"change_id":"CHG-{{{c.Id}}}","revision":"{{{c.Revision}}}","state":"{{{State(c)}}}",{{{Details(cancelled)}}}}},"links":[{"href":"https://ci.acme.example/{{{c.Id}}}"}]}""",
            Say(cancelled, "pagerduty", State(c)));
    }

    private static Message CdEvent(Change c)
    {
        string type = c.Deleted ? "abandoned" : "updated";
        string decision = c.Cancelled ? "cancelled" : c.ApprovedAt is null ? "open" : "approved";
        return Message.Of(
            "cdevents",
            $$$"""{"context":{"version":"0.4.1","id":"{{{c.MessageId}}}","source":"https://change.acme.example/","type":"dev.cdevents.change.{{{type}}}.0.2.0","timestamp":"{{{c.Stated.Text()}}}"},"subject":{"id":"CHG-{{{c.Id}}}","source":"https://change.acme.example/","type":"change","content":{"decision":"{{{decision}}}","status":"{{{Words[c.Step]}}}"}},"customData":{{{{Details(c)}}}}}""",
            Say(c, "change.acme.example", Words[c.Step]));
    }

    private static Message OwnEvent(Change c)
    {
        string approval = c.Cancelled ? "cancelled" : c.ApprovedAt is null ? "pending" : "approved";
        Statement said = Say(c, "change.acme.example", Words[c.Step]);
        string fields = string.Join(',', said.Fields
            .Where(f => f.Key is not (Field.ManifestDigest or Field.TagToDigest or Field.Repository or Field.ApprovedTuple))
            .Select(f => f.Key is Field.ExceptionBindings
                ? $"\"{WireNames.Of(f.Key)}\":[{string.Join(',', f.Value.Select(v => $"\"{v}\""))}]"
                : $"\"{WireNames.Of(f.Key)}\":\"{f.Value[0]}\""));
        return Message.Of(
            "cloudevents",
            $$$$"""{"specversion":"1.0","id":"{{{{c.MessageId}}}}","source":"https://change.acme.example","type":"dev.releaseintegrity.change-snapshot.{{{{(c.Deleted ? "withdrawn" : "observed")}}}}.v1","time":"{{{{c.Stated.Text()}}}}","data":{"record":{"id":"CHG-{{{{c.Id}}}}"},"revision":"{{{{c.Revision}}}}","approval":"{{{{approval}}}}","image":"{{{{c.Image}}}}","digest":"{{{{c.Digest}}}}","fields":{{{{{fields}}}}}}}""",
            said);
    }

    private static Statement Say(Change c, string instance, string state)
    {
        var fields = new Dictionary<Field, IReadOnlyList<string>>();
        fields.Say(Field.ManifestDigest, c.Digest.Text);
        fields.Say(Field.TagToDigest, c.Digest.Text);
        fields.Say(Field.Repository, c.Image.Coordinates);
        fields.Say(Field.ApprovedTuple, $"{c.Image}@{c.Digest}");
        fields.Say(Field.ReleaseTrain, c.Image.Tag);
        fields.Say(Field.ReleaseWindow, c.Window);
        fields.Say(Field.ExceptionNotes, c.Notes);
        fields.Say(Field.ExceptionBindings, [.. c.Exceptions]);
        fields.Say(Field.ApprovalTime, Time(c));
        fields.Say(Field.ReviewerState, state);
        fields.Say(Field.CertificateFingerprint, c.Fingerprint);
        fields.Say(Field.SignerKeyId, c.KeyId);
        return new Statement
        {
            Source = Source.ChangeSnapshot,
            Instance = instance,
            Kind = RecordKind.ChangeRecord,
            Record = $"{c.Id}",
            At = c.At,
            Time = c.Stated,
            Image = c.Image,
            Digest = c.Digest,
            Fields = fields,
            Withdrawn = c.Deleted,
            Approved = c.Approved,
        };
    }
}
