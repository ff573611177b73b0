using System.Collections.Concurrent;
using System.Diagnostics;

namespace ReleaseIntegrity.Tests.Running;

/// <summary>A process that does not outlive the test: killed when disposed, and at the latest when the test run ends.</summary>
public sealed class Child : IDisposable
{
    private static readonly ConcurrentDictionary<int, Child> Living = new();

    static Child() => AppDomain.CurrentDomain.ProcessExit += (_, _) =>
    {
        foreach (Child child in Living.Values)
        {
            child.Kill();
        }
    };

    private readonly int _id;

    public Child(ProcessStartInfo start)
    {
        Process = Process.Start(start) ?? throw new InvalidOperationException($"{start.FileName} did not start");
        _id = Process.Id;
        Living[_id] = this;
    }

    /// <summary>The process.</summary>
    public Process Process { get; }

    /// <summary>Whether it still runs. Safe while another thread kills or disposes of it.</summary>
    public bool IsRunning
    {
        get
        {
            try
            {
                return !Process.HasExited;
            }
            catch (InvalidOperationException)
            {
                return false;
            }
        }
    }

    /// <summary>SIGKILL: the process gets no chance to tidy up.</summary>
    public void Kill()
    {
        try
        {
            // Not the tree: none of these starts others, and looking for them takes longer than what a kill may interrupt.
            Process.Kill();
            Process.WaitForExit();
        }
        catch (InvalidOperationException)
        {
            // It had ended already.
        }
    }

    /// <summary>SIGSTOP: the process keeps what it has, and does nothing.</summary>
    public void Pause() => Signal("STOP");

    /// <summary>SIGCONT.</summary>
    public void Resume() => Signal("CONT");

    /// <inheritdoc/>
    public void Dispose()
    {
        Kill();
        Living.TryRemove(_id, out _);
        Process.Dispose();
    }

    private void Signal(string name)
    {
        using Process kill = Process.Start("kill", [$"-{name}", $"{_id}"]);
        kill.WaitForExit();
        Assert.True(kill.ExitCode == 0, $"SIG{name} of {_id} ended with {kill.ExitCode}");
    }
}
