namespace ReleaseIntegrity.Hosting.Doctor;

/// <summary>One part of <c>doctor</c>. It looks and changes nothing; what it can't look at is a finding, not an exception.</summary>
public interface IExamination
{
    /// <summary>What it looks at, for the case that it doesn't come to an end.</summary>
    string Subject { get; }

    /// <summary>Looks.</summary>
    /// <param name="cancellationToken">Cancelled when it takes too long.</param>
    Task<IReadOnlyList<Finding>> ExamineAsync(CancellationToken cancellationToken);
}
