using ReleaseIntegrity.Collectors.ChangeSnapshot;
using ReleaseIntegrity.Collectors.ChangeSnapshot.Formats;
using ReleaseIntegrity.Collectors.ChangeSnapshot.Mapping;

namespace ReleaseIntegrity.Tests.Normalisation.Change;

public sealed class ServiceNowTests
{
    private static readonly ServiceNowNormalizer Normalizer = new(FieldMappings.Default["servicenow"]);

    private static readonly string Digest = Make.Digest('b');

    private const string Fingerprint = "AB:CD:EF:01:23:45:67:89:AB:CD:EF:01:23:45:67:89:AB:CD:EF:01:23:45:67:89:AB:CD:EF:01:23:45:67:89";

    private const string FingerprintHex = "abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789";

    private static readonly string Record = $$"""
        {
          "sys_id": "1766f1de47410200e90d87e8dee490f6", "number": "CHG0031337",
          "sys_mod_count": "7", "sys_updated_on": "2026-03-22 10:15:30",
          "state": "-1", "approval": "approved",
          "assignment_group": {"link": "https://acme.service-now.com/api/now/table/sys_user_group/1", "value": "1"},
          "u_release_train": "rel-2026.03.22.4",
          "u_release_window": {"link": "https://acme.service-now.com/api/now/table/u_window/9", "value": "RW-112"},
          "u_artifact_image": "registry.example:5000/payments/api:rel-2026.03.22.4", "u_artifact_digest": "{{Digest}}",
          "u_certificate_fingerprint": "{{Fingerprint}}",
          "u_approved_at": "2026-03-20 08:00:00", "u_exception_notes": "hotfix lane\nsee bridge", "u_exception_refs": "EXC-9, EXC-10\nEXC-9"
        }
        """;

    private static Notification Make1(string body, string? instance = null) =>
        Make.Json(body, Source.ChangeSnapshot, "servicenow", instance);

    [Fact]
    public void A_record_of_the_table_API_states_the_approved_tuple_and_what_hangs_on_it()
    {
        Observation observation = Check.Single(Normalizer, Make1($$"""{"result":{{Record}}}"""));

        Assert.Equal(new SourceRecord(Source.ChangeSnapshot, "servicenow", RecordKind.ChangeRecord, "1766f1de47410200e90d87e8dee490f6"), observation.Record);
        Assert.Equal(new Revision("7", new DateTimeOffset(2026, 3, 22, 10, 15, 30, TimeSpan.Zero)), observation.Revision);
        Assert.Equal(Approval.Approved, observation.Approval);
        Assert.Equal("1766f1de47410200e90d87e8dee490f6@7", observation.MessageId);
        Assert.Equal("/result", observation.RecordPointer);
        Assert.False(observation.Withdrawn);
        Subject subject = Assert.Single(observation.Subjects);
        Assert.Equal("registry.example:5000/payments/api:rel-2026.03.22.4", subject.Image!.ToString());
        Assert.Equal(Digest, subject.Digest!.Value.Text);
        Assert.Equal(
            $"""
            manifest-digest={Digest} /result/u_artifact_digest
            tag-to-digest={Digest} /result/u_artifact_digest
            repository=registry.example:5000/payments/api /result/u_artifact_image
            certificate-fingerprint={FingerprintHex} /result/u_certificate_fingerprint
            release-train=rel-2026.03.22.4 /result/u_release_train
            release-window=RW-112 /result/u_release_window/value
            exception-notes=hotfix lane
            see bridge /result/u_exception_notes
            exception-bindings=EXC-10,EXC-9 /result/u_exception_refs
            approved-tuple=registry.example:5000/payments/api:rel-2026.03.22.4@{Digest} /result/u_artifact_digest
            approval-time=2026-03-20T08:00:00Z /result/u_approved_at
            reviewer-state=-1 /result/state
            """,
            observation.Lines());
        Assert.Equal(Fingerprint, observation.Reading(Field.CertificateFingerprint).Raw);
    }

    [Fact]
    public void A_bare_record_and_a_list_read_alike_but_for_the_place()
    {
        Observation bare = Check.Single(Normalizer, Make1(Record, "snow-prod"));
        IReadOnlyList<NormalisedItem> list = Check.Items(Normalizer, Make1($$"""{"result":[{{Record}},{"sys_id":"2","sys_mod_count":"1"},7]}""", "snow-prod"));

        Assert.Equal("snow-prod", bare.Record.Instance);
        Assert.Equal("", bare.RecordPointer);
        Observation first = Assert.IsType<NormalisedItem.Observed>(list[0]).Observation;
        Assert.Equal("/result/0", first.RecordPointer);
        Assert.Equal(bare.Fields.Select(f => (f.Field, f.Single)), first.Fields.Select(f => (f.Field, f.Single)));
        Assert.IsType<NormalisedItem.Irrelevant>(list[1]);
        Assert.Equal("/result/2", Assert.IsType<NormalisedItem.Rejected>(list[2]).Pointer);
    }

