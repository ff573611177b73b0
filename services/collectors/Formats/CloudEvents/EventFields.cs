using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.Formats.CloudEvents;

/// <summary>
/// The fields that follow from an own event's image, digest, cluster and time where <c>fields</c> does not state them:
/// a sender need not say one thing twice.
/// </summary>
internal static class EventFields
{
    public static void Derive(Node data, Source source, bool withdrawn, List<EventSubject> subjects, Node time, Readings readings)
    {
        if (withdrawn)
        {
            return;
        }

        switch (source)
        {
            case Source.ArtifactRegistry when subjects is [var subject]:
                Registry(subject, time, readings);
                break;
            case Source.SignatureLedger:
                readings.Time(Field.LedgerWriteTime, time, TimeFormats.Rfc3339);
                break;
            case Source.ChangeSnapshot when subjects is [var subject]:
                Change(data, subject, readings);
                break;
            case Source.RuntimeValidation:
                Runtime(data, subjects, time, readings);
                break;
        }
    }

    private static void Registry(EventSubject subject, Node time, Readings readings)
    {
        if (subject.Image is not { } image)
        {
            return;
        }

        readings.Value(Field.Repository, subject.ImageNode, image.Coordinates);
        if (image.Tag is null || subject.Digest is not { } digest)
        {
            return;
        }

        readings.Value(Field.ManifestDigest, subject.DigestNode, digest.Text, subject.Kind)
            .Value(Field.TagToDigest, subject.DigestNode, digest.Text, subject.Kind)
            .Time(Field.PromotionTime, time, TimeFormats.Rfc3339)
            .Value(Field.ActiveTags, subject.TagNode, image.Tag);
    }

    private static void Change(Node data, EventSubject subject, Readings readings)
    {
        if (subject.Image is { } image)
        {
            readings.Value(Field.Repository, subject.ImageNode, image.Coordinates);
        }

        if (subject.Digest is not { } digest)
        {
            // Explicitly empty, or malformed: the reading says which.
            readings.Digest(Field.ManifestDigest, data["digest"]);
            return;
        }

        readings.Value(Field.ManifestDigest, subject.DigestNode, digest.Text, subject.Kind);
        if (subject.Image is { Tag: not null } tagged)
        {
            readings.Value(Field.TagToDigest, subject.DigestNode, digest.Text, subject.Kind)
                .Value(Field.ApprovedTuple, subject.DigestNode, $"{tagged}@{digest}");
        }
    }

    private static void Runtime(Node data, List<EventSubject> subjects, Node time, Readings readings)
    {
        if (subjects is [{ Digest: { } digest } subject])
        {
            readings.Value(Field.ObservedDigest, subject.DigestNode, digest.Text, subject.Kind);
        }

        readings.Text(Field.ClusterId, data["cluster"]).Time(Field.ObservationTime, time, TimeFormats.Rfc3339);
    }
}
