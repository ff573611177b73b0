namespace ReleaseIntegrity.AllInOne.Offline;

/// <summary>Where a long run tells how far it is. Warnings are for people and never part of the result.</summary>
internal interface IProgressReport
{
    /// <summary>A stage begins.</summary>
    /// <param name="stage">What is worked through.</param>
    /// <param name="total">How many there are.</param>
    void Begin(string stage, int total);

    /// <summary>So many more of the stage are done.</summary>
    void Advance(int count);

    /// <summary>Something that the person should know.</summary>
    void Warn(string message);
}
