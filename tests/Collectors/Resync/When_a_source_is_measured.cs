using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using ReleaseIntegrity.Collectors.Hosting.Resync;
using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Tests.Collectors.Resync;

/// <summary>Silence and gaps as a metrics listener sees them.</summary>
public sealed class When_a_source_is_measured : WithFolder
{
    private const string Name = "measured";

    private readonly ScriptedSource _source = new();
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 3, 22, 10, 0, 0, TimeSpan.Zero));

    [Fact]
    public async Task Silence_and_gap_grow_while_it_fails_and_end_when_it_answers()
    {
        using var measured = new Measured();
        _source.Says("""["observed"]""");
        _source.Trouble = _ => throw new SourceException(SourceTrouble.Failed, "it failed (500)");
        await using CollectorHost host = await CollectorHost.StartAsync(
            Folder,
            o => o.Resync[Name] = new ResyncOptions { Api = "scripted", Address = "http://localhost:1", Instance = "registry.example", PauseSeconds = 0 },
            services =>
            {
                services.AddSingleton<TimeProvider>(_clock);
                services.AddSingleton<IOutboxPublisher>(new RecordingPublisher());
            },
            apis: [_source.Api]);

        // It has told a page, but never all: how much is lost nobody knows, and zero is not said.
        await UntilAsync(() => measured.Of("resyncs", "outcome", "failed").Count > 2 && Last(measured, "silence") is not null);
        Assert.Null(Last(measured, "gap"));
        Assert.Equal(1, measured.Of("resync.documents", "name", Name).Sum());

        _source.Trouble = null;
        await UntilAsync(() => Last(measured, "gap") == 0);
        Assert.InRange(Last(measured, "silence")!.Value, 0, 600);
        string mark = (await When_a_source_is_asked.MarkAsync(host, Name)).GetProperty("watermark").GetString()!;

        _source.Trouble = _ => throw new SourceException(SourceTrouble.Failed, "it failed (500)");
        await UntilAsync(() => Last(measured, "gap") > 7200 && Last(measured, "silence") > 7200);
        Assert.Equal(mark, (await When_a_source_is_asked.MarkAsync(host, Name)).GetProperty("watermark").GetString());
        _source.Trouble = null;
        await UntilAsync(() => Last(measured, "gap") == 0 && Last(measured, "silence") < 600);
    }

    private static double? Last(Measured measured, string instrument) =>
        measured.Of($"resync.{instrument}", "name", Name) is { Count: > 0 } values ? values[^1] : null;

    private async Task UntilAsync(Func<bool> condition)
    {
        for (int i = 0; !condition(); i++)
        {
            Assert.True(i < 6000, "it is never measured");
            _clock.Advance(TimeSpan.FromSeconds(30));
            await Task.Delay(10, CollectorHost.Ct);
        }
    }
}
