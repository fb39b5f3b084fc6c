using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Granary.Testing;

namespace Granary.Api.Tests;

/// <summary>Requests with made-up values to every operation of the document; half of them name something that is there.</summary>
public sealed class FuzzedRequestsTests(SessionsOverHttpTests.Configuration made) : IClassFixture<SessionsOverHttpTests.Configuration>
{
    /// <summary>GRANARY_FUZZ_REQUESTS is how many for each operation.</summary>
    [Fact]
    public async Task Made_up_requests_to_every_operation_are_answered_as_the_document_declares()
    {
        var each = int.TryParse(Environment.GetEnvironmentVariable("GRANARY_FUZZ_REQUESTS"), out var asked) ? asked : TestEffort.Of(2, 12);
        await using var seeded = await SeededServer.StartAsync(made);
        var client = seeded.Server.Client;
        using var document = JsonDocument.Parse(await client.GetStringAsync("/openapi/v1.json"));
        var random = new Random(7);
        var wrong = new SortedSet<string>(StringComparer.Ordinal);
        var (found, sent) = (0, 0);
        foreach (var path in document.RootElement.GetProperty("paths").EnumerateObject())
            foreach (var operation in path.Value.EnumerateObject().Where(o => o.Value.TryGetProperty("responses", out _)))
                for (var i = 0; i < each; i++)
                {
                    var isThere = random.Next(2) == 0;
                    var at = string.Join('/', path.Name.Split('/').Select(p => p.StartsWith('{')
                        ? Uri.EscapeDataString(isThere ? seeded.ValueOf(path.Name, p) : Value(random)) : p));
                    var query = random.Next(2) == 0 ? "" : $"?{Name(random)}={Uri.EscapeDataString(Value(random))}";
                    using var request = new HttpRequestMessage(new HttpMethod(operation.Name.ToUpperInvariant()), at + query);
                    if (operation.Name != "get") request.Content = Content(random);
                    using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
                    sent++;
                    if (answer.IsSuccessStatusCode) found++;
                    if (FaultOf(operation.Value, at, answer) is { } fault) wrong.Add($"{operation.Name} {path.Name}: {fault}");
                }
        TestContext.Current.TestOutputHelper?.WriteLine($"{sent} requests, {found} succeeded");
        wrong.ShouldBeEmpty();
        found.ShouldBeGreaterThan(sent / 5);
    }

    private static string? FaultOf(JsonElement operation, string at, HttpResponseMessage answer)
    {
        var (status, type) = ((int)answer.StatusCode, answer.Content.Headers.ContentType?.MediaType);
        // A value can lead to another path, which has no such operation.
        if (status is 404 or 405) return type == "application/problem+json" ? null : $"{status} {type}";
        return status >= 500 && !at.Contains("/health/", StringComparison.Ordinal)
            || status >= 400 && type != "application/problem+json"
            || !operation.GetProperty("responses").TryGetProperty($"{status}", out var declared)
            || status < 400 && type is not null && declared.TryGetProperty("content", out var content)
                && !content.TryGetProperty(type, out _) && type != "text/event-stream" ? $"{status} {type}" : null;
    }

    private static ByteArrayContent Content(Random random)
    {
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(Body(random)));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return content;
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
        6 => " ",
        _ => "a.csv",
    };

    private static string Body(Random random) => random.Next(11) switch
    {
        0 => "{}",
        1 => "[]",
        2 => "{ \"why\": 1 }",
        3 => "{ \"weights\": { \"a\": \"b\" }, \"version\": -1, \"enabled\": \"x\", \"kind\": [] }",
        4 => "{ \"kind\": \"train\", \"batch\": {}, \"run\": \"x\", \"command\": \"fly\", \"enabled\": true }",
        5 => "\"text\"",
        6 => "{ \"days\": 99999, \"version\": 3, \"rows\": {}, \"dryRun\": true, \"name\": null }",
        7 => "{ \"version\": 1, \"why\": \"a test\", \"rows\": [ { \"a\": 1, \"b\": -2 } ] }",
        8 => "{ \"command\": \"pause\", \"enabled\": false, \"why\": \"a test\" }",
        9 => "{ \"weights\": { \"SmaCross(fast=5,slow=20)@COINUSDT:1h\": 0.5 }, \"why\": \"a test\", \"days\": 3 }",
        _ => "{ \"run\": \"run\", \"why\": \"a test\", \"dryRun\": true, \"kind\": \"verify\" }",
    };
}
