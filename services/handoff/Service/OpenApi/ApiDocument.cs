using System.Text;
using Google.Protobuf.Reflection;
using Microsoft.OpenApi;
using ReleaseIntegrity.Handoff.Access;
using ReleaseIntegrity.Handoff.V1;
using ServiceDescriptor = Google.Protobuf.Reflection.ServiceDescriptor;

namespace ReleaseIntegrity.Handoff.OpenApi;

/// <summary>
/// The OpenAPI 3.0 document of the API's JSON form, made from the protos: paths from <c>google.api.http</c>, texts from
/// comments, who may call from the option <c>access</c>.
/// </summary>
internal static class ApiDocument
{
    private const string Json = "application/json";
    private const string Scheme = "token";

    /// <summary>Serves it to everyone: it tells nothing about releases.</summary>
    public static void MapOpenApi(this IEndpointRouteBuilder endpoints, string path)
    {
        var document = new Lazy<byte[]>(() => Encoding.UTF8.GetBytes(
            Create(DescribedApi.Files).SerializeAsJsonAsync(OpenApiSpecVersion.OpenApi3_0).GetAwaiter().GetResult()));
        endpoints.MapGet(path, () => Results.Bytes(document.Value, Json)).ExcludeFromDescription();
    }

    /// <summary>The document of some protos.</summary>
    /// <exception cref="NotSupportedException">A proto uses what JSON clients of this API would meet nowhere.</exception>
    public static OpenApiDocument Create(IReadOnlyList<FileDescriptor> files)
    {
        var document = new OpenApiDocument
        {
            Info = new OpenApiInfo
            {
                Title = "Release Integrity: handoff",
                Version = "v1",
                Description = string.Join("\n\n", files.Where(f => f.Services.Count > 0).Select(DescribedApi.CommentOf)),
            },
            Paths = [],
            Tags = new HashSet<OpenApiTag>(),
            Components = new OpenApiComponents
            {
                Schemas = new Dictionary<string, IOpenApiSchema>(StringComparer.Ordinal),
                SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
                {
                    [Scheme] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer", BearerFormat = "JWT" },
                },
            },
        };
        document.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Scheme, document)] = [] }];
        var schemas = new MessageSchemas(document);
        IOpenApiSchema error = schemas.OfErrors();
        foreach (ServiceDescriptor service in files.SelectMany(f => f.Services))
        {
            document.Tags.Add(new OpenApiTag { Name = service.Name, Description = DescribedApi.CommentOf(service) });
            foreach (MethodDescriptor method in service.Methods)
            {
                if (HttpRoute.Of(method) is { } route)
                {
                    Add(document, route, Operation(document, method, route, schemas, error));
                }
            }
        }

        return document;
    }

    private static void Add(OpenApiDocument document, HttpRoute route, OpenApiOperation operation)
    {
        if (!document.Paths.TryGetValue(route.Path, out IOpenApiPathItem? item))
        {
            document.Paths[route.Path] = item = new OpenApiPathItem { Operations = [] };
        }

        item.Operations!.Add(route.Verb, operation);
    }

    private static OpenApiOperation Operation(
        OpenApiDocument document, MethodDescriptor method, HttpRoute route, MessageSchemas schemas, IOpenApiSchema error)
    {
        FieldDescriptor[] elsewhere = [.. method.InputType.Fields.InFieldNumberOrder().Where(f => route.Parameters.All(p => p.Field != f))];
        IEnumerable<OpenApiParameter> path = route.Parameters.Select(p => new OpenApiParameter
        {
            Name = p.Name, In = ParameterLocation.Path, Required = true, Description = DescribedApi.CommentOf(p.Field),
            Schema = new OpenApiSchema { Type = JsonSchemaType.String },
        });
        IEnumerable<OpenApiParameter> query = route.HasBody ? [] : elsewhere.Select(f => new OpenApiParameter
        {
            Name = f.JsonName, In = ParameterLocation.Query, Description = DescribedApi.CommentOf(f), Schema = schemas.Of(f),
        });
        return new OpenApiOperation
        {
            OperationId = $"{method.Service.Name}_{method.Name}",
            Tags = new HashSet<OpenApiTagReference> { new(method.Service.Name, document) },
            Description = DescriptionOf(method),
            Parameters = [.. path, .. query],
            RequestBody = route.HasBody ? new OpenApiRequestBody { Required = true, Content = Content(schemas.Object(elsewhere)) } : null,
            Responses = new OpenApiResponses
            {
                ["200"] = new OpenApiResponse { Description = DescribedApi.CommentOf(method.OutputType), Content = Content(schemas.Of(method.OutputType)) },
                ["default"] = new OpenApiResponse { Description = "An error.", Content = Content(error) },
            },
        };
    }

    private static string DescriptionOf(MethodDescriptor method)
    {
        IEnumerable<Role> roles = method.GetOptions().GetExtension(AccessExtensions.Access)?.Roles ?? [];
        return $"{DescribedApi.CommentOf(method)}\n\n"
            + (method.IsServerStreaming ? "A stream: one JSON object a line.\n\n" : "")
            + $"Takes one of the roles: {string.Join(", ", roles.Select(CallerClaims.NameOf))}.";
    }

    private static Dictionary<string, IOpenApiMediaType> Content(IOpenApiSchema schema) => new() { [Json] = new OpenApiMediaType { Schema = schema } };
}
