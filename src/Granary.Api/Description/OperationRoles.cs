using System.Text.Json.Nodes;
using Granary.Server.Access;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Granary.Api.Description;

/// <summary>Writes the role that each operation needs into its key <c>x-role</c>.</summary>
internal static class OperationRoles
{
    public const string Key = "x-role";

    /// <summary>The role of operations that need no key.</summary>
    public const string None = "none";

    public static void Describe(OpenApiOptions options) => options.AddOperationTransformer((operation, context, _) =>
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        var roles = metadata.OfType<IAuthorizeData>().Select(a => Enum.Parse<Role>(a.Policy!)).ToList();
        var role = roles.Count == 0 || metadata.OfType<IAllowAnonymous>().Any() ? None : roles.Max().ToString().ToLowerInvariant();
        operation.Extensions ??= new Dictionary<string, IOpenApiExtension>(StringComparer.Ordinal);
        operation.Extensions[Key] = new JsonNodeExtension(JsonValue.Create(role));
        return Task.CompletedTask;
    });
}
