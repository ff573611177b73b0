using Google.Api;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using ReleaseIntegrity.Handoff.V1;

namespace ReleaseIntegrity.Tests.Handoff.Protos;

/// <summary>The protos keep the rules of <see cref="ProtoRules"/>.</summary>
public sealed class The_protos_are_linted
{
    [Fact]
    public void No_rule_is_broken()
    {
        string[] broken = [.. ProtoRules.Broken(DescribedApi.Files)];
        Assert.True(broken.Length == 0, string.Join('\n', broken));
    }

    /// <summary>A proto that breaks every rule once.</summary>
    [Fact]
    public void What_is_seeded_is_seen()
    {
        var list = new MethodDescriptorProto { Name = "ListThings", InputType = ".Bad.odd_message", OutputType = ".Bad.OtherResponse", Options = new MethodOptions() };
        list.Options.SetExtension(AnnotationsExtensions.Http, new HttpRule { Get = "/things", Body = "*" });
        var post = new MethodDescriptorProto { Name = "doThings", InputType = ".Bad.odd_message", OutputType = ".Bad.odd_message" };
        var file = new FileDescriptorProto
        {
            Name = "bad.proto", Package = "Bad", Syntax = "proto2",
            MessageType =
            {
                new DescriptorProto { Name = "odd_message", Field = { Field("camelCase") } },
                new DescriptorProto { Name = "OtherResponse" },
                new DescriptorProto { Name = "SomeRequest", Field = { Field("free") } },
            },
            EnumType = { new EnumDescriptorProto { Name = "Kind", Value = { new EnumValueDescriptorProto { Name = "none", Number = 0 } } } },
            Service = { new ServiceDescriptorProto { Name = "Things", Method = { list, post } } },
        };
        FileDescriptor[] built = [.. FileDescriptor.BuildFromByteStrings([file.ToByteString()], [AnnotationsExtensions.Http, AccessExtensions.Access])];

        Assert.Equal(
            [
                "bad.proto is not of proto3",
                "bad.proto: package Bad is not lower case with a version at its end",
                "bad.proto is not in the folder of its package",
                "bad.proto names no csharp_namespace",
                "bad.proto doesn't say what it is for",
                "Bad.odd_message is not PascalCase",
                "Bad.odd_message has no comment",
                "Bad.odd_message.camelCase is not lower_snake_case",
                "Bad.odd_message.camelCase has no comment",
                "Bad.OtherResponse has no comment",
                "Bad.SomeRequest has no comment",
                "Bad.SomeRequest.free has no comment",
                "Bad.SomeRequest.free doesn't say whether it is required or optional",
                "Bad.Kind has no comment",
                "Bad.Kind.none doesn't begin with KIND_",
                "Bad.Kind: 0 is not KIND_UNSPECIFIED",
                "Bad.Kind.none is not UPPER_SNAKE_CASE",
                "Bad.Kind.none has no comment",
                "Bad.Things has no comment",
                "Bad.Things doesn't end in Service",
                "Bad.Things.ListThings has no comment",
                "Bad.Things.ListThings doesn't take ListThingsRequest",
                "Bad.Things.ListThings doesn't return ListThingsResponse",
                "Bad.Things.ListThings: its path doesn't begin with the version",
                "Bad.Things.ListThings: a GET has no body, a POST has body \"*\" and goes to a verb after a colon",
                "Bad.Things.ListThings lists without pages",
                "Bad.Things.ListThings says not who may call it",
                "Bad.Things.doThings is not PascalCase",
                "Bad.Things.doThings has no comment",
                "Bad.Things.doThings doesn't take doThingsRequest",
                "Bad.Things.doThings has no path for GET or POST",
                "Bad.Things.doThings says not who may call it",
                "Bad.odd_message is the request of several RPCs",
            ],
            ProtoRules.Broken(built));
    }

    private static FieldDescriptorProto Field(string name) => new()
    {
        Name = name, Number = 1, Type = FieldDescriptorProto.Types.Type.String, Label = FieldDescriptorProto.Types.Label.Optional,
    };
}