    [Fact]
    public void The_change_API_spells_every_member_as_display_value_and_value_and_numbers_as_10_0()
    {
        Observation observation = Check.Single(Normalizer, Make1($$"""
            {"result":{
              "sys_id":{"display_value":"abc","value":"abc"}, "sys_mod_count":{"display_value":"10","value":10.0},
              "sys_updated_on":{"display_value":"2026-03-22 03:15:30","value":"2026-03-22 10:15:30","display_value_internal":"2026-03-22 03:15:30"},
              "state":{"display_value":"Canceled","value":4.0}, "approval":{"display_value":"Approved","value":"approved"},
              "u_artifact_image":{"display_value":"x","value":"registry.example/app:1"},"u_artifact_digest":{"display_value":"x","value":"{{Digest}}"} } }
            """));

        Assert.Equal(new Revision("10", new DateTimeOffset(2026, 3, 22, 10, 15, 30, TimeSpan.Zero)), observation.Revision);
        Assert.Equal(Approval.Cancelled, observation.Approval);
        FieldReading state = observation.Reading(Field.ReviewerState);
        Assert.Equal(("4", "4.0", "/result/state/value"), (state.Single, state.Raw, state.Place.Pointer));
    }

    [Theory]
    [InlineData("-5", "approved", Approval.Approved)]
    [InlineData("0", "APPROVED", Approval.Approved)]
    [InlineData("4", "approved", Approval.Cancelled)]
    [InlineData("-3", "rejected", Approval.Rejected)]
    [InlineData("-4", "requested", Approval.Pending)]
    [InlineData("-5", "not requested", Approval.Pending)]
    [InlineData("-5", "", Approval.Pending)]
    [InlineData("17", "by committee", Approval.Pending)]
    public void State_and_approval_are_independent(string state, string approval, Approval expected)
    {
        string record = Record.Replace("\"-1\"", $"\"{state}\"", StringComparison.Ordinal).Replace("\"approved\"", $"\"{approval}\"", StringComparison.Ordinal);

        Assert.Equal(expected, Check.Single(Normalizer, Make1(record)).Approval);
    }

    [Theory]
    [InlineData("record")]
    [InlineData("current")]
    [InlineData("change_request")]
    [InlineData("data")]
    public void A_push_may_call_the_record_what_it_likes(string name)
    {
        Observation observation = Check.Single(Normalizer, Make1($$"""{"operation":"update","{{name}}":{{Record}}}"""));

        Assert.Equal(("1766f1de47410200e90d87e8dee490f6", "/" + name), (observation.Record.Id, observation.RecordPointer));
    }

    [Fact]
    public void A_column_of_a_record_is_not_taken_for_the_record() => Assert.Equal("", Check.Single(
        Normalizer, Make1(Record.Insert(1, """ "change_request": {"link": "https://acme.service-now.com/x", "value": "9"}, "data": {"sys_id": "9"}, """))).RecordPointer);

    [Fact]
    public void A_record_without_state_and_approval_says_nothing_about_them()
    {
        Observation observation = Check.Single(Normalizer, Make1("""{"sys_id":"1","u_artifact_image":"registry.example/app:1"}"""));

        Assert.Null(observation.Approval);
        Assert.Equal(new Revision(null, null), observation.Revision);
        Assert.Null(observation.MessageId);
        Assert.Equal("repository=registry.example/app /u_artifact_image", observation.Lines());
    }

    [Theory]
    [InlineData("""{"operation":"delete","sys_id":"9","sys_mod_count":"3"}""", 0)]
    [InlineData("""{"operation":"DELETE","result":{"sys_id":"9","sys_mod_count":"3","u_artifact_image":"registry.example/app:1"}}""", 1)]
    [InlineData("""{"operation":"deleted","previous":{"sys_id":"9","sys_mod_count":"3","u_artifact_image":"registry.example/app:1"}}""", 1)]
    [InlineData("""{"operation":"delete","previous_sys_id":"9","previous_sys_mod_count":"3","previous_u_artifact_image":"registry.example/app:1"}""", 1)]
    [InlineData("""{"operation":"delete","previous.sys_id":"9","previous.sys_mod_count":"3"}""", 0)]
    public void A_pushed_deletion_withdraws_the_record_even_if_it_names_nothing_else(string body, int subjects)
    {
        Observation observation = Check.Single(Normalizer, Make1(body));

        Assert.True(observation.Withdrawn);
        Assert.Equal("9", observation.Record.Id);
        Assert.Equal("3", observation.Revision.Counter);
        Assert.Equal("9@3:deleted", observation.MessageId);
        Assert.Equal(subjects, observation.Subjects.Count);
    }

