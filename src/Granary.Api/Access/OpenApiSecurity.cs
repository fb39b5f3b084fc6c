using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Granary.Api.Access;

/// <summary>What the OpenAPI document says about the API as a whole.</summary>
internal static class OpenApiSecurity
{
    public static void Describe(OpenApiOptions options)
    {
        options.AddOperationTransformer(DescribeRefusals);
        options.AddDocumentTransformer(DescribeDocument);
    }

    // What each operation can answer, whatever it does: by the framework, the limits, and what guards the server.
    private static Task DescribeRefusals(OpenApiOperation operation, OpenApiOperationTransformerContext context,
        CancellationToken cancellationToken)
    {
        operation.Responses ??= [];
        List<(string Status, string Title)> refusals =
            [("400", "Bad Request"), ("403", "Forbidden"), ("429", "Too Many Requests"), ("500", "Internal Server Error")];
        if (operation.RequestBody is not null) refusals.AddRange([("413", "Content Too Large"), ("415", "Unsupported Media Type")]);
        foreach (var (status, title) in refusals)
            operation.Responses.TryAdd(status, new OpenApiResponse
            {
                Description = title,
                Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal)
                {
                    ["application/problem+json"] = new() { Schema = new OpenApiSchemaReference("ProblemDetails", context.Document) },
                },
            });
        foreach (var (status, answer) in operation.Responses)
            if (answer is OpenApiResponse response)
            {
                response.Headers ??= new Dictionary<string, IOpenApiHeader>(StringComparer.Ordinal);
                response.Headers["RateLimit"] =
                    Header("What the caller has left, as \"requests\";r=9999;t=1. Absent where there is no limit.");
                if (status is "429" or "503") response.Headers["Retry-After"] = Header("Seconds to wait.");
            }
        return Task.CompletedTask;
    }

    private static OpenApiHeader Header(string description) =>
        new() { Description = description, Schema = new OpenApiSchema { Type = JsonSchemaType.String } };

    private static Task DescribeDocument(OpenApiDocument document, OpenApiDocumentTransformerContext context,
        CancellationToken cancellationToken)
    {
        document.Info = new OpenApiInfo
        {
            Title = "Granary",
            Version = "v1",
            License = new OpenApiLicense { Name = "MIT" },
            Description = "Submit batches of strategies, follow them, fetch their files, and change the weights of portfolios. Times are "
                + "UTC. Errors are problem+json.",
        };
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>(StringComparer.Ordinal);
        document.Components.SecuritySchemes[KeyAuthentication.Scheme] = new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.Http,
            Scheme = "bearer",
            Description = "A key made by 'granary keys add', with the role viewer, submitter or admin.",
        };
        document.Security =
            [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(KeyAuthentication.Scheme, document)] = [] }];
        return Task.CompletedTask;
    }
}
