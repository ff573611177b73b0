using Google.Api;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace ReleaseIntegrity.Handoff.V1;

/// <summary>
/// The protos of the API as descriptors with their comments and options. Generated code has descriptors too, but without
/// comments; these in turn know no generated types.
/// </summary>
public static class DescribedApi
{
    private const string Resource = "handoff.protoset";
    private const int SyntaxFieldNumber = 12;

    /// <summary>The files of this API, by name, without what they import.</summary>
    public static IReadOnlyList<FileDescriptor> Files { get; } = Load();

    /// <summary>What stands above a file's first statement, as paragraphs.</summary>
    public static string CommentOf(FileDescriptor file) => TextOf(
        file.ToProto().SourceCodeInfo?.Location.FirstOrDefault(l => l.Path.Count == 1 && l.Path[0] == SyntaxFieldNumber)?.LeadingComments);

    /// <summary>What stands above a message, field, service, method or enumeration, as paragraphs; empty for nothing.</summary>
    public static string CommentOf(IDescriptor described) => TextOf(described switch
    {
        MessageDescriptor message => message.Declaration?.LeadingComments,
        FieldDescriptor field => field.Declaration?.LeadingComments,
        OneofDescriptor oneof => oneof.Declaration?.LeadingComments,
        EnumDescriptor enumeration => enumeration.Declaration?.LeadingComments,
        EnumValueDescriptor value => value.Declaration?.LeadingComments,
        ServiceDescriptor service => service.Declaration?.LeadingComments,
        MethodDescriptor method => method.Declaration?.LeadingComments,
        _ => null,
    });

    /// <summary>Lines of a paragraph become one line; indented ones and blank ones stay as they are.</summary>
    private static string TextOf(string? comment)
    {
        var text = new System.Text.StringBuilder();
        bool follows = false;
        foreach (string line in (comment ?? "").TrimEnd().Split('\n'))
        {
            string said = line.Trim();
            bool continues = follows && said.Length > 0 && !line.StartsWith("  ", StringComparison.Ordinal);
            text.Append(text.Length == 0 ? "" : continues ? " " : "\n").Append(said);
            follows = said.Length > 0;
        }

        return text.ToString();
    }

    private static IReadOnlyList<FileDescriptor> Load()
    {
        ExtensionRegistry options =
        [
            AnnotationsExtensions.Http, FieldBehaviorExtensions.FieldBehavior, ResourceExtensions.Resource,
            ResourceExtensions.ResourceReference, AccessExtensions.Access,
        ];
        using Stream stream = typeof(DescribedApi).Assembly.GetManifestResourceStream(Resource)!;
        FileDescriptorSet set = FileDescriptorSet.Parser.ParseFrom(stream);
        return
        [
            .. FileDescriptor.BuildFromByteStrings(set.File.Select(f => f.ToByteString()), options)
                .Where(f => f.Package == HandoffReflection.Descriptor.Package)
                .OrderBy(f => f.Name, StringComparer.Ordinal),
        ];
    }
}
