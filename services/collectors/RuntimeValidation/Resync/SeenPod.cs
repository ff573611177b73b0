using System.Text.Json;
using ReleaseIntegrity.Collectors.Hosting.Resync;

namespace ReleaseIntegrity.Collectors.RuntimeValidation.Resync;

/// <summary>What is remembered of a pod: enough to tell that it changed, and to say that it ended.</summary>
/// <param name="Uid">Its uid, which no other pod ever has.</param>
/// <param name="Version">Its <c>resourceVersion</c>.</param>
/// <param name="Name"><c>namespace/name</c>.</param>
/// <param name="Containers">The names of its containers of all lists.</param>
internal sealed record SeenPod(string Uid, string Version, string Name, IReadOnlyList<string> Containers)
{
    /// <summary>As text: another one is another version of the pod.</summary>
    public string Known => $"{Version} {Name} {string.Join(',', Containers)}";

    /// <summary>Reads a pod.</summary>
    /// <exception cref="SourceException">It has no identity.</exception>
    public static SeenPod Read(JsonElement pod)
    {
        JsonElement metadata = Member(pod, "metadata");
        (string uid, string version) = (Text(metadata, "uid"), Text(metadata, "resourceVersion"));
        if (uid.Length == 0 || version.Length == 0)
        {
            throw new SourceException(SourceTrouble.Unexpected, "a pod has no uid or no resourceVersion");
        }

        JsonElement spec = Member(pod, "spec");
        return new SeenPod(
            uid,
            version,
            $"{Text(metadata, "namespace")}/{Text(metadata, "name")}",
            [
                .. KubernetesObjects.ContainerLists
                    .Select(l => Member(spec, l.Spec))
                    .Where(l => l.ValueKind == JsonValueKind.Array)
                    .SelectMany(l => l.EnumerateArray())
                    .Select(c => Text(c, "name")),
            ]);
    }

    /// <summary>The watch event that was missed.</summary>
    /// <param name="uid">The pod's uid.</param>
    /// <param name="known">What was remembered of it.</param>
    /// <param name="version">The version of the complete list that no longer has it.</param>
    public static byte[] Deleted(string uid, string known, string version)
    {
        string[] parts = known.Split(' ');
        string[] name = parts[1].Split('/');
        return JsonSerializer.SerializeToUtf8Bytes(new
        {
            type = "DELETED",
            @object = new
            {
                kind = "Pod",
                apiVersion = "v1",
                metadata = new { uid, @namespace = name[0], name = name[1], resourceVersion = version },
                status = new { containerStatuses = parts[2].Split(',').Select(c => new { name = c }) },
            },
        });
    }

    internal static JsonElement Member(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out JsonElement value) ? value : default;

    internal static string Text(JsonElement element, string name) =>
        Member(element, name) is { ValueKind: JsonValueKind.String } value ? value.GetString()! : "";
}
