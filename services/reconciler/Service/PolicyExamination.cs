using ReleaseIntegrity.Hosting.Doctor;
using ReleaseIntegrity.Policies;

namespace ReleaseIntegrity.Reconciling;

/// <summary>Whether the policy file can be used.</summary>
/// <param name="options">Names it.</param>
public sealed class PolicyExamination(ReconcilerOptions options) : IExamination
{
    /// <inheritdoc/>
    public string Subject => "policy";

    /// <inheritdoc/>
    public Task<IReadOnlyList<Finding>> ExamineAsync(CancellationToken cancellationToken)
    {
        string name = options.PolicyFile ?? "the shipped one";
        return Task.FromResult<IReadOnlyList<Finding>>(
        [
            options.PolicyFile is { } path && PolicyFile.Load(path) is not PolicyResult.Loaded and var refused
                ? Finding.Failure(Subject, $"{name} is refused", refused.ToString()!)
                : Finding.Ok(Subject, $"{name} can be used"),
        ]);
    }
}
