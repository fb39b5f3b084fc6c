using System.Net;
using System.Net.Http.Json;
using Granary.Testing;

namespace Granary.Api.Tests;

/// <summary>What a server that is started with <c>--data</c> opens for its callers.</summary>
public sealed class ConfinementTests(SharedServers servers)
{
    [Theory]
    [InlineData("postgres://10.0.0.1:5432/bars")]
    [InlineData("questdb://10.0.0.1:9000")]
    [InlineData("kafka://10.0.0.1:9092/bars")]
    [InlineData("exchange:kucoin")]
    [InlineData("csv:inside/../../outside")]
    public async Task No_server_and_no_folder_outside_is_named_by_a_batch(string source)
    {
        var server = await servers.ConfinedAsync;
        using var answer = await server.Client.SendAsync(ApiServer.Submission(ApiServer.Batch.Replace("csv:bars", source)));
        (await answer.ProblemAsync(400)).ShouldContain("leads out of the server's data folder");
    }

    [Theory]
    [InlineData("/etc")]
    [InlineData("..")]
    public async Task A_configuration_cannot_lead_out_by_the_folder_that_its_paths_start_from(string folder)
    {
        var server = await servers.ConfinedAsync;
        var configuration = $$"""
            { "version": 1, "digest": "d", "folder": "{{folder}}", "data": { "source": "csv:bars" }, "strategies": [] }
            """;
        using var session = await server.Client.PostAsJsonAsync("/api/v1/sessions", new { configuration, feed = "csv:bars" });
        (await session.ProblemAsync(400)).ShouldContain("leads out of the server's data folder");
    }

