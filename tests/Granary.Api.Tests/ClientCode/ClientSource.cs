using System.Text.Json;

namespace Granary.Api.Tests.ClientCode;

/// <summary>The files of Granary.Client that come from docs/openapi.json.</summary>
internal static class ClientSource
{
    public const string Head = "// Generated from docs/openapi.json by GeneratedClientTests.";

    /// <summary>The rooms that hold nothing else.</summary>
    public static IReadOnlyList<string> Rooms { get; } = [SchemaWriter.Room, OperationWriter.Room];

    /// <returns>Texts by path relative to the project's folder, with slashes.</returns>
    public static SortedDictionary<string, string> FilesOf(JsonElement document)
    {
        var schemas = document.GetProperty("components").GetProperty("schemas");
        var types = new SchemaTypes(schemas);
        var files = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var schema in schemas.EnumerateObject())
            foreach (var (name, text) in new SchemaWriter(types).Write(schema.Name, schema.Value)) files[PathOf(SchemaWriter.Room, name)] =
                text;
        var operations = document.GetProperty("paths").EnumerateObject().SelectMany(path => path.Value.EnumerateObject()
            .Where(o => o.Value.TryGetProperty("operationId", out _)).Select(o => (Path: path.Name, Verb: o.Name, Json: o.Value)));
        var tags = operations.GroupBy(o => o.Json.GetProperty("tags")[0].GetString()!).OrderBy(t => t.Key, StringComparer.Ordinal).ToList();
        foreach (var tag in tags)
            foreach (var (name, text) in new OperationWriter(types).Write(tag.Key, tag)) files[PathOf(OperationWriter.Room, name)] = text;
        files["ApiClient.cs"] = Root([.. tags.Select(t => t.Key)]);
        return files;
    }

    private static string PathOf(string room, string name) => $"{room}/{name}.cs";

    private static string Root(IReadOnlyList<string> tags)
    {
        var text = new CSharpText().Line(Head).Line("using System.Net.Http.Headers;").Line("using Granary.Client.Connections;")
            .Line("using Granary.Client.Operations;").Line().Line("namespace Granary.Client;").Line()
            .Line("/// <summary>The HTTP API of silos and of <c>granary serve</c>: a method for each operation, by tag.</summary>")
            .Line("/// <example><code>")
            .Line("/// using var granary = new ApiClient(new Uri(\"http://127.0.0.1:8080\"), key: null);")
            .Line("/// var job = await granary.Batches.SubmitQuickstartAsync();")
            .Line("/// await foreach (var status in granary.Jobs.WatchJobAsync(job.Id)) Console.WriteLine(status.State);")
            .Line("/// </code></example>")
            .Line("public sealed class ApiClient : IDisposable").Line("{").Line("    private readonly HttpClient _http;").Line()
            .Line("    /// <param name=\"server\">Address of the server, as http://127.0.0.1:8080.</param>")
            .Line("    /// <param name=\"key\">API key; null for a server without keys.</param>")
            .Line("    public ApiClient(Uri server, string? key = null) : this(new HttpClient { BaseAddress = server })").Line("    {")
            .Line("        if (key is null) return;")
            .Line("        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(\"Bearer\", key);")
            .Line("    }").Line()
            .Line("    /// <param name=\"http\">Has the server's address as its base, and the key. Disposed with this client.</param>")
            .Line("    public ApiClient(HttpClient http)").Line("    {").Line("        _http = http;")
            .Line("        var connection = new ApiConnection(http);");
        foreach (var tag in tags) text.Line($"        {tag} = new {OperationWriter.ClassOf(tag)}(connection);");
        text.Line("    }").Line();
        foreach (var tag in tags) text.Line($"    public {OperationWriter.ClassOf(tag)} {tag} {{ get; }}").Line();
        return text.Line("    public void Dispose() => _http.Dispose();").Line("}").ToString();
    }
}
