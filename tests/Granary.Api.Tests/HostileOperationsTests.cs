using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Testing;

namespace Granary.Api.Tests;

/// <summary>Kinds of hostile requests, each sent to every operation of the document: no internal error, and always a problem
/// document.</summary>
public sealed class HostileOperationsTests(HostileOperationsTests.Seeded there) : IClassFixture<HostileOperationsTests.Seeded>
{
    /// <summary>One server for all kinds.</summary>
    public sealed class Seeded : IAsyncLifetime
    {
        private readonly SessionsOverHttpTests.Configuration _made = new();

        internal SeededServer Server { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            await _made.InitializeAsync();
            Server = await SeededServer.StartAsync(_made);
        }

        public async ValueTask DisposeAsync()
        {
            await Server.DisposeAsync();
            await _made.DisposeAsync();
        }
    }

    private static readonly JsonElement s_document = JsonDocument.Parse(
        File.ReadAllBytes(Path.Combine(SharedData.RepositoryRoot, "docs", "openapi.json"))).RootElement;

    private static IEnumerable<(string Path, string Verb, JsonElement Operation)> Operations => s_document
        .GetProperty("paths").EnumerateObject()
        .SelectMany(p => p.Value.EnumerateObject().Where(o => o.Value.TryGetProperty("responses", out _))
            .Select(o => (p.Name, o.Name.ToUpperInvariant(), o.Value)));

    private static string At(SeededServer seeded, string path) => string.Join('/', path.Split('/').Select(p => p.StartsWith('{')
        ? Uri.EscapeDataString(seeded.ValueOf(path, p)) : p));

    private static IEnumerable<string> QueryOf(JsonElement operation) => operation.TryGetProperty("parameters", out var parameters)
        ? parameters.EnumerateArray().Where(p => p.TryGetProperty("in", out var where) && where.GetString() == "query")
            .Select(p => p.GetProperty("name").GetString()!) : [];

    private static async Task CheckAsync(HttpClient client, HttpRequestMessage request, string what, List<string> wrong)
    {
        using var limit = new CancellationTokenSource(Eventually.Longest);
        using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
        var (status, type) = ((int)answer.StatusCode, answer.Content.Headers.ContentType?.MediaType);
        // A server that is not ready says so by its status.
        if (status >= 500 && !what.Contains("/health/", StringComparison.Ordinal)) wrong.Add($"{what}: {status}");
        if (status < 400) return;
        var text = type is null ? "" : await answer.Content.ReadAsStringAsync(limit.Token);
        if (type != "application/problem+json" && !what.Contains("/health/", StringComparison.Ordinal)) wrong
            .Add($"{what}: {status} {type}");
        else if (text.Contains("System.", StringComparison.Ordinal) || text.Contains("Granary.Ap", StringComparison.Ordinal)
            || text.Contains("Nullable", StringComparison.Ordinal) || text.Contains("Int32", StringComparison.Ordinal)
            || text.Contains("   at ", StringComparison.Ordinal)) wrong.Add($"{what}: {text}");
    }

