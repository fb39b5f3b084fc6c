using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Granary.Contracts.Jobs;
using Granary.Contracts.MarketData;
using Granary.Simulation.Json;
using Granary.Testing;

namespace Granary.Api.Tests;

/// <summary>Files that callers bring along.</summary>
public sealed class UploadsOverHttpTests(SharedServers servers)
{
    private static Task<HttpResponseMessage> PutAsync(ApiServer server, string name, byte[] content, string type = "text/csv",
        string? encoding = null)
    {
        var body = new ByteArrayContent(content) { Headers = { ContentType = new MediaTypeHeaderValue(type) } };
        if (encoding is not null) body.Headers.ContentEncoding.Add(encoding);
        return server.Client.PutAsync("/api/v1/uploads/" + Uri.EscapeDataString(name), body);
    }

    private static byte[] Bars => File.ReadAllBytes(Path.Combine(SharedData.RepositoryRoot, "samples", "data", "1h", "COINUSDT.csv"));

    [Fact]
    public async Task A_batch_runs_on_uploaded_bars_of_a_confined_server_until_they_are_deleted()
    {
        await using var server = await ApiServer.StartAsync(settings: s => s with { Confined = true }, parts: ServerParts.RealHost);
        using var put = await PutAsync(server, "mine.csv", Bars);
        put.StatusCode.ShouldBe(HttpStatusCode.Created);
        var upload = await put.ReadAsync<Upload>();
        (upload.Path, upload.Source, upload.Bytes).ShouldBe(("uploads/local/mine.csv", "csv:uploads/local", Bars.Length));
        var batch = $$"""
            { "name": "own", "data": { "source": "{{upload.Source}}", "symbols": ["mine"], "timeframe": "1h", "to": "2022-01-15" },
              "strategies": [ { "class": "SmaCross", "params": { "fast": 5, "slow": 20 }, "size": { "units": 1 } } ] }
            """;
        var ended = await server.UntilAsync((await server.SubmitAsync(batch)).Id, s => s.Ended);
        (ended.State, ended.Fault).ShouldBe((JobState.Done, null));

        (await PutAsync(server, "mine.csv", Bars)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await server.Client.GetFromJsonAsync<List<Upload>>("/api/v1/uploads", JobJson.Options))!.Single().Name.ShouldBe("mine.csv");
        (await server.Client.DeleteAsync("/api/v1/uploads/mine.csv")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        await (await server.Client.DeleteAsync("/api/v1/uploads/mine.csv")).ProblemAsync(404);
        (await server.Client.GetFromJsonAsync<List<Upload>>("/api/v1/uploads", JobJson.Options))!.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("..%2fx.csv")]
    [InlineData(".hidden.csv")]
    [InlineData("a b.csv")]
    [InlineData("page.html")]
    [InlineData("a\\b.csv")]
    public async Task A_name_that_could_lead_elsewhere_is_refused(string name)
    {
        var server = await servers.PlainAsync;
        (await (await PutAsync(server, name, Bars)).ProblemAsync(400)).ShouldContain("cannot name an upload");
    }

    [Fact]
    public async Task What_is_no_text_of_its_kind_is_refused_and_nothing_of_it_stays()
    {
        await using var server = await ApiServer.StartAsync(settings: s => s with { LongestUpload = 3 << 20 });
        var deep = Encoding.UTF8.GetBytes(new string('[', 100_000));
        foreach (var (name, type, content, status, sentence) in new (string, string, byte[], int, string)[]
        {
            ("a.csv", "text/csv", [], 400, "is empty"), ("a.csv", "text/csv", [0x1f, 0x8b, 8, 0], 400, "not UTF-8"),
            ("a.csv", "text/csv", "a,b\n1,\0"u8.ToArray(), 400, "line 2: the line has a control character"),
            ("a.csv", "text/csv", Encoding.UTF8.GetBytes(new string('1', 2 << 20)), 400, "the line is longer"),
            ("a.csv", "application/json", Bars, 415, "Content-Type: text/csv"), ("a.json", "application/json", deep, 400, "not valid JSON"),
            ("a.json", "application/json", "[1, 2"u8.ToArray(), 400, "not valid JSON"),
            ("a.csv", "text/csv", Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("1,2\n", 1 << 20))), 413, "split it"),
        })
            (await (await PutAsync(server, name, content, type)).ProblemAsync(status)).ShouldContain(sentence);
        await (await PutAsync(server, "a.csv", Bars, encoding: "gzip")).ProblemAsync(415);
        (await PutAsync(server, "a.json", """[ { "t": 1, "c": "é" } ]"""u8.ToArray(), "application/json")).StatusCode
            .ShouldBe(HttpStatusCode.Created);
        Directory.GetFiles(Path.Combine(server.Folder, "uploads", "local")).Select(Path.GetFileName).ShouldBe(["a.json"]);
    }

    [Fact]
    public async Task The_quotas_of_a_caller_end_with_409()
    {
        await using var server = await ApiServer.StartAsync(settings: s => s with { MostUploads = 2, UploadQuota = 20 });
        (await PutAsync(server, "a.csv", "a,b\n1,2\n"u8.ToArray())).StatusCode.ShouldBe(HttpStatusCode.Created);
        (await (await PutAsync(server, "b.csv", "a,b\n1,2\n1,2\n1,2\n"u8.ToArray())).ProblemAsync(409)).ShouldContain("20 bytes");
        (await PutAsync(server, "b.csv", "a,b\n1,2\n"u8.ToArray())).StatusCode.ShouldBe(HttpStatusCode.Created);
        (await (await PutAsync(server, "c.csv", "a\n"u8.ToArray())).ProblemAsync(409)).ShouldContain("2 files");
        (await PutAsync(server, "b.csv", "a,b\n1,2\n1\n"u8.ToArray())).StatusCode.ShouldBe(HttpStatusCode.OK);
    }
}
