using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Api.Health;
using Granary.Simulation.Keys;
using Granary.Testing;
using Granary.Trading.Live;
using Microsoft.Extensions.DependencyInjection;

namespace Granary.Api.Tests;

public class HealthAndDescriptionTests(SharedServers servers)
{
    private sealed class Check(string? reason, bool hangs = false) : IReadinessCheck
    {
        public string Name => "database";

        public async ValueTask<string?> CheckAsync(CancellationToken cancellationToken)
        {
            if (hangs) await Task.Delay(Timeout.Infinite, cancellationToken);
            return reason;
        }
    }

    private static Action<IServiceCollection> With(IReadinessCheck check) => services => services.AddSingleton(check);

    [Fact]
    public async Task A_server_is_live_though_not_ready_while_something_that_it_needs_is_away()
    {
        await using var server = await ApiServer.StartAsync(add: With(new Check("no connection to 10.0.0.1:5432")));
        (await server.Client.GetAsync("/api/v1/health/live")).StatusCode.ShouldBe(HttpStatusCode.OK);
        using var ready = await server.Client.GetAsync("/api/v1/health/ready");
        ready.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await ready.Content.ReadAsStringAsync()).ShouldContain("no connection to 10.0.0.1:5432");
    }

    [Fact]
    public async Task A_job_that_the_disk_cannot_store_is_refused_with_the_reason_and_the_remedy()
    {
        var audit = Directory.CreateTempSubdirectory("granary-audit-");
        await using var server = await ApiServer.StartAsync(settings: s => s with { Audit = Path.Combine(audit.FullName, "log") });
        // A file where the folder was: as on a full disk, nothing can be written there.
        Directory.Delete(server.Folder, recursive: true);
        await File.WriteAllTextAsync(server.Folder, "");
        using var refused = await server.Client.SendAsync(ApiServer.Submission());
        File.Delete(server.Folder);
        Directory.CreateDirectory(server.Folder);
        audit.Delete(recursive: true);
        (await refused.ProblemAsync(503)).ShouldContain("make room, or correct its rights");
        (await server.SubmitAsync()).State.ShouldBe(Granary.Contracts.Jobs.JobState.Queued);
    }

    [Fact]
    public async Task A_server_whose_disk_takes_no_more_stays_up_says_so_and_goes_on_when_it_does()
    {
        await using var server = await ApiServer.StartAsync();
        var first = await server.SubmitAsync();
        var second = await server.SubmitAsync();
        await Eventually.HoldsAsync(() => server.Host.Begun.Count == 1);
        // A file where the folder was: as on a full disk, nothing can be written there.
        var own = Path.Combine(server.Folder, first.Id, ".submission");
        Directory.Delete(own, recursive: true);
        await File.WriteAllTextAsync(own, "");
        for (var i = 0; i < 6; i++) server.Host.Go();
        await Eventually.HoldsAsync(async () =>
            (await server.Client.GetAsync("/health/ready")).StatusCode == HttpStatusCode.ServiceUnavailable);
        // Its end is not shown before it is stored.
        (await server.UntilAsync(first.Id, _ => true)).State.ShouldBe(Granary.Contracts.Jobs.JobState.Running);
        (await (await server.Client.GetAsync("/health/ready")).Content.ReadAsStringAsync()).ShouldContain(first.Id);
        (await server.Client.GetAsync("/api/v1/batches")).StatusCode.ShouldBe(HttpStatusCode.OK);

        File.Delete(own);
        Directory.CreateDirectory(own);
        (await server.UntilAsync(first.Id, s => s.Ended)).State.ShouldBe(Granary.Contracts.Jobs.JobState.Done);
        (await server.UntilAsync(second.Id, s => s.Ended)).State.ShouldBe(Granary.Contracts.Jobs.JobState.Done);
        (await server.Client.GetAsync("/health/ready")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await File.ReadAllTextAsync(Path.Combine(own, "status.json"))).ShouldContain("\"done\"");
    }

    [Fact]
    public async Task A_check_that_hangs_makes_the_server_not_ready_within_two_seconds()
    {
        await using var server = await ApiServer.StartAsync(add: With(new Check(null, hangs: true)));
        using var ready = await server.Client.GetAsync("/api/v1/health/ready");
        (await ready.Content.ReadAsStringAsync()).ShouldContain("no answer within 2 s");
    }

    [Fact]
    public async Task The_openapi_document_lists_the_contracts_paths_and_the_bearer_scheme()
    {
        var server = await servers.PlainAsync;
        var document = JsonDocument.Parse(await server.Client.GetStringAsync("/openapi/v1.json")).RootElement;
        var paths = document.GetProperty("paths");
        foreach (var (path, verbs) in new[]
        {
            ("/api/v1/batches", "get post"), ("/api/v1/batches/{id}", "delete get"), ("/api/v1/batches/{id}/events", "get"),
            ("/api/v1/batches/{id}/files/{name}", "get"), ("/api/v1/portfolios/{id}/weights", "get put"),
            ("/api/v1/sessions", "get post"), ("/api/v1/sessions/{id}", "get"), ("/api/v1/sessions/{id}/events", "get"),
            ("/api/v1/sessions/{id}/commands", "post"), ("/api/v1/sessions/{id}/files/{name}", "get"),
            ("/api/v1/notifications", "get"), ("/api/v1/notifications/rules", "delete get put"), ("/api/v1/notifications/test", "post"),
            ("/api/v1/health/live", "get"), ("/api/v1/health/ready", "get"),
        })
            string.Join(' ', paths.GetProperty(path).EnumerateObject().Select(v => v.Name).Order()).ShouldBe(verbs);
        document.GetProperty("components").GetProperty("securitySchemes").GetProperty("Bearer").GetProperty("scheme").GetString()
            .ShouldBe("bearer");
        paths.GetProperty("/api/v1/portfolios/{id}/weights").GetProperty("put").GetProperty("responses").TryGetProperty("428", out _)
            .ShouldBeTrue();
    }

    [Fact]
    public async Task The_openapi_document_is_the_one_in_the_repository()
    {
        var server = await servers.PlainAsync;
        var written = JsonNode.Parse(await server.Client.GetStringAsync("/openapi/v1.json"))!.AsObject();
        var text = written.ToJsonString(new JsonSerializerOptions
        {
            WriteIndented = true,
            Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        }) + "\n";
        var path = Path.Combine(SharedData.RepositoryRoot, "docs", "openapi.json");
        if (Environment.GetEnvironmentVariable("GRANARY_WRITE_DOCS") == "1") await File.WriteAllTextAsync(path, text);
        text.ShouldBe(await File.ReadAllTextAsync(path), "the API has changed: never remove or rename an operation, a field or a status; "
            + "write the document again with GRANARY_WRITE_DOCS=1");
    }

    [Fact]
    public async Task Every_text_of_the_document_says_what_kind_of_text_it_is()
    {
        var document = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(SharedData.RepositoryRoot, "docs", "openapi.json")))!;
        TextsIn(document["components"]!).Concat(TextsIn(document["paths"]!))
            .Where(text => !((string[])["format", "pattern", "enum", "const"]).Any(text.ContainsKey)).Select(text => text.GetPath())
            .ShouldBeEmpty("name the field in src/Granary.Api/Description/texts.json");

        static IEnumerable<JsonObject> TextsIn(JsonNode? node) => node switch
        {
            JsonArray list => list.SelectMany(TextsIn),
            JsonObject map => map.Where(part => part.Key is not ("example" or "examples")).SelectMany(part => TextsIn(part.Value))
                .Concat(map.ContainsKey("maxLength") && map["type"] is JsonValue or JsonArray ? [map] : []),
            _ => [],
        };
    }

    [Fact]
    public async Task Every_operation_has_a_name_of_its_own_a_summary_and_its_errors()
    {
        var server = await servers.PlainAsync;
        var document = JsonDocument.Parse(await server.Client.GetStringAsync("/openapi/v1.json")).RootElement;
        var operations = document.GetProperty("paths").EnumerateObject().SelectMany(p => p.Value.EnumerateObject()
            .Where(o => o.Value.ValueKind == JsonValueKind.Object && o.Value.TryGetProperty("responses", out _))
            .Select(o => (Path: p.Name, Verb: o.Name, Operation: o.Value))).ToList();
        operations.Count.ShouldBeGreaterThan(40);
        operations.Select(o => o.Operation.GetProperty("operationId").GetString()).ShouldBeUnique();
        foreach (var (path, verb, operation) in operations)
        {
            operation.GetProperty("summary").GetString()!.ShouldNotBeEmpty($"{verb} {path}");
            var codes = operation.GetProperty("responses").EnumerateObject().Select(r => r.Name).ToList();
            if (path.Contains("/health/", StringComparison.Ordinal) || path.Contains("/shared/", StringComparison.Ordinal)
                || path.EndsWith("/sign-in", StringComparison.Ordinal)) continue;
            codes.ShouldContain("401", $"{verb} {path}");
            codes.ShouldContain("403", $"{verb} {path}");
            if (path.Contains('{') && !path.EndsWith("/history", StringComparison.Ordinal) && verb != "put")
                codes.ShouldContain("404", $"{verb} {path}");
        }
    }

    [Fact]
    public async Task Answers_may_not_be_framed_sniffed_or_cached_and_probes_find_health_at_the_root()
    {
        var server = await servers.PlainAsync;
        using var answer = await server.Client.GetAsync("/health/live");
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Headers.GetValues("Content-Security-Policy").Single().ShouldContain("frame-ancestors 'none'");
        answer.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
        answer.Headers.CacheControl!.NoStore.ShouldBeTrue();
        (await server.Client.GetAsync("/health/ready")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await server.Client.GetStringAsync("/errors/too-many-jobs")).ShouldStartWith("# Too many jobs");
    }

    [Fact]
    public async Task The_openapi_document_describes_every_option_of_a_session()
    {
        var server = await servers.PlainAsync;
        var document = JsonDocument.Parse(await server.Client.GetStringAsync("/openapi/v1.json")).RootElement;
        var body = document.GetProperty("paths").GetProperty("/api/v1/sessions").GetProperty("post").GetProperty("requestBody")
            .GetProperty("content").GetProperty("application/json").GetProperty("schema").GetProperty("$ref").GetString()!;
        var schema = document.GetProperty("components").GetProperty("schemas").GetProperty(body.Split('/')[^1]);
        schema.GetProperty("required").EnumerateArray().Select(r => r.GetString()).ShouldBe(["configuration", "feed"], ignoreOrder: true);
        foreach (var option in RecordKeys<SessionBody>.All)
            schema.GetProperty("properties").GetProperty(option.Name).GetProperty("description").GetString().ShouldBe(option.Help);
    }

    [Fact]
    public async Task Every_answer_says_which_protocol_it_speaks()
    {
        var server = await servers.PlainAsync;
        foreach (var path in new[] { "/api/v1/health/live", "/api/v1/nowhere", "/api/v1/batches" })
            (await server.Client.GetAsync(path)).Headers.GetValues("Granary-Api").ShouldBe(["1"]);
    }

    [Fact]
    public async Task A_client_of_another_version_is_refused_before_anything_is_done()
    {
        await using var server = await ApiServer.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/batches")
        {
            Content = new StringContent(
                """
                    { "name": "newer", "data": { "source": "csv:data", "symbols": "A", "timeframe": "1d" }, "strategies":
                      [ { "class": "SmaCross" } ] }
                    """, System.Text.Encoding.UTF8, "application/json"),
        };
        request.Headers.Add("Granary-Api", "2");
        (await (await server.Client.SendAsync(request)).ProblemAsync(400)).ShouldContain("this server speaks version 1 of the API and the "
            + "client version 2; bring the older of the two up to date");
        (await server.Client.GetStringAsync("/api/v1/batches")).ShouldBe("[]");
    }

    [Fact]
    public async Task A_method_that_a_path_does_not_take_is_a_problem_of_405()
    {
        var server = await servers.PlainAsync;
        (await (await server.Client.DeleteAsync("/api/v1/batches")).ProblemAsync(405)).ShouldContain("DELETE");
        (await (await server.Client.DeleteAsync("/api/v1/batches")).Content.ReadAsStringAsync()).ShouldContain("\"Method Not Allowed\"");
    }
}
