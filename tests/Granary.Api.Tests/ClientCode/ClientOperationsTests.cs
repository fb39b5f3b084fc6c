using System.Collections;
using System.Collections.Frozen;
using System.Net;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.RegularExpressions;
using Granary.Client;
using Granary.Testing;

namespace Granary.Api.Tests.ClientCode;

/// <summary>
/// Each operation of docs/openapi.json is sent by a method of Granary.Client that returns its record, or stands here with its reason.
/// </summary>
public sealed class ClientOperationsTests
{
    // The operations that no method sends.
    private static readonly FrozenDictionary<string, string> s_left = new Dictionary<string, string>
    {
        ["listBatches"] = "listJobs of the kind backtest",
        ["getBatch"] = "getJob: a batch is a job",
        ["cancelBatch"] = "cancelJob",
        ["watchBatch"] = "watchJob",
        ["resumeBatch"] = "resumeJob",
        ["getBatchFile"] = "getJobFile",
        ["isLive"] = "probe of an orchestrator",
        ["openShare"] = "a link for a browser, whose whole address shareRun answers",
        ["openSharedFile"] = "likewise",
        ["getSignIn"] = "for a browser: a program has a key or a token",
        ["signOut"] = "likewise",
    }.ToFrozenDictionary();

    private sealed class Recorder : HttpMessageHandler
    {
        public List<(string Method, string Path, HashSet<string> Query)> Sent { get; } = [];

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var query = request.RequestUri!.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries);
            Sent.Add((request.Method.Method, request.RequestUri.AbsolutePath, [.. query.Select(p => p.Split('=')[0])]));
            return Task.FromResult(new HttpResponseMessage(HttpStatusCode.NotFound));
        }
    }

    [Fact]
    public async Task Each_operation_is_sent_by_a_method_or_is_left_out_for_a_reason_and_each_method_sends_one()
    {
        var found = (await CallEachAsync()).Select(call => OperationOf(call.Request)).ToList();
        found.ShouldNotContain((string?)null);
        Operations().Select(o => o.Id).Except(found.OfType<string>()).ShouldBe(s_left.Keys, ignoreOrder: true);
    }

    [Fact]
    public async Task A_method_returns_the_record_that_the_document_names()
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(SharedData.RepositoryRoot, "docs", "openapi.json")));
        var answers = document.RootElement.GetProperty("paths").EnumerateObject().SelectMany(p => p.Value.EnumerateObject())
            .ToDictionary(o => o.Value.GetProperty("operationId").GetString()!, o => AnswerOf(document.RootElement, o.Value));
        var (compared, different) = (0, new List<string>());
        foreach (var (method, request) in await CallEachAsync())
        {
            if (OperationOf(request) is not { } operation || answers[operation] is not [_, ..] answer) continue;
            if (RecordOf(method.ReturnType) is not { } record) continue;
            compared++;
            if (!answer.Contains(record)) different.Add($"{operation} answers {answer[0]}, {method.Name} returns {record}");
        }
        different.ShouldBeEmpty();
        compared.ShouldBeGreaterThan(70);
    }

    // The record of the answer or of the items of a list, and that of a page's items; none where it has no name.
    private static List<string> AnswerOf(JsonElement document, JsonElement operation)
    {
        var status = operation.GetProperty("responses").EnumerateObject().First(r => r.Name.StartsWith('2')).Value;
        if (!status.TryGetProperty("content", out var content)) return [];
        if (!content.EnumerateObject().First().Value.TryGetProperty("schema", out var schema)) return [];
        if (NameOf(schema) is not { } record) return [];
        var fields = document.GetProperty("components").GetProperty("schemas").GetProperty(record);
        return fields.TryGetProperty("properties", out var properties) && properties.TryGetProperty("items", out var items)
            && NameOf(items) is { } item ? [record, item] : [record];
    }

    private static string? NameOf(JsonElement schema)
    {
        if (schema.TryGetProperty("items", out var items)) schema = items;
        return schema.TryGetProperty("$ref", out var name) ? name.GetString()!.Split('/')[^1] : null;
    }

    // The record within tasks, lists and streams; null for JSON and files.
    private static string? RecordOf(Type type)
    {
        while (type.IsGenericType) type = type.GetGenericArguments()[0];
        return type.Namespace!.StartsWith("Granary.Contracts", StringComparison.Ordinal) ? type.Name : null;
    }

    private static IEnumerable<(string Id, string Method, Regex Path, List<string> Query)> Operations()
    {
        var file = Path.Combine(SharedData.RepositoryRoot, "docs", "openapi.json");
        using var document = JsonDocument.Parse(File.ReadAllBytes(file));
        foreach (var path in document.RootElement.GetProperty("paths").EnumerateObject())
            foreach (var operation in path.Value.EnumerateObject())
                yield return (operation.Value.GetProperty("operationId").GetString()!, operation.Name.ToUpperInvariant(),
                    new Regex($"^{Regex.Replace(Regex.Escape(path.Name), @"\\\{\w+}", "[^/]+")}$"), QueryOf(operation.Value));
    }

    private static List<string> QueryOf(JsonElement operation) => !operation.TryGetProperty("parameters", out var parameters) ? []
        : [.. parameters.EnumerateArray().Where(p => p.TryGetProperty("in", out var place) && place.GetString() == "query")
            .Select(p => p.GetProperty("name").GetString()!)];

    // A literal path before one with parameters; the operation has each parameter of the query that the method sends.
    private static string? OperationOf((string Method, string Path, HashSet<string> Query) request) => Operations()
        .Where(o => o.Method == request.Method && o.Path.IsMatch(request.Path) && request.Query.IsSubsetOf(o.Query))
        .OrderBy(o => o.Path.ToString().Contains("[^/]+", StringComparison.Ordinal)).FirstOrDefault().Id;

    private static async Task<List<(MethodInfo Method, (string Method, string Path, HashSet<string> Query) Request)>> CallEachAsync()
    {
        var calls = new List<(MethodInfo, (string, string, HashSet<string>))>();
        using var recorder = new Recorder();
        using var client = new ApiClient(new HttpClient(recorder) { BaseAddress = new Uri("http://server") });
        foreach (var api in typeof(ApiClient).GetProperties().Select(p => p.GetValue(client)!))
            foreach (var method in api.GetType().GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly))
            {
                // A word of an enumeration may be a part of the path.
                var words = method.GetParameters().FirstOrDefault(p => p.ParameterType.IsEnum)?.ParameterType;
                foreach (var word in words is null ? [null] : Enum.GetValues(words).Cast<object?>())
                {
                    await Should.ThrowAsync<ApiException>(() => CallAsync(method.Invoke(api,
                        [.. method.GetParameters().Select(p => p.ParameterType == words ? word : ArgumentOf(p))])!), method.Name);
                    calls.AddRange(recorder.Sent.Skip(calls.Count).Select(request => (method, request)));
                }
            }
        return calls;
    }

    private static async Task CallAsync(object answer)
    {
        if (answer is Task task)
        {
            await task;
            return;
        }
        // One value of a stream of any type.
        var item = answer.GetType().GetInterface(typeof(IAsyncEnumerable<>).Name)!.GetGenericArguments()[0];
        await (Task)typeof(ClientOperationsTests).GetMethod(nameof(FirstAsync), BindingFlags.NonPublic | BindingFlags.Static)!
            .MakeGenericMethod(item).Invoke(null, [answer])!;
    }

    private static async Task FirstAsync<T>(IAsyncEnumerable<T> items) => _ = await items.FirstOrDefaultAsync();

    private static object? ArgumentOf(ParameterInfo parameter)
    {
        var type = Nullable.GetUnderlyingType(parameter.ParameterType) ?? parameter.ParameterType;
        return type == typeof(string) ? "x" : type == typeof(HttpContent) ? new StringContent("{}")
            : typeof(IEnumerable).IsAssignableFrom(type) ? null
            : type.IsValueType ? Activator.CreateInstance(type) : RuntimeHelpers.GetUninitializedObject(type);
    }
}
