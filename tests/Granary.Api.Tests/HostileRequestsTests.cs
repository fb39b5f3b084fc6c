using System.IO.Compression;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Granary.Api.Tests;

/// <summary>Requests that are made to harm: a problem with a sentence, and the server goes on.</summary>
public sealed class HostileRequestsTests
{
    private static HttpRequestMessage Request(string verb, string path, byte[] body, string? encoding = null)
    {
        var request = new HttpRequestMessage(new HttpMethod(verb.ToUpperInvariant()), path) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        if (encoding is not null) request.Content.Headers.ContentEncoding.Add(encoding);
        return request;
    }

    private static byte[] Large => Encoding.UTF8.GetBytes("\"" + new string('a', 17 << 20) + "\"");

    private static byte[] Zipped(int bytes)
    {
        using var to = new MemoryStream();
        using (var zip = new GZipStream(to, CompressionLevel.Fastest)) zip.Write(new byte[bytes]);
        return to.ToArray();
    }

    [Theory]
    [InlineData("/api/v1/batches")]
    [InlineData("/api/v1/jobs")]
    [InlineData("/api/v1/sessions")]
    [InlineData("/api/v1/deployments")]
    [InlineData("/api/v1/portfolios/main/weights/preview")]
    public async Task Json_that_is_made_to_harm_is_refused_with_a_sentence(string path)
    {
        await using var server = await ApiServer.StartAsync(parts: ServerParts.Sessions);
        byte[][] bodies =
        [
            Encoding.UTF8.GetBytes(new string('[', 100_000) + new string(']', 100_000)),
            Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("{\"weights\":", 100_000))), [0xff, 0xfe, 0x80, 0x7b], [],
            Encoding.UTF8.GetBytes("{ \"version\": 1" + new string('0', 100_000) + " }"), "null"u8.ToArray(),
                "{ \"kind\": 1e999 }"u8.ToArray(),
        ];
        foreach (var body in bodies)
            (await (await server.Client.SendAsync(Request("POST", path, body))).ProblemAsync(400)).ShouldNotBeEmpty();
        (await server.Client.SendAsync(Request("POST", path, Zipped(64 << 20), "gzip"))).IsSuccessStatusCode.ShouldBeFalse();
        (await (await server.Client.SendAsync(Request("POST", path, Large))).ProblemAsync(413)).ShouldContain("split the batch");
    }

    /// <summary>
    /// Asks each operation of the document with made-up values; GRANARY_FUZZ_REQUESTS is how many for each operation.
    /// </summary>
    [Fact]
    public async Task Made_up_requests_to_every_operation_are_answered_as_the_document_declares()
    {
        var each = int.TryParse(Environment.GetEnvironmentVariable("GRANARY_FUZZ_REQUESTS"), out var asked) ? asked : 12;
        await using var server = await ApiServer.StartAsync(parts: ServerParts.Sessions);
        using var document = JsonDocument.Parse(await server.Client.GetStringAsync("/openapi/v1.json"));
        var random = new Random(7);
        var wrong = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var path in document.RootElement.GetProperty("paths").EnumerateObject())
            foreach (var operation in path.Value.EnumerateObject().Where(o => o.Value.TryGetProperty("responses", out _)))
                for (var i = 0; i < each; i++)
                {
                    var at = string.Join('/', path.Name.Split('/').Select(p =>
                        p.StartsWith('{') ? Uri.EscapeDataString(Value(random)) : p));
                    var query = random.Next(2) == 0 ? "" : $"?{Name(random)}={Uri.EscapeDataString(Value(random))}";
                    using var request = Request(operation.Name, at + query, Encoding.UTF8.GetBytes(Body(random)));
                    if (operation.Name == "get") request.Content = null;
                    using var answer = await server.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
                    var status = (int)answer.StatusCode;
                    var type = answer.Content.Headers.ContentType?.MediaType;
                    // A value can lead to another path, which has no such operation.
                    if (status is 404 or 405) continue;
                    if (status >= 500 && !at.Contains("/health/", StringComparison.Ordinal)
                        || status >= 400 && type != "application/problem+json"
                        || !operation.Value.GetProperty("responses").TryGetProperty($"{status}", out var declared)
                        || status < 400 && type is not null && declared.TryGetProperty("content", out var content)
                            && !content.TryGetProperty(type, out _) && type != "text/event-stream")
                        wrong.Add($"{operation.Name} {path.Name}: {status} {type}");
                }
        wrong.ShouldBeEmpty();
    }

    private static string Name(Random random) =>
        new[] { "limit", "cursor", "state", "since", "sort", "filter", "points", "from", "symbol", "num_strategies" }[random.Next(10)];

    private static string Value(Random random) => random.Next(8) switch
    {
        0 => "0",
        1 => "-1",
        2 => "99999999999999999999",
        3 => "../../etc/passwd",
        4 => "é\u0001x",
        5 => new string('a', 300),
        6 => "main",
        _ => "a.csv",
    };

    private static string Body(Random random) => random.Next(7) switch
    {
        0 => "{}",
        1 => "[]",
        2 => "{ \"why\": 1 }",
        3 => "{ \"weights\": { \"a\": \"b\" }, \"version\": -1, \"enabled\": \"x\", \"kind\": [] }",
        4 => "{ \"kind\": \"train\", \"batch\": {}, \"run\": \"x\", \"command\": \"fly\", \"enabled\": true }",
        5 => "\"text\"",
        _ => "{ \"days\": 99999, \"version\": 3, \"rows\": {}, \"dryRun\": true, \"name\": null }",
    };
}
