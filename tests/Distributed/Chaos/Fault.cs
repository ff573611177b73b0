namespace ReleaseIntegrity.Tests.Distributed.Chaos;

/// <summary>Something that goes wrong for a while. Its text says what, and with whom.</summary>
internal abstract class Fault
{
    /// <summary>Makes it so; returns when it is so.</summary>
    public abstract Task BeginAsync(Scene scene);

    /// <summary>
    /// Checks what has to hold while it is so, or shows that it is; takes as long as that takes, and the fault lasts until then.
    /// </summary>
    public virtual Task MeanwhileAsync(Scene scene) => Task.CompletedTask;

    /// <summary>Puts things right; returns when they are.</summary>
    public abstract Task EndAsync(Scene scene);

    /// <summary>The replica that needs a clock of its own for it; null for none.</summary>
    public virtual string? Clock => null;

    /// <inheritdoc/>
    public abstract override string ToString();
}
