using System.Collections.Immutable;
using System.Text.Json;
using System.Text.RegularExpressions;
using Granary.Testing;

namespace Granary.Api.Tests.Conformance;

/// <summary>An operation of docs/openapi.json.</summary>
/// <param name="Place">The operation's JSON pointer in the document.</param>
internal sealed record DescribedOperation(string Id, string Verb, Regex Path, string Place, JsonElement Operation)
{
    private static readonly JsonElement s_document = JsonDocument.Parse(
        File.ReadAllBytes(System.IO.Path.Combine(SharedData.RepositoryRoot, "docs", "openapi.json"))).RootElement;

    private static readonly DocumentSchemas s_schemas = new(s_document);

    private static readonly ImmutableArray<DescribedOperation> s_all = [.. s_document.GetProperty("paths").EnumerateObject()
        .SelectMany(path => path.Value.EnumerateObject().Where(o => o.Value.TryGetProperty("operationId", out _)).Select(o =>
            new DescribedOperation(o.Value.GetProperty("operationId").GetString()!, o.Name.ToUpperInvariant(),
                new Regex("^" + Regex.Replace(path.Name, @"\{[^}]+\}", "[^/]+") + "$"),
                "/paths" + DocumentSchemas.Step(path.Name) + DocumentSchemas.Step(o.Name), o.Value)))];

    /// <summary>The operation of a request; null where the document has none.</summary>
    public static DescribedOperation? Of(HttpMethod method, Uri address) => s_all
        .Where(o => o.Verb == method.Method && o.Path.IsMatch(address.AbsolutePath)).MinBy(o => o.Path.ToString().Count(c => c == '['));

    /// <summary>How an answer differs from the document; null where it does not.</summary>
    /// <param name="body">null where the answer is no JSON.</param>
    public string? FaultOf(int status, string? type, JsonElement? body)
    {
        // A value of the path can be none that the route takes.
        if (status == 405) return null;
        if (!Operation.GetProperty("responses").TryGetProperty($"{status}", out var answer))
            return $"{Id}: the status {status} is not declared";
        var place = $"{Place}/responses/{status}";
        if (answer.TryGetProperty("$ref", out var reference))
        {
            place = reference.GetString()![1..];
            answer = s_document.GetProperty("components").GetProperty("responses").GetProperty(place.Split('/')[^1]);
        }
        if (!answer.TryGetProperty("content", out var content)) return type is null ? null : $"{Id} {status}: there should be no content";
        if (type is null) return $"{Id} {status}: there is no content";
        if (!content.TryGetProperty(type, out var media)) return $"{Id} {status}: the type {type} is not declared";
        return body is { } value && media.TryGetProperty("schema", out _)
            && s_schemas.FaultOf($"{place}/content{DocumentSchemas.Step(type)}/schema", value) is { } fault
            ? $"{Id} {status}: {fault}" : null;
    }
}