    [Fact]
    public void Previous_values_of_an_update_are_not_current_ones()
    {
        Observation observation = Check.Single(Normalizer, Make1(
            """{"operation":"update","sys_id":"9","u_artifact_image":"registry.example/app:2","previous_u_release_train":"old","previous":{"sys_id":"8"}}"""));

        Assert.Equal("9", observation.Record.Id);
        Assert.DoesNotContain(observation.Fields, f => f.Field == Field.ReleaseTrain);
    }

    [Fact]
    public void Explicitly_empty_members_are_readings_without_values_and_absent_ones_are_none()
    {
        Observation observation = Check.Single(Normalizer, Make1(
            """{"sys_id":"9","u_artifact_image":"registry.example/app:2","u_artifact_digest":"","u_release_train":null,"u_exception_refs":"","u_approved_at":"","u_release_window":"  "}"""));

        Assert.Equal(
            """
            manifest-digest= /u_artifact_digest
            repository=registry.example/app /u_artifact_image
            release-train= /u_release_train
            release-window= /u_release_window
            exception-bindings= /u_exception_refs
            approved-tuple= /u_artifact_digest
            approval-time= /u_approved_at
            """,
            observation.Lines());
        Assert.All(observation.Fields, f => Assert.Null(f.Unreadable));
    }

    [Fact]
    public void A_malformed_approved_digest_is_unreadable_while_the_tag_still_binds()
    {
        Observation observation = Check.Single(Normalizer, Make1(
            """{"sys_id":"9","u_artifact_image":"registry.example/app:2","u_artifact_digest":"sha256:abc","u_approved_at":"yesterday","u_certificate_fingerprint":"zz"}"""));

        Assert.Null(Assert.Single(observation.Subjects).Digest);
        foreach (Field field in new[] { Field.ManifestDigest, Field.TagToDigest, Field.ApprovedTuple, Field.ApprovalTime, Field.CertificateFingerprint })
        {
            Assert.NotNull(observation.Reading(field).Unreadable);
            Assert.Empty(observation.Reading(field).Values);
        }
    }

    [Theory]
    [InlineData("""{"sys_id":"9"}""", typeof(NormalisedItem.Irrelevant))]
    [InlineData("""{"sys_id":"9","u_artifact_image":"","u_artifact_digest":null}""", typeof(NormalisedItem.Irrelevant))]
    [InlineData("""{"result":[]}""", typeof(NormalisedItem.Irrelevant))]
    [InlineData("""{"sys_id":"9","number":"CHG1","u_artifact_image":"registry.example/app"}""", typeof(NormalisedItem.Hint))]
    [InlineData("""{"sys_id":"9","u_artifact_image":"Not An Image"}""", typeof(NormalisedItem.Rejected))]
    [InlineData("""{"sys_id":"9","u_artifact_digest":"sha256:abc"}""", typeof(NormalisedItem.Rejected))]
    [InlineData("""{"sys_id":"","u_artifact_image":"registry.example/app:1"}""", typeof(NormalisedItem.Rejected))]
    [InlineData("""{"u_artifact_image":"registry.example/app:1"}""", typeof(NormalisedItem.Rejected))]
    [InlineData("""{"sys_id":"9","sys_id":"8","u_artifact_image":"registry.example/app:1"}""", typeof(NormalisedItem.Rejected))]
    [InlineData("""{"sys_id":"9","u_artifact_image":"registry.example/app:1","u_artifact_image":"registry.example/app:2"}""", typeof(NormalisedItem.Rejected))]
    [InlineData("""{"sys_id":"9","u_artifact_image":"registry.example/app:1","state":"4","state":"1"}""", typeof(NormalisedItem.Rejected))]
    [InlineData("""{"sys_id":"9","u_artifact_image":"registry.example/app:1","sys_mod_count":"1.5"}""", typeof(NormalisedItem.Rejected))]
    [InlineData("""{"sys_id":"9","u_artifact_image":"registry.example/app:1","sys_mod_count":-1}""", typeof(NormalisedItem.Rejected))]
    [InlineData("""{"sys_id":"9","u_artifact_image":"registry.example/app:1","sys_updated_on":"22.03.2026 10:00"}""", typeof(NormalisedItem.Rejected))]
    [InlineData("""{"error":{"message":"No Record found"},"status":"failure"}""", typeof(NormalisedItem.Rejected))]
    [InlineData("""{"result":"nothing"}""", typeof(NormalisedItem.Rejected))]
    [InlineData("[]", typeof(NormalisedItem.Irrelevant))]
    [InlineData("7", typeof(NormalisedItem.Rejected))]
    public void What_can_not_become_evidence_says_why(string body, Type expected) =>
        Assert.IsType(expected, Assert.Single(Check.Items(Normalizer, Make1(body))));

