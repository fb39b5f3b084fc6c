using System.Text;
using Granary.Contracts.Jobs;
using Granary.Engine;
using Granary.Engine.Market;
using Granary.Server.Access;
using Granary.Server.Audit;
using Granary.Server.Budgets;
using Granary.Server.JobKinds;
using Granary.Server.Jobs;
using Granary.Simulation.Passes;
using Granary.Simulation.Validation;
using Granary.Testing;

namespace Granary.Server.Tests.Budgets;

/// <summary>Jobs of callers with a budget of trials and a holdout.</summary>
public sealed class BudgetedJobsTests : IAsyncLifetime
{
    private readonly HeldOutBars _bars = new();
    private readonly LocalJobs _jobs;
    private readonly AuditLog _audit;
    private readonly TrialLedger _ledger;
    private readonly BudgetedJobs _research;

    public BudgetedJobsTests()
    {
        var kinds = KnownJobs.Of(TestCatalogues.All, _bars.Runs);
        _ledger = new TrialLedger(Path.Combine(_bars.Root, "ledger"));
        _audit = new AuditLog(Path.Combine(_bars.Runs, AuditLog.FileName), TimeProvider.System);
        _jobs = new LocalJobs(_bars.Runs, new HostedRunner(new EmbeddedHost(2), TimeProvider.System, 2, _bars.Runs, _ledger), kinds,
            TimeProvider.System);
        _research = new BudgetedJobs(_jobs, kinds, new JobAdmission(_jobs, kinds, new CodeRight(TestCatalogues.All), null),
            TestCatalogues.All, new TrialAccounts(Path.Combine(_bars.Runs, TrialAccounts.FolderName)),
            _audit, _bars.Data);
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _jobs.DisposeAsync();
        _bars.Dispose();
    }

    private static Caller Assistant(int? trials = 100, DateTimeOffset? holdout = null) => new("assistant", Role.Submitter)
    {
        Limits = new TrialLimits(trials, holdout ?? HeldOutBars.Holdout),
    };

    private static string Batch(string data = """ "source": "csv:daily", "symbols": ["ACME"], "timeframe": "1d" """, string more = "",
        string fast = "[5, 8]", string strategy = "") => $$"""
        { "name": "tried", "data": { {{data}} },
          "strategies": [ { "class": "SmaCross", "params": { "fast": {{fast}}, "slow": 20 }, "size": { "units": 1 } } {{strategy}} ],
          "outputs": "all" {{more}} }
        """;

    private Task<JobReceipt> SubmitAsync(Caller caller, string text, string kind = "backtest", string? key = null) =>
        _research.SubmitAsync(caller, kind, Encoding.UTF8.GetBytes(text), "batch.json", key);

    private async Task<JobStatus> RunAsync(Caller caller, string text, string kind = "backtest")
    {
        var receipt = await SubmitAsync(caller, text, kind);
        return await Eventually.IsAsync(async () => (await _jobs.FindAsync(receipt.Job.Id))!, s => s.Ended);
    }

    // The status is written again after the end.
    private IEnumerable<string> FilesOf(string id) =>
        Directory.EnumerateFiles(Path.Combine(_bars.Runs, id), "*", SearchOption.AllDirectories)
            .Where(f => !f.EndsWith(".tmp", StringComparison.Ordinal));

    [Fact]
    public async Task No_file_of_a_limited_callers_run_has_anything_of_later_bars()
    {
        var status = await RunAsync(Assistant(), Batch(more: ", \"benchmark\": \"BETA\""));
        status.State.ShouldBe(JobState.Done, status.Fault);
        foreach (var file in FilesOf(status.Id)) HeldOutBars.Leaks(await File.ReadAllTextAsync(file)).ShouldBeFalse(file);
        var manifest = await File.ReadAllTextAsync(Path.Combine(_bars.Runs, status.Id, "manifest.json"));
        manifest.ShouldContain("\"last\": \"2023-12-31");
        manifest.ShouldContain("\"bars\": 730");
        manifest.ShouldContain("holdout");

        // The same bars in a source that ends there give the same results.
        Directory.CreateDirectory(Path.Combine(_bars.Data, "ended"));
        foreach (var symbol in (string[])["ACME", "BETA"])
            File.WriteAllLines(Path.Combine(_bars.Data, "ended", symbol + ".csv"),
                File.ReadLines(Path.Combine(_bars.Data, "daily", symbol + ".csv")).Take(731));
        var ended = await RunAsync(new Caller("person", Role.Admin), Batch(""" "source": "csv:ended", "symbols": ["ACME"], "timeframe": "1d" """,
            ", \"benchmark\": \"BETA\""));
        status.Digest.ShouldBe(ended.Digest);
        var uncut = await RunAsync(new Caller("person", Role.Admin), Batch(more: ", \"benchmark\": \"BETA\""));
        uncut.Digest.ShouldNotBe(status.Digest);
        FilesOf(uncut.Id).Any(f => HeldOutBars.Leaks(File.ReadAllText(f))).ShouldBeTrue("the bars of this test would show");
    }

