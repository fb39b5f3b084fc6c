using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Granary.Api.Access;

/// <summary>What the OpenAPI document says about the API as a whole.</summary>
internal static class OpenApiSecurity
{
    public static void Describe(OpenApiOptions options) => options.AddDocumentTransformer((document, _, _) =>
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
    });
}
