namespace ReleaseIntegrity.Collectors.ChangeSnapshot.Mapping;

/// <summary>A format whose records are read by a mapping.</summary>
internal interface IMappedFormat
{
    /// <summary>What reads them.</summary>
    ChangeRecordReader Reader { get; }
}
