using Google.Protobuf.Reflection;
using Microsoft.OpenApi;
using ReleaseIntegrity.Handoff.V1;

namespace ReleaseIntegrity.Handoff.OpenApi;

/// <summary>
/// Messages as JSON Schemas, by the JSON form of Protocol Buffers (https://protobuf.dev/programming-guides/json/), but that
/// 64-bit numbers are numbers. A schema of its own for each message and enumeration that is used.
/// </summary>
internal sealed class MessageSchemas(OpenApiDocument document)
{
    private const string Status = "google.rpc.Status";

    private readonly IDictionary<string, IOpenApiSchema> _schemas = document.Components!.Schemas!;

    /// <summary>A message, by reference.</summary>
    public OpenApiSchemaReference Of(MessageDescriptor message) => Named(message, () => Object(message.Fields.InFieldNumberOrder()));

    /// <summary>An object of some fields, in place.</summary>
    public OpenApiSchema Object(IEnumerable<FieldDescriptor> fields) => new()
    {
        Type = JsonSchemaType.Object,
        Properties = fields.ToDictionary(f => f.JsonName, Of, StringComparer.Ordinal),
    };

    /// <summary>The value of a field; what its comment says stands with it.</summary>
    public IOpenApiSchema Of(FieldDescriptor field)
    {
        string comment = DescribedApi.CommentOf(field);
        if (field.IsMap)
        {
            return new OpenApiSchema
            {
                Type = JsonSchemaType.Object, Description = comment, AdditionalProperties = One(field.MessageType.FindFieldByNumber(2)),
            };
        }

        IOpenApiSchema one = One(field);
        if (field.IsRepeated)
        {
            return new OpenApiSchema { Type = JsonSchemaType.Array, Description = comment, Items = one };
        }

        // Beside a reference OpenAPI 3.0 lets nothing stand.
        return one is OpenApiSchema plain ? Described(plain, comment) : new OpenApiSchema { AllOf = [one], Description = comment };
    }

    /// <summary>What every error is (google/rpc/status.proto).</summary>
    public IOpenApiSchema OfErrors()
    {
        _schemas[Status] = new OpenApiSchema
        {
            Type = JsonSchemaType.Object,
            Description = "An error: https://google.aip.dev/193.",
            Properties = new Dictionary<string, IOpenApiSchema>
            {
                ["code"] = new OpenApiSchema { Type = JsonSchemaType.Integer, Format = "int32", Description = "A google.rpc.Code." },
                ["message"] = new OpenApiSchema { Type = JsonSchemaType.String, Description = "What is wrong, and what to do." },
                ["details"] = new OpenApiSchema
                {
                    Type = JsonSchemaType.Array,
                    Description = "BadRequest, ErrorInfo, ResourceInfo, PreconditionFailure, RetryInfo or DecisionConflict, as `@type` says.",
                    Items = new OpenApiSchema { Type = JsonSchemaType.Object, AdditionalPropertiesAllowed = true },
                },
            },
        };
        return new OpenApiSchemaReference(Status, document);
    }

    private IOpenApiSchema One(FieldDescriptor field) => field.FieldType switch
    {
        FieldType.Message => field.MessageType.FullName switch
        {
            "google.protobuf.Timestamp" => new OpenApiSchema { Type = JsonSchemaType.String, Format = "date-time" },
            "google.protobuf.Duration" => new OpenApiSchema { Type = JsonSchemaType.String, Pattern = @"^-?[0-9]+(\.[0-9]{1,9})?s$" },
            _ => Of(field.MessageType),
        },
        FieldType.Enum => Of(field.EnumType),
        FieldType.Bool => new OpenApiSchema { Type = JsonSchemaType.Boolean },
        FieldType.Int32 => new OpenApiSchema { Type = JsonSchemaType.Integer, Format = "int32" },
        FieldType.Int64 => new OpenApiSchema { Type = JsonSchemaType.Integer, Format = "int64" },
        FieldType.String => new OpenApiSchema { Type = JsonSchemaType.String },
        _ => throw new NotSupportedException($"{field.FullName}: a type that has no JSON Schema here"),
    };

    private OpenApiSchemaReference Of(EnumDescriptor enumeration) => Named(enumeration, () => new OpenApiSchema
    {
        Type = JsonSchemaType.String,
        Enum = [.. enumeration.Values.Select(v => System.Text.Json.Nodes.JsonValue.Create(v.Name))],
    });

    private OpenApiSchemaReference Named(IDescriptor described, Func<OpenApiSchema> schema)
    {
        string name = described.FullName;
        if (!_schemas.ContainsKey(name))
        {
            // Entered first: a message may hold itself.
            _schemas[name] = new OpenApiSchema();
            _schemas[name] = Described(schema(), CommentOf(described));
        }

        return new OpenApiSchemaReference(name, document);
    }

    private static string CommentOf(IDescriptor described) => described is EnumDescriptor values
        ? $"{DescribedApi.CommentOf(values)}\n\n{string.Join('\n', values.Values.Select(v => $"- `{v.Name}`: {DescribedApi.CommentOf(v)}"))}"
        : DescribedApi.CommentOf(described);

    private static OpenApiSchema Described(OpenApiSchema schema, string comment)
    {
        schema.Description = comment;
        return schema;
    }
}
