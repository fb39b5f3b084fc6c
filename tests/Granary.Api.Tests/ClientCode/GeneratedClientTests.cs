using System.Reflection;
using System.Text.Json;
using Granary.Client;
using Granary.Testing;

namespace Granary.Api.Tests.ClientCode;

/// <summary>Granary.Client comes from docs/openapi.json.</summary>
public sealed class GeneratedClientTests
{
    private static string Folder => Path.Combine(SharedData.RepositoryRoot, "src", "Granary.Client");

    private static JsonElement Document =>
        JsonDocument.Parse(File.ReadAllBytes(Path.Combine(SharedData.RepositoryRoot, "docs", "openapi.json"))).RootElement;

    [Fact]
    public void The_client_is_the_one_that_the_document_gives()
    {
        var files = ClientSource.FilesOf(Document);
        if (Environment.GetEnvironmentVariable("GRANARY_WRITE_DOCS") == "1") Write(files);
        const string Remedy = "write the client again with GRANARY_WRITE_DOCS=1 on this test, and build";
        ClientSource.Rooms.SelectMany(room => Directory.GetFiles(Path.Combine(Folder, room)))
            .Select(file => Path.GetRelativePath(Folder, file).Replace('\\', '/'))
            .ShouldBe(files.Keys.Where(file => file.Contains('/')), ignoreOrder: true, Remedy);
        foreach (var (file, text) in files) File.ReadAllText(Path.Combine(Folder, file)).ShouldBe(text, $"{file}: {Remedy}");
    }

    [Fact]
    public void Each_operation_of_the_document_has_a_method_with_a_cancellation_token()
    {
        var methods = typeof(ApiClient).GetProperties().SelectMany(api => api.PropertyType.GetMethods(
            BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)).ToLookup(m => m.Name);
        var operations = Document.GetProperty("paths").EnumerateObject().SelectMany(p => p.Value.EnumerateObject())
            .Where(o => o.Value.TryGetProperty("operationId", out _)).Select(o => o.Value.GetProperty("operationId").GetString()!).ToList();
        operations.Count.ShouldBeGreaterThan(80);
        foreach (var id in operations)
        {
            var found = methods[char.ToUpperInvariant(id[0]) + id[1..] + "Async"];
            found.ShouldNotBeEmpty(id);
            foreach (var method in found) method.GetParameters()[^1].ParameterType.ShouldBe(typeof(CancellationToken), id);
        }
    }

    private static void Write(SortedDictionary<string, string> files)
    {
        foreach (var room in ClientSource.Rooms)
        {
            Directory.CreateDirectory(Path.Combine(Folder, room));
            foreach (var old in Directory.GetFiles(Path.Combine(Folder, room))) File.Delete(old);
        }
        foreach (var (file, text) in files) File.WriteAllText(Path.Combine(Folder, file), text);
    }
}
