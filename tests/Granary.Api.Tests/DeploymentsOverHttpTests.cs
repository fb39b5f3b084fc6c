using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Granary.Cluster.Client;
using Granary.Contracts.Deployments;
using Granary.Contracts.Sessions;
using Granary.Testing;
using Granary.Trading.Live;

namespace Granary.Api.Tests;

/// <summary>Deployments over HTTP: the same store as <c>granary deployments</c>.</summary>
public sealed class DeploymentsOverHttpTests(SessionsOverHttpTests.Configuration made)
    : IClassFixture<SessionsOverHttpTests.Configuration>
{
    private const string Path = "/api/v1/deployments";

    private async Task<ApiServer> ServerAsync(Func<ApiSettings, ApiSettings>? settings = null)
    {
        var store = Directory.CreateTempSubdirectory("granary-deployments-").FullName;
        return await ApiServer.StartAsync(folder: made.Folder, parts: ServerParts.Sessions | ServerParts.RealHost,
            settings: s => (settings?.Invoke(s) ?? s) with { Deployments = store });
    }

    private static async Task<DeploymentDetails> AddAsync(ApiServer server, object body)
    {
        using var answer = await server.Client.PostAsJsonAsync(Path, body);
        answer.StatusCode.ShouldBe(HttpStatusCode.Created, await answer.Content.ReadAsStringAsync());
        var added = await answer.ReadAsync<DeploymentDetails>();
        answer.Headers.Location!.ToString().ShouldBe($"{Path}/{added.Deployment.Number}");
        return added;
    }

    private string Text => File.ReadAllText(made.Production);

    [Fact]
    public async Task A_run_becomes_a_deployment_once_and_is_shown_with_its_backtest_and_its_bytes()
    {
        await using var server = await ServerAsync();
        var added = await AddAsync(server, new { run = "run", why = "first" });
        (added.Deployment.Number, added.Deployment.Why, added.Deployment.Who,
            added.Deployment.Strategies).ShouldBe((1, "first", "local", 4));
        added.Deployment.Backtest.Run.ShouldBe("run");
        added.Deployment.Backtest.Statistics.ContainsKey("sharpe").ShouldBeTrue();
        (await (await server.Client.PostAsJsonAsync(Path, new { run = "run" })).ProblemAsync(409)).ShouldContain("deployment 1 is this");
        (await server.Client.GetStringAsync($"{Path}/1/configuration")).ShouldBe(Text);
        // Its digest names the run that justifies it.
        (await AddAsync(server, new { configuration = Text + "\n" })).Deployment.Backtest.Run.ShouldBe("run");

        using var first = await server.Client.GetAsync(Path + "?limit=1");
        var page = await first.ReadAsync<DeploymentPage>();
        (page.Items.Single().Number, page.Next).ShouldBe((2, "2"));
        first.Headers.GetValues("Link").Single().ShouldBe($"<{Path}?limit=1&cursor=2>; rel=\"next\"");
        var rest = (await server.Client.GetFromJsonAsync<DeploymentPage>(Path + "?cursor=2", Contracts.Jobs.JobJson.Options))!;
        (rest.Items.Single().Number, rest.Next).ShouldBe((1, null));
        (await (await server.Client.GetAsync(Path + "?cursor=x")).ProblemAsync(400)).ShouldContain("cursor=x is in no list here");
    }

    [Fact]
    public async Task What_cannot_be_deployed_is_refused_with_the_reason()
    {
        await using var server = await ServerAsync();
        foreach (var (body, sentence) in ((string, string)[])
        [
            ("{}", "send 'run'"), ("""{ "run": "no-such" }""", "there is no run no-such here"),
            ("""{ "configuration": "{}" }""", "not a production configuration"),
        ])
        {
            using var answer = await server.Client.PostAsync(Path, new StringContent(body, System.Text.Encoding.UTF8, "application/json"));
            (await answer.ProblemAsync(400)).ShouldContain(sentence, customMessage: body);
        }
    }

    [Fact]
    public async Task A_confined_server_takes_no_configuration_that_names_what_lies_outside()
    {
        await using var server = await ServerAsync(s => s with { Confined = true });
        using var answer = await server.Client.PostAsJsonAsync(Path, new { configuration = Text });
        (await answer.ProblemAsync(400)).ShouldContain("leads out of the server's data folder");
    }

    [Fact]
    public async Task Entries_of_a_pair_are_disabled_with_who_and_why_and_enabled_again()
    {
        await using var server = await ServerAsync();
        await AddAsync(server, new { run = "run" });
        using var disabled = await server.Client.PatchAsJsonAsync(Path + "/1",
            new { enabled = false, symbol = "GLIMUSDT", why = "spread" });
        var shown = await disabled.ReadAsync<DeploymentDetails>();
        shown.Deployment.Disabled.ShouldBe(2);
        shown.Strategies.Where(s => !s.Enabled).ShouldAllBe(s => s.Symbols.Single() == "GLIMUSDT" && s.Change!.Why == "spread");
        var one = shown.Strategies.First(s => !s.Enabled).Id;
        await server.Client.PatchAsJsonAsync(Path + "/1", new { enabled = true, strategy = one });
        var after = (await server.Client.GetFromJsonAsync<DeploymentDetails>(Path + "/1", Contracts.Jobs.JobJson.Options))!;
        after.Strategies.Single(s => s.Id == one).Enabled.ShouldBeTrue();
        after.History.Select(e => e.Action.ToString()).ShouldBe(["Added", "Disabled", "Enabled"]);
        foreach (var (body, sentence) in new (object, string)[]
        {
            (new { enabled = false, symbol = "GLIMUSD" }, "did you mean GLIMUSDT?"), (new { enabled = false }, "'symbol' in place of"),
            (new { symbol = "GLIMUSDT" }, "\"enabled\": false"),
        })
            (await (await server.Client.PatchAsJsonAsync(Path + "/1", body)).ProblemAsync(400)).ShouldContain(sentence);
        (await (await server.Client.GetAsync(Path + "/7")).ProblemAsync(404)).ShouldContain("there is no deployment 7");
    }

    [Fact]
    public async Task An_account_is_handed_over_after_a_dry_run_and_compared_with_what_was_promised()
    {
        await using var server = await ServerAsync();
        await AddAsync(server, new { run = "run" });
        await AddAsync(server, new { configuration = Text + "\n" });
        using var client = new GranaryClient(server.Address.ToString(), null, Eventually.Longest);
        (await server.Client.GetFromJsonAsync<JsonElement>(Path + "/1/report")).GetArrayLength().ShouldBe(0);
        await client.StartSessionAsync(made.Start("handed") with { Deployment = 1 });
        await Eventually.HoldsAsync(async () => (await client.SessionAsync("handed")).Phase == SessionPhase.Done);

        var report = (await server.Client.GetFromJsonAsync<List<DeploymentComparison>>(Path + "/1/report",
            Contracts.Jobs.JobJson.Options))!.ShouldHaveSingleItem();
        (report.Account, report.Days.Count > 5).ShouldBe(("handed", true));
        // The account's equity is that of the session's own file, at the last bar of each day. On paper it is the portfolio's.
        var marks = File.ReadLines(System.IO.Path.Combine(server.Folder, report.Run, "account_equity.csv")).Skip(1)
            .Select(l => l.Split(',')).ToLookup(f => f[0][..10], f => double.Parse(f[1], CultureInfo.InvariantCulture));
        foreach (var day in report.Days)
        {
            day.Account.ShouldBe(marks[day.Day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)].Last());
            day.Account!.Value.ShouldBe(day.Live, 0.005, $"{day.Day}");
        }
        await ComparesDaysAsync(server, report.Days);
        foreach (var (dryRun, done) in new[] { (true, false), (false, false), (false, true) })
        {
            using var answer = await server.Client.PostAsJsonAsync(Path + "/2/switch", new { account = "handed", dryRun, why = "same" });
            answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
            var outcome = await answer.ReadAsync<SwitchOutcome>();
            (outcome.To, outcome.Policy, outcome.DryRun, outcome.AlreadyDone).ShouldBe((2, "keep", dryRun, done));
            outcome.Trades.ShouldAllBe(t => t.Handling == "kept");
        }
        (await server.Client.GetFromJsonAsync<DeploymentDetails>(Path + "/2", Contracts.Jobs.JobJson.Options))!.History
            .Select(e => e.Action.ToString()).ShouldBe(["Added", "Switched"]);
        (await (await server.Client.PostAsJsonAsync(Path + "/2/switch", new { account = "handed", policy = "flat" })).ProblemAsync(400))
            .ShouldContain("use keep, wind-down, close");
        foreach (var dryRun in (bool[])[true, false])
            (await (await server.Client.PostAsJsonAsync(Path + "/2/switch", new { account = "../../outside", dryRun })).ProblemAsync(400))
                .ShouldContain("use letters, digits");
        await (await server.Client.PostAsJsonAsync(Path + "/2/switch", new { account = "unknown", dryRun = true })).ProblemAsync(400);
        (await (await server.Client.PostAsJsonAsync(Path + "/2/switch", new { account = "unknown" })).ProblemAsync(400))
            .ShouldContain("has no session yet");
    }

    // A job compares each day, and its repetition changes no record.
    private static async Task ComparesDaysAsync(ApiServer server, IReadOnlyList<DeploymentDay> days)
    {
        (await server.Client.GetFromJsonAsync<JsonElement>(Path + "/1/parity")).GetArrayLength().ShouldBe(0);
        await FailsAtALaterDayAsync(server);
        List<string> texts = [];
        for (var i = 0; i < 2; i++)
        {
            var job = await EndedAsync(server, new { kind = "parity", account = "handed", now = i == 1 });
            (job.State, job.Fault).ShouldBe((Contracts.Jobs.JobState.Done, null));
            texts.Add(await server.Client.GetStringAsync(Path + "/1/parity"));
        }
        texts[1].ShouldBe(texts[0]);
        var records = JsonSerializer.Deserialize<List<ParityRecord>>(texts[0], Contracts.Jobs.JobJson.Options)!;
        records.Select(r => r.Day).ShouldBe(days.Select(d => d.Day));
        // On paper the account is its portfolio, and the final bars are those of the feed.
        records.ShouldAllBe(r => r.Total == 0 && r.Outside.Count == 0 && r.Deployment == 1 && r.Account == "handed");
        foreach (var (record, day) in records.Zip(days)) record.AccountEquity.ShouldBe(day.Account!.Value, 1e-6);
        foreach (var (body, sentence) in new (object, string)[]
        {
            (new { kind = "parity", account = "handed", day = "2024-13-01" }, "write it as 2024-01-31"),
            (new { kind = "parity", account = "../outside" }, "use letters, digits"),
            (new { kind = "parity", account = "handed", day = "2024-01-05", now = true }, "give one of them"),
            (new { kind = "parity", account = "handed", day = "2024-01-05", from = "2024-01-04" }, "give one of them"),
            (new { kind = "parity", account = "handed", from = "soon" }, "write it as 2024-01-31"),
            (new { kind = "parity", account = "handed", totalPercent = 0 }, "out of range"),
        })
            (await (await server.Client.PostAsJsonAsync("/api/v1/jobs", body)).ProblemAsync(400)).ShouldContain(sentence);
        foreach (var (body, sentence) in new (object, string)[]
        {
            (new { kind = "parity", account = "other" }, "there is no session of the account 'other'"),
            (new { kind = "parity", account = "handed", day = "1999-01-04" }, "has no bars on 1999-01-04"),
        })
        {
            var job = await EndedAsync(server, body);
            job.State.ShouldBe(Contracts.Jobs.JobState.Failed);
            job.Fault!.ShouldContain(sentence);
        }
    }

    // The source has four days yet: the job fails at the fifth, and its result has the four for the notifications.
    private static async Task FailsAtALaterDayAsync(ApiServer server)
    {
        var source = Directory.CreateTempSubdirectory("granary-parity-").FullName;
        foreach (var file in Directory.EnumerateFiles(SessionsOverHttpTests.Configuration.Bars))
            await File.WriteAllLinesAsync(System.IO.Path.Combine(source, System.IO.Path.GetFileName(file)),
                File.ReadLines(file).Where(l => !char.IsAsciiDigit(l[0]) || string.CompareOrdinal(l, "2022-01-05") < 0));
        var job = await EndedAsync(server, new { kind = "parity", account = "handed", bars = "csv:" + source });
        job.State.ShouldBe(Contracts.Jobs.JobState.Failed);
        job.Fault!.ShouldContain("are not final for 2022-01-05");
        var result = JsonSerializer.Deserialize<JsonElement>(
            await File.ReadAllTextAsync(System.IO.Path.Combine(server.Folder, job.Id, "result.json")));
        var kept = await server.Client.GetFromJsonAsync<JsonElement>(Path + "/1/parity");
        foreach (var days in new[] { result.GetProperty("days"), kept })
            days.EnumerateArray().Select(d => d.GetProperty("day").GetString()).Order(StringComparer.Ordinal)
                .ShouldBe(["2022-01-01", "2022-01-02", "2022-01-03", "2022-01-04"]);
        Directory.Delete(source, recursive: true);
    }

    private static async Task<Contracts.Jobs.JobStatus> EndedAsync(ApiServer server, object body)
    {
        using var answer = await server.Client.PostAsJsonAsync("/api/v1/jobs", body);
        answer.StatusCode.ShouldBe(HttpStatusCode.Accepted, await answer.Content.ReadAsStringAsync());
        var id = (await answer.ReadAsync<Contracts.Jobs.JobStatus>()).Id;
        return await Eventually.IsAsync(async () =>
        {
            using var status = await server.Client.GetAsync($"/api/v1/jobs/{id}");
            return await status.ReadAsync<Contracts.Jobs.JobStatus>();
        }, s => s.Ended);
    }
}