    [Fact]
    public void A_flattened_pair_is_read_by_its_value_and_only_as_a_pair()
    {
        Observation observation = Check.Single(Normalizer, Make1($$"""
            {"operation": "update", "current": {"sys_id_value": "9", "sys_id_display_value": "9", "state.value": "4", "state.display_value": "Canceled",
              "u_artifact_image": "registry.example/app:1", "u_artifact_image_value": "registry.example/app:2", "u_artifact_image_display_value": "two",
              "u_artifact_digest_value": "{{Digest}}", "sys_updated_on_value": "2026-03-22 09:00:00", "sys_updated_on_display_value": "22.03.2026 10:00"} }
            """));

        Assert.Equal(("9", Approval.Cancelled), (observation.Record.Id, observation.Approval));
        Assert.Equal("/current/u_artifact_image", observation.Reading(Field.Repository).Place.Pointer);
        Assert.Equal("registry.example/app:1", observation.Subjects[0].Image!.ToString());
        Assert.DoesNotContain(observation.Fields, f => f.Field == Field.ManifestDigest);
        Assert.Equal(new DateTimeOffset(2026, 3, 22, 9, 0, 0, TimeSpan.Zero), observation.Revision.Time);
    }

    [Fact]
    public void A_hint_asks_for_the_change_by_its_number()
    {
        var hint = Check.Single<NormalisedItem.Hint>(Normalizer, Make1("""{"sys_id":"9","number":"CHG1","u_artifact_image":"registry.example/app"}"""));

        Assert.Equal(("servicenow", "CHG1"), (hint.Instance, hint.Target));
    }

    [Theory]
    [InlineData("registry.example/app:1@{0}", null, "{0}")]
    [InlineData("registry.example/app@{0}", "", "{0}")]
    [InlineData("registry.example/app:1", "registry.example/app@{0}", "{0}")]
    [InlineData("registry.example/app:1", " {0}\n", "{0}")]
    [InlineData("registry.example/app:1@{0}", "{0}", "{0}")]
    [InlineData("not an image", "{0}", "{0}")]
    public void The_digest_may_stand_in_either_member(string image, string? digest, string expected)
    {
        string member = digest is null ? "" : $""","u_artifact_digest":"{digest.Replace("{0}", Digest, StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)}" """;
        string body = $$"""{"sys_id":"9","u_artifact_image":"{{image.Replace("{0}", Digest, StringComparison.Ordinal)}}"{{member}}}""";

        Observation observation = Check.Single(Normalizer, Make1(body));

        Assert.Equal(expected.Replace("{0}", Digest, StringComparison.Ordinal), observation.Reading(Field.ManifestDigest).Single);
        Assert.Equal(Digest, Assert.Single(observation.Subjects).Digest!.Value.Text);
    }

    [Fact]
    public void A_reference_and_a_digest_member_that_disagree_approve_no_digest()
    {
        Observation observation = Check.Single(Normalizer, Make1(
            $$"""{"sys_id":"9","u_artifact_image":"registry.example/app:1@{{Make.Digest('a')}}","u_artifact_digest":"{{Digest}}"}"""));

        Assert.Null(Assert.Single(observation.Subjects).Digest);
        Assert.NotNull(observation.Reading(Field.ApprovedTuple).Unreadable);
    }

    [Theory]
    [InlineData(FingerprintHex)]
    [InlineData("SHA256:" + Fingerprint)]
    [InlineData("sha256 Fingerprint=" + Fingerprint)]
    [InlineData("  " + Fingerprint + "\\n")]
    public void Fingerprints_are_read_as_tools_print_them(string spelled)
    {
        Observation observation = Check.Single(Normalizer, Make1(
            $$"""{"sys_id":"9","u_artifact_image":"registry.example/app:1","u_certificate_fingerprint":"{{spelled}}"}"""));

        Assert.Equal(FingerprintHex, observation.Reading(Field.CertificateFingerprint).Single);
    }

    [Fact]
    public void No_mutation_makes_it_throw() => Check.Totality(Normalizer, Make1($$"""{"result":[{{Record}}]}"""));
}
