using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using ReleaseIntegrity.Tests.Running;

namespace ReleaseIntegrity.Tests.EndToEnd.Registry;

/// <summary>
/// Debian's <c>docker-registry</c> (CNCF Distribution 2.8) on a free loopback port, and <c>skopeo</c> to push to it.
/// </summary>
internal sealed class RunningRegistry : IDisposable
{
    private const string Server = "/usr/bin/docker-registry";
    private const string Pusher = "/usr/bin/skopeo";

    private static readonly TimeSpan CopyLimit = TimeSpan.FromSeconds(60);

    private readonly Child _child;
    private readonly Scratch _scratch;
    private readonly HttpClient _http;
    private readonly System.Text.StringBuilder _log = new();
    private int _layouts;

    private RunningRegistry(Child child, Scratch scratch, string host)
    {
        _child = child;
        _scratch = scratch;
        Host = host;
        _http = new HttpClient { BaseAddress = new Uri($"http://{host}") };
    }

    /// <summary><c>host:port</c>, which is the registry's name in references.</summary>
    public string Host { get; }

    /// <summary>What the registry logged.</summary>
    public string Log
    {
        get
        {
            lock (_log)
            {
                return _log.ToString();
            }
        }
    }

    /// <summary>Skips the test where the programs are missing; fails it where they have to be there.</summary>
    public static void Require()
    {
        string[] missing = [.. new[] { Server, Pusher }.Where(p => !File.Exists(p))];
        if (missing.Length == 0)
        {
            return;
        }

        string reason = $"{string.Join(" and ", missing)} missing: apt-get install docker-registry skopeo";
        bool required = Environment.GetEnvironmentVariable("REQUIRE_REGISTRY") == "1" || Environment.GetEnvironmentVariable("CI") == "true";
        if (required)
        {
            Assert.Fail(reason);
        }

        Assert.Skip(reason);
    }

    /// <summary>Starts a registry that notifies an address, showing a credential.</summary>
    public static async Task<RunningRegistry> StartAsync(Scratch scratch, Uri notified, string secret)
    {
        string host = $"127.0.0.1:{FreePort()}";
        string configuration = scratch.Write("registry.yml", $$"""
            version: 0.1
            log: {level: warn}
            storage:
              filesystem: {rootdirectory: {{scratch["registry"]}}}
              delete: {enabled: true}
            http: {addr: "{{host}}"}
            notifications:
              events: {includereferences: true}
              endpoints:
                - name: collector
                  url: {{notified}}
                  headers: {Authorization: ["Bearer {{secret}}"]}
                  timeout: 10s
                  threshold: 3
                  backoff: 200ms
            """);
        var child = new Child(new ProcessStartInfo(Server, ["serve", configuration])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        });
        var registry = new RunningRegistry(child, scratch, host);
        child.Process.ErrorDataReceived += registry.Heard;
        child.Process.OutputDataReceived += registry.Heard;
        child.Process.BeginErrorReadLine();
        child.Process.BeginOutputReadLine();
        try
        {
            await Eventually.IsTrueAsync("the registry answers", registry.AnswersAsync, () => registry.Log);
            return registry;
        }
        catch
        {
            registry.Dispose();
            throw;
        }
    }

    /// <summary>Pushes an image, or an index with everything in it, byte for byte.</summary>
    public async Task PushAsync(OciImage image, string repository, string tag)
    {
        string layout = _scratch[$"layout-{_layouts++}"];
        image.Write(layout);
        Outcome copy = await Outcome.OfAsync(
            new ProcessStartInfo(Pusher,
            [
                "--insecure-policy", "--tmpdir", _scratch.Folder, "copy", "--all", "--preserve-digests", "--dest-tls-verify=false",
                $"oci:{layout}:image", $"docker://{Host}/{repository}:{tag}",
            ]),
            CopyLimit);
        Assert.True(copy.Code == 0, copy.Error);
    }

    /// <summary>Deletes a manifest, and with it every tag that names it.</summary>
    public async Task DeleteAsync(string repository, string digest)
    {
        using HttpResponseMessage response = await _http.DeleteAsync($"/v2/{repository}/manifests/{digest}");
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _http.Dispose();
        _child.Dispose();
    }

    private async Task<bool> AnswersAsync()
    {
        try
        {
            using HttpResponseMessage response = await _http.GetAsync("/v2/");
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private void Heard(object sender, DataReceivedEventArgs line)
    {
        lock (_log)
        {
            _log.AppendLine(line.Data);
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