    [Fact]
    public async Task A_link_within_the_folder_that_leads_out_of_it_is_refused()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "needs links, which Windows gives to administrators only");
        var server = await servers.ConfinedAsync;
        Directory.CreateDirectory(Path.Combine(server.Folder, "real"));
        Directory.CreateSymbolicLink(Path.Combine(server.Folder, "within"), Path.Combine(server.Folder, "real"));
        Directory.CreateSymbolicLink(Path.Combine(server.Folder, "out"), "/usr");
        using var inside = await server.Client.SendAsync(ApiServer.Submission(ApiServer.Batch.Replace("csv:bars", "csv:within")));
        inside.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        using var outside = await server.Client.SendAsync(ApiServer.Submission(ApiServer.Batch.Replace("csv:bars", "csv:out/share")));
        (await outside.ProblemAsync(400)).ShouldContain("'csv:out/share' leads out");
    }

    [Theory]
    [InlineData("csv:runs/.sign-in")]
    [InlineData("csv:runs/.sign-in/sessions")]
    [InlineData("csv:runs/.sign-in/sessions/one.csv")]
    [InlineData("csv:runs/../runs/.sign-in/sessions")]
    [InlineData("csv:alias")]
    public async Task Sessions_of_people_cannot_be_read_where_the_runs_are_in_the_data_folder(string source)
    {
        var server = await servers.ConfinedAsync;
        var sessions = Directory.CreateDirectory(Path.Combine(server.Folder, "runs/.sign-in/sessions")).FullName;
        await File.WriteAllTextAsync(Path.Combine(sessions, "one.csv"), "secret");
        var alias = Path.Combine(server.Folder, "alias");
        if (!OperatingSystem.IsWindows() && !Directory.Exists(alias)) Directory.CreateSymbolicLink(alias, sessions);
        using var answer = await server.Client.SendAsync(ApiServer.Submission(ApiServer.Batch.Replace("csv:bars", source)));
        (await answer.ProblemAsync(400)).ShouldContain("leads out of the server's data folder");
        foreach (var path in (string[])["runs/.sign-in/files/sessions/one.csv", "runs/.sign-in", "batches/.sign-in/files/sessions/one.csv"])
        {
            using var file = await server.Client.GetAsync($"/api/v1/{path}");
            file.IsSuccessStatusCode.ShouldBeFalse(path);
        }
    }

    [Fact]
    public async Task The_sample_batch_runs_on_a_confined_server_whose_data_folder_is_elsewhere_and_gets_no_file()
    {
        var data = Directory.CreateTempSubdirectory("granary-data-").FullName;
        try
        {
            await using var server = await ApiServer.StartAsync(settings: s => s with { Confined = true, DataFolder = data });
            using var answer = await server.Client.PostAsync("/api/v1/batches/quickstart", null);
            answer.StatusCode.ShouldBe(HttpStatusCode.Accepted);
            await Eventually.HoldsAsync(() => server.Host.Begun.Count == 1);
            server.Host.Specs.Single().Folder.ShouldBe(Path.Combine(server.Folder, ".samples"));
            Directory.GetFileSystemEntries(data).ShouldBeEmpty();
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }

    [Fact]
    public async Task A_folder_that_became_a_link_while_its_job_waited_is_not_read()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "needs links, which Windows gives to administrators only");
        await using var server = await ApiServer.StartAsync(settings: s => s with { Confined = true });
        var bars = Path.Combine(server.Folder, "bars");
        Directory.CreateDirectory(bars);
        var first = await server.SubmitAsync();
        var second = await server.SubmitAsync(ApiServer.Batch.Replace("orcl sma", "other"));
        await Eventually.HoldsAsync(() => server.Host.Begun.Count == 1);
        Directory.Delete(bars);
        Directory.CreateSymbolicLink(bars, "/usr/share");
        for (var step = 0; step < 3; step++) server.Host.Go();
        (await server.UntilAsync(first.Id, s => s.Ended)).Fault.ShouldBeNull();
        var ended = await server.UntilAsync(second.Id, s => s.Ended);
        ended.Fault.ShouldNotBeNull().ShouldContain("leads out of the server's data folder");
        server.Host.Begun.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("postgres")]
    [InlineData("postgres://db.local/bars")]
    [InlineData("postgres://db.local", "postgres://db.local@elsewhere/bars", "postgres://db.local.elsewhere/bars", "questdb://db.local")]
    public async Task Only_sources_that_are_allowed_are_named_besides(string allowed, params string[] refused)
    {
        await using var server = await ApiServer.StartAsync(settings: s => s with { Confined = true, AllowedSources = [allowed] });
        (await StatusAsync("postgres://db.local/bars")).ShouldBe(HttpStatusCode.Accepted);
        foreach (var source in refused) (await StatusAsync(source)).ShouldBe(HttpStatusCode.BadRequest, source);

        async Task<HttpStatusCode> StatusAsync(string source)
        {
            using var answer = await server.Client.SendAsync(ApiServer.Submission(ApiServer.Batch.Replace("csv:bars", source)));
            return answer.StatusCode;
        }
    }

    [Fact]
    public async Task A_symbol_is_no_path()
    {
        await using var server = await ApiServer.StartAsync(settings: s => s with { Confined = true }, parts: ServerParts.RealHost);
        var bars = Path.Combine(SharedData.RepositoryRoot, "tests", "Data", "synthetic", "bars", "alpha-daily.txt");
        Directory.CreateDirectory(Path.Combine(server.Folder, "bars"));
        File.Copy(bars, Path.Combine(server.Folder, "secret.txt"));
        foreach (var symbol in new[] { "../secret", "..\\\\secret", Path.Combine(server.Folder, "secret") })
        {
            var ended = await server.UntilAsync((await server.SubmitAsync(ApiServer.Batch.Replace("\"orcl\"", $"\"{symbol}\""))).Id,
                s => s.Ended);
            (ended.State, ended.Digest).ShouldBe((Granary.Contracts.Jobs.JobState.Failed, null), symbol);
        }
    }

    [Theory]
    [InlineData("""{ "kind": "track", "panel": "/etc/passwd", "index": "i", "maxStocks": 2 }""")]
    [InlineData("""{ "kind": "track", "universe": "bars", "index": "../index.csv", "maxStocks": 2 }""")]
    [InlineData("""{ "kind": "import", "files": ["../*.csv"], "store": "bars", "symbol": "A", "timeframe": "1d" }""")]
    [InlineData("""{ "kind": "import", "files": "a.csv", "store": "postgres://10.0.0.1/bars", "symbol": "A", "timeframe": "1d" }""")]
    public async Task No_job_reads_or_writes_elsewhere(string body)
    {
        var server = await servers.ConfinedAsync;
        using var answer = await server.Client.PostAsync("/api/v1/jobs",
            new StringContent(body, System.Text.Encoding.UTF8, "application/json"));
        (await answer.ProblemAsync(400)).ShouldContain("leads out of the server's data folder");
    }

    [Theory]
    [InlineData("""{ "parts": [ { "source": "csv:bars" }, { "source": "csv:/etc" } ] }""")]
    [InlineData("""{ "parts": [ { "source": "csv:etc", "folder": "/" } ] }""")]
    [InlineData("""{ "parts": [ { "source": "csv:bars", "folder": ".." } ] }""")]
    [InlineData("""{ "source": "trades:../others.csv" }""")]
    [InlineData("""{ "source": "equity:/etc/curve.csv" }""")]
    public async Task No_part_no_recorded_trades_and_no_curve_of_a_batch_lies_elsewhere(string data)
    {
        var server = await servers.ConfinedAsync;
        using var answer = await server.Client.SendAsync(ApiServer.Submission($$"""{ "name": "parts", "data": {{data}} }"""));
        (await answer.ProblemAsync(400)).ShouldContain("leads out of the server's data folder");
    }

    [Theory]
    [InlineData("/api/v1/deployments")]
    [InlineData("/api/v1/sessions")]
    public async Task The_folder_of_a_configuration_is_no_way_out(string path)
    {
        var server = await servers.ConfinedAsync;
        const string Configuration = """
            { "version": 1, "digest": "d", "folder": "/", "data": { "source": "csv:etc" }, "strategies": [] }
            """;
        using var answer = await server.Client.PostAsync(path, new StringContent(
            System.Text.Json.JsonSerializer.Serialize(new { configuration = Configuration, feed = "csv:bars" })
                .Replace(path.EndsWith("sessions", StringComparison.Ordinal) ? "no such text" : ",\"feed\":\"csv:bars\"", ""),
            System.Text.Encoding.UTF8, "application/json"));
        (await answer.ProblemAsync(400)).ShouldContain("leads out of the server's data folder");
    }

    [Fact]
    public async Task A_grid_of_more_strategies_than_a_server_runs_is_refused_at_once()
    {
        var server = await servers.PlainAsync;
        var many = string.Join(',', Enumerable.Range(2, 1500));
        using var answer = await server.Client.SendAsync(ApiServer.Submission(
            ApiServer.Batch.Replace("\"fast\": 10, \"slow\": 30", $"\"fast\": [{many}], \"slow\": [{many}]")));
        (await answer.ProblemAsync(400)).ShouldContain("2,250,000 strategies or more, and above 1,000,000 a server does not run them");
    }
}
