using System.IO.Compression;
using System.Net.Http.Headers;
using System.Text;
using Granary.Testing;

namespace Granary.Api.Tests;

/// <summary>Requests that are made to harm: a problem with a sentence, and the server goes on.</summary>
public sealed class HostileRequestsTests(SharedServers servers)
{
    private static HttpRequestMessage Request(string verb, string path, byte[] body, string? encoding = null)
    {
        var request = new HttpRequestMessage(new HttpMethod(verb.ToUpperInvariant()), path) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        if (encoding is not null) request.Content.Headers.ContentEncoding.Add(encoding);
        return request;
    }

    private static byte[] Zipped(int megabytes)
    {
        using var to = new MemoryStream();
        using (var zip = new GZipStream(to, CompressionLevel.Fastest))
            for (var (i, part) = (0, new byte[1 << 20]); i < megabytes; i++)
                zip.Write(part);
        return to.ToArray();
    }

    [Fact]
    public async Task Json_that_is_made_to_harm_is_refused_with_a_sentence_and_no_batch_begins()
    {
        await using var server = await ApiServer.StartAsync(parts: ServerParts.Sessions);
        var large = Encoding.UTF8.GetBytes("\"" + new string('a', 17 << 20) + "\"");
        var zipped = Zipped(256);
        byte[][] bodies =
        [
            Encoding.UTF8.GetBytes(new string('[', 100_000) + new string(']', 100_000)),
            Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("{\"weights\":", 100_000))), [0xff, 0xfe, 0x80, 0x7b], [],
            Encoding.UTF8.GetBytes("{ \"version\": 1" + new string('0', 100_000) + " }"), "null"u8.ToArray(),
                "{ \"kind\": 1e999 }"u8.ToArray(),
        ];
        foreach (var path in (string[])["batches", "jobs", "sessions", "deployments", "portfolios/main/weights/preview"])
        {
            foreach (var body in bodies)
                (await (await SendAsync(path, body)).ProblemAsync(400)).ShouldNotBeEmpty(path);
            using var bomb = await SendAsync(path, zipped, "gzip");
            ((int)bomb.StatusCode).ShouldBeInRange(400, 415, path);
            (await bomb.ProblemAsync((int)bomb.StatusCode)).ShouldNotBeEmpty(path);
            (await (await SendAsync(path, large)).ProblemAsync(413)).ShouldContain("split the batch");
        }
        (await server.Client.GetStringAsync("/api/v1/batches")).ShouldBe("[]");

        Task<HttpResponseMessage> SendAsync(string path, byte[] body, string? encoding = null) =>
            server.Client.SendAsync(Request("POST", "/api/v1/" + path, body, encoding));
    }

    [Theory]
    [InlineData("""{ "name": "\ud800" }""")]
    [InlineData("""{ "\udc00": 1 }""")]
    [InlineData("""{ "name": "a", "data": { "source": "csv:\ud83d" } }""")]
    public async Task Half_of_a_character_in_a_text_is_refused_with_its_line(string body)
    {
        var server = await servers.PlainAsync;
        foreach (var path in (string[])["batches", "jobs", "sessions", "deployments", "portfolios/main/weights/preview"])
            (await (await server.Client.SendAsync(Request("POST", "/api/v1/" + path, Encoding.UTF8.GetBytes(body)))).ProblemAsync(400))
                .ShouldNotBeEmpty(path);
        (await (await server.Client.SendAsync(Request("POST", "/api/v1/batches", Encoding.UTF8.GetBytes(body)))).ProblemAsync(400))
            .ShouldContain("line 1");
    }

    [Fact]
    public async Task Of_thousands_of_unknown_keys_the_first_fifty_are_named()
    {
        var server = await servers.PlainAsync;
        var keys = string.Join(",\n", Enumerable.Range(0, 8_000).Select(n => $"\"unknown{n}\": 1"));
        var detail = await (await server.Client.SendAsync(Request("POST", "/api/v1/batches", Encoding.UTF8.GetBytes($"{{{keys}}}"))))
            .ProblemAsync(400);
        detail.Split('\n').Length.ShouldBe(51);
        detail.ShouldContain("unknown0");
        detail.ShouldEndWith("the file has more errors; correct these 50 first");
    }

    [Fact]
    public async Task A_body_without_a_type_is_refused_and_the_weights_stay()
    {
        var server = await servers.PlainAsync;
        using var request = new HttpRequestMessage(HttpMethod.Put, "/api/v1/portfolios/main/weights")
        {
            Content = new ByteArrayContent("{ \"weights\": { \"a\": 1 } }"u8.ToArray()),
        };
        request.Headers.Add("If-None-Match", "*");
        (await (await server.Client.SendAsync(request)).ProblemAsync(415)).ShouldNotBeEmpty();
        await (await server.Client.GetAsync("/api/v1/portfolios/main/weights")).ProblemAsync(404);
    }

    [Fact]
    public async Task A_reason_that_no_person_reads_is_refused_wherever_one_is_given()
    {
        var server = await servers.PlainAsync;
        var why = new string('x', 1001);
        foreach (var (verb, path, body) in ((string, string, string)[])
        [
            ("PUT", "portfolios/main/weights", $$"""{ "weights": { "a": 1 }, "why": "{{why}}" }"""),
            ("POST", "portfolios/main/weights/rollback", $$"""{ "version": 1, "why": "{{why}}" }"""),
            ("POST", "sessions/main/commands", $$"""{ "command": "pause", "why": "{{why}}" }"""),
            ("PATCH", "strategies/a", $$"""{ "enabled": false, "why": "{{why}}" }"""),
            ("POST", "deployments", $$"""{ "run": "r", "why": "{{why}}" }"""),
        ])
            (await (await server.Client.SendAsync(Request(verb, "/api/v1/" + path, Encoding.UTF8.GetBytes(body)))).ProblemAsync(400))
                .ShouldBe("why: the reason has 1001 characters; write at most 1000", path);
    }

    [Theory]
    [InlineData("cross-site", 403)]
    [InlineData("same-site", 403)]
    [InlineData("same-origin", 202)]
    [InlineData("none", 202)]
    public async Task Without_keys_a_page_of_another_server_submits_nothing_even_without_the_header_Origin(string from, int status)
    {
        var server = await servers.PlainAsync;
        var request = ApiServer.Submission();
        request.Headers.Add("Sec-Fetch-Site", from);
        using var answer = await server.Client.SendAsync(request);
        ((int)answer.StatusCode).ShouldBe(status);
        using var link = new HttpRequestMessage(HttpMethod.Get, "/api/v1/batches");
        link.Headers.Add("Sec-Fetch-Site", from);
        (await server.Client.SendAsync(link)).EnsureSuccessStatusCode();
    }

    [Theory]
    [InlineData("/api/v1/batches")]
    [InlineData("/health/live")]
    [InlineData("/openapi/v1.json")]
    public async Task HEAD_has_the_headers_of_GET_and_no_body(string path)
    {
        var server = await servers.PlainAsync;
        using var whole = await server.Client.GetAsync(path);
        using var head = await server.Client.SendAsync(new HttpRequestMessage(HttpMethod.Head, path));
        head.StatusCode.ShouldBe(whole.StatusCode);
        head.Content.Headers.ContentType.ShouldBe(whole.Content.Headers.ContentType);
        (await head.Content.ReadAsByteArrayAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_database_that_is_not_there_is_no_fault_of_the_server()
    {
        var server = await servers.PlainAsync;
        var port = FreePorts.Take();
        var batch = ApiServer.Batch.Replace("csv:bars", $"postgres://me:secret@127.0.0.1:{port}/bars?timeout=1");
        var detail = await (await server.Client.SendAsync(Request("POST", "/api/v1/batches?check=true", Encoding.UTF8.GetBytes(batch))))
            .ProblemAsync(503);
        detail.ShouldContain($"127.0.0.1:{port}");
        detail.ShouldNotContain("secret");
    }
}