    [Theory]
    [InlineData("\"source\": \"csv:hourly\", \"symbols\": [\"ACME\"], \"timeframe\": \"1h\"", "\"1d\"")]
    [InlineData("\"source\": \"csv:weekly\", \"symbols\": [\"ACME\"], \"timeframe\": \"1w\"", "\"1w\"")]
    [InlineData("\"source\": \"csv:hourly\", \"symbols\": [\"ACME\"], \"timeframe\": \"1h\", \"holdout\": \"2024-06-01\"", "\"4h\"")]
    [InlineData("\"source\": \"csv:daily\", \"symbols\": [\"ACME\"], \"timeframe\": \"1d\", \"from\": \"2023-06-01\", \"to\": \"2024-12-01\"",
        "\"1d\"")]
    public async Task A_longer_bar_that_lies_across_the_holdout_is_not_read(string data, string timeframe)
    {
        var status = await RunAsync(Assistant(), Batch(data).Replace("\"size\"", $"\"timeframe\": {timeframe}, \"size\"",
            StringComparison.Ordinal));
        status.State.ShouldBe(JobState.Done, status.Fault);
        foreach (var file in FilesOf(status.Id)) HeldOutBars.Leaks(await File.ReadAllTextAsync(file)).ShouldBeFalse(file);
    }

    [Fact]
    public async Task Each_distinct_combination_is_charged_once_to_the_caller_and_to_the_ledger_of_its_bars()
    {
        var caller = Assistant(6);
        (await RunAsync(caller, Batch())).State.ShouldBe(JobState.Done);
        _research.Standing(caller).Used.ShouldBe(2);
        var dataSet = Path.GetFileNameWithoutExtension(Directory.GetFiles(_ledger.Folder, "*.trials").Single());
        _ledger.Count(dataSet).ShouldBe(2);
        await RunAsync(caller, Batch(more: ", \"seed\": 7"));
        _research.Standing(caller).Used.ShouldBe(3, "the same combinations in another configuration");
        await RunAsync(caller, Batch(more: ", \"seed\": 7").Replace("tried", "named otherwise", StringComparison.Ordinal));
        _research.Standing(caller).Used.ShouldBe(3, "the same configuration");
        await RunAsync(caller, Batch(fast: "[8, 9, 10]"));
        _research.Standing(caller).Used.ShouldBe(5);
        _ledger.Count(dataSet).ShouldBe(4);

        var refused = await Should.ThrowAsync<OutsideLimitsException>(() => SubmitAsync(caller, Batch(fast: "[11, 12]")));
        refused.Message.ShouldContain("6 trials 5 are used and 1 remain");
        _audit.Newest(long.MaxValue, 1).Single().ShouldSatisfyAllConditions(
            e => e.Who.ShouldBe("assistant"), e => e.What.ShouldBe("refuseResearch"));
        (await RunAsync(caller, Batch(fast: "11"))).State.ShouldBe(JobState.Done);
        var standing = _research.Standing(caller, 2);
        (standing.Used, standing.Allowed, standing.Remaining, standing.Holdout).ShouldBe((6, 6, 0, HeldOutBars.Holdout));
        standing.Sentence.ShouldContain("6 of 6 trials are used");
        (await _research.ListAsync(caller, new JobQuery(10))).Items.Count.ShouldBe(5, "reading is not refused");
    }