    [Fact]
    public async Task An_odd_Accept_is_answered_with_what_there_is()
    {
        var seeded = there.Server;
        using var client = new HttpClient { BaseAddress = seeded.Server.Address };
        var wrong = new List<string>();
        foreach (var (path, verb, _) in Operations)
            foreach (var accept in (string[])["text/plain", "image/*;q=0.1", "application/xml", "none", "*/*;q=0",
                "application/json;q=0"])
                foreach (var at in (string[])[At(seeded, path), At(seeded, path) + "/none"])
                {
                    // Nothing is deleted that the next requests name.
                    using var request = new HttpRequestMessage(new HttpMethod(verb == "DELETE" ? "PATCH" : verb), at);
                    request.Headers.TryAddWithoutValidation("Accept", accept).ShouldBeTrue();
                    if (verb != "GET") request.Content = new StringContent("[", Encoding.UTF8, "application/json");
                    await CheckAsync(client, request, $"{verb} {at} with Accept {accept}", wrong);
                }
        wrong.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_value_that_no_parameter_takes_is_a_problem_in_the_words_of_the_API()
    {
        var seeded = there.Server;
        using var client = new HttpClient { BaseAddress = seeded.Server.Address };
        var wrong = new List<string>();
        foreach (var (path, verb, operation) in Operations.Where(o => o.Verb != "DELETE"))
        {
            var names = QueryOf(operation).ToList();
            foreach (var name in names)
                foreach (var value in (string[])["%00", "a%00b", "%0d%0a", "%ff", "x", "-1", "99999999999999999999", ""])
                {
                    // The other parameters have a text too, so that this one is reached.
                    var query = string.Join('&', names.Select(n => $"{n}={(n == name ? value : n == "timeframe" ? "1d" : "bars")}"));
                    using var request = new HttpRequestMessage(new HttpMethod(verb), $"{At(seeded, path)}?{query}");
                    if (verb != "GET") request.Content = new StringContent("{}", Encoding.UTF8, "application/json");
                    await CheckAsync(client, request, $"{verb} {path}?{query}", wrong);
                }
        }
        wrong.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_null_in_the_place_of_each_field_is_a_problem_or_no_value()
    {
        var seeded = there.Server;
        using var client = new HttpClient { BaseAddress = seeded.Server.Address };
        var wrong = new List<string>();
        foreach (var (path, verb, operation) in Operations.Where(o => o.Verb is "POST" or "PUT" or "PATCH"))
        {
            if (!operation.TryGetProperty("requestBody", out var body) || !body.GetProperty("content").TryGetProperty("application/json",
                out var media))
                continue;
            var whole = media.TryGetProperty("example", out var example) ? JsonNode.Parse(example.GetRawText()) as JsonObject ?? [] : [];
            if (path.EndsWith("/sessions", StringComparison.Ordinal))
                whole = new JsonObject { ["configuration"] = "{}", ["feed"] = "csv:bars" };
            foreach (var key in FieldsOf(media.GetProperty("schema")).Union(whole.Select(m => m.Key)).ToList())
                foreach (var value in (string[])["null", "[]", "{}", "1e999", "\"\\u0000\""])
                {
                    var sent = (JsonObject)whole.DeepClone();
                    sent[key] = "the value";
                    using var request = new HttpRequestMessage(new HttpMethod(verb), At(seeded, path))
                    {
                        Content = new StringContent(sent.ToJsonString().Replace("\"the value\"", value, StringComparison.Ordinal),
                            Encoding.UTF8,
                            "application/json"),
                    };
                    await CheckAsync(client, request, $"{verb} {path} with {key}: {value}", wrong);
                }
        }
        wrong.ShouldBeEmpty();

        static IEnumerable<string> FieldsOf(JsonElement schema)
        {
            if (schema.TryGetProperty("$ref", out var reference))
                schema = reference.GetString()!.TrimStart('#', '/').Split('/').Aggregate(s_document, (at, part) => at.GetProperty(part));
            return schema.TryGetProperty("properties", out var members) ? members.EnumerateObject().Select(m => m.Name) : [];
        }
    }

    [Fact]
    public async Task A_body_whose_chunks_have_no_length_is_a_problem()
    {
        var seeded = there.Server;
        var wrong = new List<string>();
        foreach (var (path, verb, _) in Operations.Where(o => o.Verb is "POST" or "PUT" or "PATCH"))
            foreach (var chunk in (string[])["FFFFFFFFFFFFFFFFF\r\nabc\r\n", "7FFFFFFFFFFFFFFF\r\nabc", "xyz\r\nabc\r\n", "-1\r\nabc\r\n"])
            {
                var head = await HeadAsync(seeded.Server.Address,
                    $"{verb} {At(seeded, path)} HTTP/1.1\r\nHost: {seeded.Server.Address.Authority}\r\n"
                    + $"Content-Type: application/json\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n{chunk}");
                if (head is null) continue;
                var status = int.Parse(head.Split(' ')[1]);
                if (status >= 500 || status >= 400 && !head.Contains("application/problem+json", StringComparison.OrdinalIgnoreCase))
                    wrong.Add($"{verb} {path} {chunk[..4]}: {head.ReplaceLineEndings(" ")}");
            }
        wrong.ShouldBeEmpty();
        using var alive = new HttpClient { BaseAddress = seeded.Server.Address };
        (await alive.GetAsync("/api/v1/health/live")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    // The head of the answer; null where the server ends the connection without one, since the rest of the body does not come.
    private static async Task<string?> HeadAsync(Uri server, string request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(server.Host, server.Port);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request));
        client.Client.Shutdown(SocketShutdown.Send);
        using var reader = new StreamReader(stream, Encoding.ASCII);
        var text = new StringBuilder();
        try
        {
            while (await reader.ReadLineAsync() is { Length: > 0 } line) text.AppendLine(line);
        }
        catch (IOException)
        {
            // the server has reset the connection
        }
        return text.Length > 0 ? text.ToString() : null;
    }
}
