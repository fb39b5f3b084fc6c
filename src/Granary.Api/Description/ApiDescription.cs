using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Api.Access;
using Granary.Server.Jobs;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;

namespace Granary.Api.Description;

/// <summary>
/// Creates the OpenAPI document, <c>/openapi/v1.json</c>, once. It adds to the framework's document the parts that the framework cannot
/// read from the endpoints.
/// </summary>
internal sealed class ApiDescription(IServiceProvider services) : IDisposable
{
    /// <summary>The name of the document.</summary>
    public const string Name = "v1";

    private readonly SemaphoreSlim _one = new(1, 1);
    private byte[]? _text;

    public static void Map(WebApplication app) => app
        .MapGet($"/openapi/{Name}.json", async (ApiDescription description, CancellationToken stop) =>
            TypedResults.Bytes(await description.TextAsync(stop).ConfigureAwait(false), "application/json"))
        .RequireAuthorization(RolePolicies.Viewer).ExcludeFromDescription();

    public void Dispose() => _one.Dispose();

    private async Task<byte[]> TextAsync(CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return _text ??= await MakeAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _one.Release();
        }
    }

    private async Task<byte[]> MakeAsync(CancellationToken cancellationToken)
    {
        var found = await services.GetRequiredKeyedService<IOpenApiDocumentProvider>(Name).GetOpenApiDocumentAsync(cancellationToken)
            .ConfigureAwait(false);
        var json = await found.SerializeAsJsonAsync(OpenApiSpecVersion.OpenApi3_1, cancellationToken).ConfigureAwait(false);
        var document = JsonNode.Parse(json)!.AsObject();
        DocumentHead.Write(document);
        SubmittedSchemas.Add(document, services.GetRequiredService<JobCatalogue>());
        OperationAnswers.Write(document);
        SchemaLimits.Write(document);
        TextKinds.Write(document);
        OperationExamples.Add(document);
        return JsonSerializer.SerializeToUtf8Bytes(document, DocumentJson.Options);
    }
}