    [Fact]
    public async Task Submissions_at_the_same_time_do_not_overspend()
    {
        var caller = Assistant(7);
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => Task.Run(async () =>
        {
            try
            {
                await SubmitAsync(caller, Batch(fast: $"[{3 + 2 * i}, {4 + 2 * i}]"));
                return true;
            }
            catch (OutsideLimitsException)
            {
                return false;
            }
        })));
        outcomes.Count(o => o).ShouldBe(3);
        _research.Standing(caller).Used.ShouldBe(6);
    }

    [Fact]
    public async Task Searches_studies_and_experiments_are_charged_before_they_run()
    {
        var caller = Assistant(1000);
        var search = Batch(strategy: "").Replace("\"params\": { \"fast\": [5, 8], \"slow\": 20 }",
            "\"search\": { \"method\": \"random\", \"trials\": 12, \"objective\": \"sharpe\", "
            + "\"space\": { \"fast\": { \"from\": 2, \"to\": 15 }, \"slow\": { \"from\": 20, \"to\": 60 } } }", StringComparison.Ordinal);
        (await RunAsync(caller, $$"""{ "kind": "optimise", "batch": {{search}} }""", "optimise")).State.ShouldBe(JobState.Done);
        _research.Standing(caller).Used.ShouldBe(12);
        _ledger.Count(Path.GetFileNameWithoutExtension(Directory.GetFiles(_ledger.Folder, "*.trials").Single()))
            .ShouldBeLessThanOrEqualTo(12);
        const string study = """
            { "kind": "study", "data": { "source": "csv:daily", "symbols": "*", "timeframe": "1d" },
              "factors": ["return(5)", "rsi(14)"], "horizons": [1], "quantiles": 2 }
            """;
        var studied = await RunAsync(caller, study, "study");
        studied.State.ShouldBe(JobState.Done, studied.Fault);
        _research.Standing(caller).Used.ShouldBe(14);
        await Should.ThrowAsync<OutsideLimitsException>(() => SubmitAsync(Assistant(14), study.Replace("rsi(14)", "rsi(15)",
            StringComparison.Ordinal), "study"));
        var experiment = Batch(more: """
            , "learning": { "trainer": "logistic", "features": ["return(1)", "rsi(14)"], "label": "direction",
              "walkForward": { "train": 200, "test": 100 }, "experiment": { "trainers": ["logistic", "random-forest"] } }
            """);
        await SubmitAsync(caller, $$"""{ "kind": "experiment", "batch": {{experiment}} }""", "experiment");
        _research.Standing(caller).Used.ShouldBe(18, "two strategies, two trainers");
        await SubmitAsync(caller, $$"""{ "kind": "walkforward", "batch": {{Batch(fast: "[21, 22]").Replace("\"slow\": 20", "\"slow\": 40",
            StringComparison.Ordinal)}} }""", "walkforward");
        _research.Standing(caller).Used.ShouldBe(20);
    }

    [Fact]
    public async Task A_caller_sees_its_own_jobs_and_no_others()
    {
        var own = await RunAsync(Assistant(), Batch());
        var others = await RunAsync(new Caller("person", Role.Admin), Batch());
        // An earlier key of the same name without limits.
        var before = await RunAsync(new Caller("assistant", Role.Submitter), Batch());
        _research.MaySee(Assistant(), own.Id).ShouldBeTrue();
        foreach (var hidden in (string[])[others.Id, before.Id, "none", "", "../" + own.Id, own.Id + "/.."])
            _research.MaySee(Assistant(), hidden).ShouldBeFalse(hidden);
        (await _research.ListAsync(Assistant(), new JobQuery(10))).Items.Select(j => j.Id).ShouldBe([own.Id]);
        _research.MaySee(Assistant(holdout: HeldOutBars.Holdout.AddDays(-30)), own.Id)
            .ShouldBeFalse("it has bars after a holdout that was moved back");
        _research.MaySee(new Caller("person", Role.Viewer), own.Id).ShouldBeTrue();
    }

    [Fact]
    public async Task Bars_that_are_read_directly_end_at_the_holdout()
    {
        var markets = _research.Markets(Assistant());
        var (bars, _, last) = await markets.SpanAsync("csv:daily", new BarQuery("ACME", Timeframe.D1));
        (bars, new DateTime(last)).ShouldBe((730, new DateTime(2023, 12, 31)));
        (await markets.SpanAsync("csv:weekly", new BarQuery("ACME", Timeframe.W1))).Last.ShouldBe(new DateTime(2023, 12, 25).Ticks);
        (await markets.SpanAsync("csv:hourly", new BarQuery("ACME", Timeframe.H1, To: new DateTime(2024, 3, 1).Ticks))).Last
            .ShouldBe(new DateTime(2023, 12, 31, 23, 0, 0).Ticks);
        (await markets.BarsAsync("csv:daily", new BarQuery("ACME", Timeframe.D1), 3)).ShouldAllBe(b => b.Close < 200);
        foreach (var (source, symbol, timeframe) in new[]
        {
            ("csv:weekly", "ACME", Timeframe.D1), ("csv:daily", "ACME", Timeframe.H1), ("csv:../", "secret", Timeframe.D1),
            ("csv:outside/elsewhere", "ACME", Timeframe.D1), ("csv:/etc", "passwd", Timeframe.D1),
            ("binance:spot", "BTCUSDT", Timeframe.D1),
        })
        {
            var fault = await Should.ThrowAsync<Exception>(() => markets.SpanAsync(source, new BarQuery(symbol, timeframe)));
            (fault is InputException or BarDataException).ShouldBeTrue(fault.ToString());
            HeldOutBars.Leaks(fault.ToString()).ShouldBeFalse();
        }
        var after = await Should.ThrowAsync<BarDataException>(() => markets.BarsAsync("csv:daily",
            new BarQuery("ACME", Timeframe.D1, new DateTime(2024, 1, 1).Ticks), 10));
        HeldOutBars.Leaks(after.ToString()).ShouldBeFalse();
    }

    [Fact]
    public async Task A_fault_in_a_later_row_says_nothing_of_it()
    {
        var path = Path.Combine(_bars.Data, "daily", "ACME.csv");
        var lines = File.ReadAllLines(path);
        lines[900] = "2024-06-18 00:00:00,76543,1,2,3,4";
        File.WriteAllLines(path, lines);
        var job = await Should.ThrowAsync<Exception>(() => RunAsync(Assistant(), Batch()));
        HeldOutBars.Leaks(job.ToString()).ShouldBeFalse(job.ToString());
        job.Message.ShouldContain("granary data check");
        (await Should.ThrowAsync<Exception>(() => RunAsync(new Caller("person", Role.Admin), Batch())
            .ContinueWith(t => t.Result.Fault is { } fault ? throw new InputException(fault) : 0))).ToString()
            .ShouldContain("line 901", customMessage: "a caller without a holdout sees the place");
    }

    [Fact]
    public async Task A_person_judges_a_run_once_on_the_bars_that_were_held_out()
    {
        var own = await RunAsync(Assistant(), Batch(fast: "5", more: ", \"portfolio\": { \"weights\": \"equal\" }"));
        var person = new Caller("person", Role.Submitter);
        var refused = await Should.ThrowAsync<OutsideLimitsException>(() =>
            SubmitAsync(Assistant(), $$"""{ "kind": "judge", "run": "{{own.Id}}" }""", "judge"));
        refused.Message.ShouldContain("not for callers with limits");
        var first = await RunAsync(person, $$"""{ "kind": "judge", "run": "{{own.Id}}", "why": "the best" }""", "judge");
        first.State.ShouldBe(JobState.Done, first.Fault);
        var judged = System.Text.Json.JsonSerializer.Deserialize<Granary.Contracts.Runs.HoldoutJudgement>(
            await File.ReadAllBytesAsync(Path.Combine(_bars.Runs, first.Id, "result.json")), JobJson.Options)!;
        (judged.Run, judged.Number, judged.Why, judged.Holdout).ShouldBe((own.Id, 1, "the best", HeldOutBars.Holdout));
        (judged.After, judged.Sentence).ShouldNotBe((null, null));
        _research.MaySee(Assistant(), first.Id).ShouldBeFalse();
        FilesOf(first.Id).Any(f => HeldOutBars.Leaks(File.ReadAllText(f))).ShouldBeTrue("it has read the held out bars");

        // The same strategy on the later bars alone, with the bars before as warm-up, as a batch of a person.
        var direct = await RunAsync(new Caller("person", Role.Admin), Batch(
            "\"source\": \"csv:daily\", \"symbols\": [\"ACME\"], \"timeframe\": \"1d\", \"from\": \"2024-01-01\"", fast: "5",
            more: ", \"portfolio\": { \"weights\": \"equal\" }"));
        var summary = new Granary.Simulation.RunFolders.RunLibrary(_bars.Runs).Find(direct.Id)!;
        (judged.After!.TotalReturn, judged.After.Sharpe, judged.After.MaxDrawdown)
            .ShouldBe((summary.TotalReturn, summary.Sharpe, summary.MaxDrawdown));

        var second = await RunAsync(person, $$"""{ "kind": "judge", "run": "{{own.Id}}" }""", "judge");
        (second.State, second.WrongInput).ShouldBe((JobState.Failed, true));
        second.Fault!.ShouldContain("judged this research already");
        second.Fault!.ShouldContain(judged.Sentence!);
        var other = await RunAsync(Assistant(), Batch(fast: "7", more: ", \"portfolio\": { \"weights\": \"equal\" }"));
        (await RunAsync(person, $$"""{ "kind": "judge", "run": "{{other.Id}}" }""", "judge")).State.ShouldBe(JobState.Failed,
            "another run of the same research on the same holdout");
        var again = await RunAsync(person, $$"""{ "kind": "judge", "run": "{{other.Id}}", "again": true }""", "judge");
        again.State.ShouldBe(JobState.Done, again.Fault);
        (await File.ReadAllTextAsync(Path.Combine(_bars.Runs, again.Id, "result.json"))).ShouldContain("judgement 2 on these bars");
        var seen = await RunAsync(person, Batch(more: ", \"portfolio\": { \"weights\": \"equal\" }"));
        (await Should.ThrowAsync<InputException>(() => SubmitAsync(person, $$"""{ "kind": "judge", "run": "{{seen.Id}}" }""", "judge")))
            .Message.ShouldContain("has no data.holdout");
        var kind = new JudgeKind(_bars.Runs);
        var runs = new Granary.Simulation.RunFolders.RunLibrary(_bars.Runs);
        kind.RefusalOf("run", runs.Find(own.Id)!, [], null!).ShouldBeNull();
        kind.RefusalOf("run", runs.Find(seen.Id)!, [], null!)!.ShouldContain("has no data.holdout");
    }
}
