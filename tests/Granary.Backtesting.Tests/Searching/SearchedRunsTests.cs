using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Granary.Backtesting.Runs;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;
using Granary.Simulation.RunFolders;
using Granary.Simulation.Validation;
using Granary.Testing;

namespace Granary.Backtesting.Tests.Searching;

/// <summary>Runs whose trials a search proposes round by round.</summary>
public sealed class SearchedRunsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-searched-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    // Two searches, one of them over two markets and timeframes, beside a strategy without one.
    private static string Batch(string method, string more = "") => $$"""
        { "name": "searched",
          "data": { "source": "csv:{{Path.Combine(SharedData.RepositoryRoot, "samples", "data", "1h")}}",
            "symbols": ["ACME", "COINUSDT", "DUNE"], "timeframe": "1h", "from": "2022-06-01", "to": "2022-11-01" },
          "strategies": [
            { "class": "SmaCross", "symbols": ["ACME", "DUNE"], "size": { "percentOfEquity": 60 },
              "search": { "method": "{{method}}", "trials": 24, "objective": ["sharpe", "maxDrawdown"], "minTrades": 5,
                "space": { "fast": [3, 20], "slow": { "from": 10, "to": 120, "log": true }, "stopLossPercent": [0.5, 4] },
                "conditions": ["slow > 2 * fast"] } },
            { "class": "RsiReversion", "params": { "period": 14 }, "size": { "percentOfEquity": 40 },
              "search": { "method": "{{method}}", "trials": 20, "objective": "totalReturn",
                "space": { "low": { "from": 10, "to": 40, "step": 2.5 }, "high": [55, 90], "symbol": ["ACME", "COINUSDT"],
                  "timeframe": ["1h", "4h"], "sides": ["long", "both"], "exitOnSignal": [true, false] } } },
            { "class": "SmaCross", "params": { "fast": 4, "slow": 30 }, "symbols": "DUNE", "size": { "percentOfEquity": 30 } } ],
          "execution": { "commissionPercent": 0.02 }{{more}} }
        """;

    private sealed class StillClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    }

    private async Task<BatchRun> RunAsync(string batch, string folder, IBatchHost host, bool resume = false, TrialLedger? ledger = null,
        CancellationToken cancellationToken = default)
    {
        var spec = new BatchReader(TestCatalogues.All).Read("searched.json", Encoding.UTF8.GetBytes(batch), _folder);
        return await new BatchRunner(host, new StillClock(), ledger: ledger).RunAsync(spec,
            new BatchOptions { Out = folder, Resume = resume, Threads = 2, Optimises = true }, null, cancellationToken);
    }

    /// <summary>Crashes in one of the passes: after so many stored outcomes.</summary>
    private sealed class CrashingHost(IBatchHost inner, int pass, int after) : IBatchHost
    {
        private int _pass;

        public string Description => inner.Description;

        public bool CanRepeat => true;

        public bool HasCrashed { get; private set; }

        public IBatchHost ForValidation(long evaluations, int threads) => inner;

        public Task RunAsync(StrategyPass ordered, CancellationToken cancellationToken)
        {
            if (Interlocked.Increment(ref _pass) != pass) return inner.RunAsync(ordered, cancellationToken);
            var finished = ordered.Finished;
            return inner.RunAsync(ordered with
            {
                Finished = outcomes =>
                {
                    finished([.. outcomes.Take(after)]);
                    HasCrashed = true;
                    throw new EventStoreException(new IOException("the crash that the test makes"));
                },
            }, cancellationToken);
        }
    }

    [Theory]
    [InlineData("tpe")]
    [InlineData("halving")]
    public async Task The_files_of_a_search_do_not_depend_on_threads_and_blocks(string method)
    {
        var batch = Batch(method);
        await RunAsync(batch, Path.Combine(_folder, "one", "run"), new EmbeddedHost(1));
        foreach (var (threads, block) in (((int, int)[])[(3, 97), (2, 1024)]).Take(TestEffort.Of(1, 2)))
        {
            var folder = Path.Combine(_folder, $"threads{threads}", "run");
            await RunAsync(batch, folder, new EmbeddedHost(threads, block));
            File.ReadAllText(Path.Combine(folder, "trials.csv"))
                .ShouldBe(File.ReadAllText(Path.Combine(_folder, "one", "run", "trials.csv")));
            RunManifest.Read(folder).Digest.ShouldBe(RunManifest.Read(Path.Combine(_folder, "one", "run")).Digest);
        }
    }

    [Theory]
    [InlineData("tpe")]
    [InlineData("halving")]
    public async Task A_search_that_was_killed_ends_with_the_same_trials(string method)
    {
        var (seed, crashes) = (1, TestEffort.Of(6, 60));
        var random = new Random(seed);
        var (batch, whole, crashed) = (Batch(method), Path.Combine(_folder, "whole", "run"), 0);
        await RunAsync(batch, whole, new EmbeddedHost(2));
        for (var k = 0; k < crashes; k++)
        {
            var cut = Path.Combine(_folder, $"cut{k}", "run");
            var story = $"crash {k} of seed {seed}: ";
            for (var attempt = 0; attempt <= k % 3; attempt++)
            {
                var (pass, after) = (random.Next(1, 6), random.Next(20));
                var host = new CrashingHost(new EmbeddedHost(2, 256), pass, after);
                try
                {
                    await RunAsync(batch, cut, host, resume: attempt > 0);
                }
                catch (DiskException) when (host.HasCrashed)
                {
                    crashed++;
                }
                story += $"pass {pass} after {after}, ";
                // The logs lose their ends, as after a power failure.
                foreach (var name in (string[])["finished.jsonl", "stopped.jsonl", "events.bin"])
                    if (new FileInfo(Path.Combine(cut, ".progress", name)) is { Exists: true } log)
                    {
                        using var file = log.OpenWrite();
                        file.SetLength(random.NextInt64(file.Length + 1));
                        story += $"{name} to {file.Length}, ";
                    }
            }
            await RunAsync(batch, cut, new EmbeddedHost(2), resume: true);
            ComparedRuns.Differences(whole, cut).ShouldBe("", story);
        }
        crashed.ShouldBeGreaterThan(crashes / 2, "too few runs crashed");
    }

    [Fact]
    public async Task A_cancelled_search_leaves_a_folder_with_the_trials_so_far_and_continues()
    {
        var (batch, whole, cut) = (Batch("tpe"), Path.Combine(_folder, "whole", "run"), Path.Combine(_folder, "cut", "run"));
        await RunAsync(batch, whole, new EmbeddedHost(2));
        using var stop = new CancellationTokenSource();
        var stopped = await RunAsync(batch, cut, new StoppingHost(new EmbeddedHost(2), 2, stop), cancellationToken: stop.Token);
        stopped.Interrupted.ShouldBeTrue();
        var results = stopped.Model.Section<ParameterSearchResults>()!;
        results.Searches[0].Trials.ShouldContain(t => t.State == SearchTrialStates.Finished);
        results.Searches[0].Trials.ShouldContain(t => t.State == SearchTrialStates.Unfinished);
        File.ReadAllLines(Path.Combine(cut, "trials.csv")).Length.ShouldBe(1 + results.Searches.Sum(s => s.Trials.Count));
        File.Exists(Path.Combine(cut, "results.json")).ShouldBeTrue();
        await RunAsync(batch, cut, new EmbeddedHost(2), resume: true);
        ComparedRuns.Differences(whole, cut).ShouldBe("");
    }

    // Cancels a pass before it begins.
    private sealed class StoppingHost(IBatchHost inner, int pass, CancellationTokenSource stop) : IBatchHost
    {
        private int _pass;

        public string Description => inner.Description;

        public bool CanRepeat => true;

        public async Task RunAsync(StrategyPass ordered, CancellationToken cancellationToken)
        {
            if (++_pass == pass) await stop.CancelAsync();
            await inner.RunAsync(ordered, cancellationToken);
        }
    }

    [Fact]
    public async Task Trials_have_the_results_of_the_same_strategies_in_a_backtest()
    {
        // With its longer bars, the other search would warm up longer.
        var batch = JsonNode.Parse(Batch("sobol"))!;
        batch["strategies"]!.AsArray().RemoveAt(1);
        var run = await RunAsync(batch.ToJsonString(), Path.Combine(_folder, "searched"), new EmbeddedHost(2));
        var search = run.Model.Section<ParameterSearchResults>()!.Searches[0];
        var trial = search.Trials[5];
        batch["strategies"] = new JsonArray(JsonNode.Parse(FormattableString.Invariant($$"""
            { "class": "SmaCross", "symbols": "ACME", "size": { "percentOfEquity": 60 },
              "params": { "fast": {{trial.Values["fast"]}}, "slow": {{trial.Values["slow"]}} },
              "stopLossPercent": {{trial.Values["stopLossPercent"]}} }
            """)));
        var spec = new BatchReader(TestCatalogues.All).Read("one.json", Encoding.UTF8.GetBytes(batch.ToJsonString()), _folder);
        var one = await new BatchRunner(new EmbeddedHost(1), new StillClock())
            .RunAsync(spec, new BatchOptions { Out = Path.Combine(_folder, "one") });
        var (alone, searched) = (one.Model.Strategies[0], run.Model.Strategies.Single(s => s.Id == trial.Strategy));
        searched.Stats!.Sharpe.ShouldBe(alone.Stats!.Sharpe);
        trial.Objectives.ShouldBe([alone.Stats.Sharpe, alone.Stats.MaxDrawdown]);
    }

    [Fact]
    public async Task A_trial_of_too_few_trades_has_no_objective_in_any_file_and_values_stand_under_the_name_of_their_statistic()
    {
        const int Fewest = 40;
        var batch = JsonNode.Parse(Batch("sobol"))!;
        batch["strategies"]![0]!["search"]!["minTrades"] = Fewest;
        batch["strategies"]!.AsArray().RemoveAt(1);
        var folder = Path.Combine(_folder, "run");
        await RunAsync(batch.ToJsonString(), folder, new EmbeddedHost(2));

        // From the files alone: what a trial traded, and what is said of it.
        var results = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(folder, "results.json")))!;
        var stats = results["strategies"]!.AsArray().ToDictionary(s => s!["id"]!.GetValue<string>(), s => s!["stats"]!);
        var trials = results["search"]!["searches"]!.AsArray().SelectMany(s => s!["trials"]!.AsArray())
            .ToDictionary(t => t!["strategy"]!.GetValue<string>(), t => t!["objectives"]!.AsArray());
        var lines = await File.ReadAllLinesAsync(Path.Combine(folder, "trials.csv"));
        var names = Csv(lines[0]);
        names.ShouldContain("maxDrawdown");
        names.ShouldAllBe(name => char.IsAsciiLetter(name[0]));
        var (few, many) = (0, 0);
        foreach (var row in lines.Skip(1).Select(Csv))
        {
            string Cell(string name) => row[Array.IndexOf(names, name)];
            var (own, listed) = (stats[Cell("strategy")], trials[Cell("strategy")]);
            if (own["trades"]!.GetValue<long>() < Fewest)
            {
                few++;
                (Cell("sharpe"), Cell("maxDrawdown")).ShouldBe(("", ""));
                listed.ShouldAllBe(value => value == null);
            }
            else
            {
                many++;
                foreach (var (name, i) in new[] { "sharpe", "maxDrawdown" }.Select((name, i) => (name, i)))
                {
                    double.Parse(Cell(name), CultureInfo.InvariantCulture).ShouldBe(own[name]!.GetValue<double>());
                    listed[i]!.GetValue<double>().ShouldBe(own[name]!.GetValue<double>());
                }
            }
        }
        few.ShouldBeGreaterThan(0);
        many.ShouldBeGreaterThan(0);

        // An id has commas, so it is quoted.
        static string[] Csv(string line)
        {
            var (cells, quoted) = (new List<string> { "" }, false);
            foreach (var c in line)
                if (c == '"') quoted = !quoted;
                else if (c == ',' && !quoted) cells.Add("");
                else cells[^1] += c;
            return [.. cells];
        }
    }

    [Fact]
    public async Task Every_trial_counts_in_the_ledger_also_those_that_were_stopped()
    {
        var ledger = new TrialLedger(Path.Combine(_folder, "ledger"));
        var run = await RunAsync(Batch("halving"), Path.Combine(_folder, "run"), new EmbeddedHost(2), ledger: ledger);
        var searches = run.Model.Section<ParameterSearchResults>()!.Searches;
        searches.Sum(s => s.Stopped).ShouldBeGreaterThan(0);
        // The strategy without a search is one more; trials with the same signals are one.
        run.Model.Trials!.Trials.ShouldBeInRange(searches.Sum(s => s.Trials.Count) / 2, searches.Sum(s => s.Trials.Count) + 1);
        run.Model.Trials.Trials.ShouldBeGreaterThan(searches.Sum(s => s.Finished) + 1);
        var prod = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(_folder, "run", "prod.json")))!;
        prod["evidence"]!["deflatedSharpe"]!["trials"]!.GetValue<long>().ShouldBe(run.Model.Trials.Trials);
    }

    [Fact]
    public async Task The_portfolio_has_the_best_trial_of_each_search_and_the_strategies_without_one()
    {
        var run = await RunAsync(Batch("tpe"), Path.Combine(_folder, "run"), new EmbeddedHost(2));
        var searches = run.Model.Section<ParameterSearchResults>()!.Searches;
        var weights = run.Model.Strategies.Where(s => s.Weight != 0).ToDictionary(s => s.Id, s => s.Weight, StringComparer.Ordinal);
        var expected = new Dictionary<string, double>(StringComparer.Ordinal) { ["SmaCross(fast=4,slow=30)@DUNE:1h"] = 1 };
        foreach (var search in searches)
            foreach (var number in search.Best) expected[search.Trials[number - 1].Strategy] = 1.0 / search.Best.Count;
        weights.ShouldBe(expected, ignoreOrder: true);
        // No trial of the front is worse than another one in both objectives.
        var front = searches[0].Best.Select(n => searches[0].Trials[n - 1].Objectives).ToList();
        front.ShouldAllBe(a => searches[0].Trials.All(t => !(t.Objectives[0] > a[0] && t.Objectives[1] < a[1])
            || double.IsNaN(t.Objectives[0])));
    }

    [Fact]
    public async Task A_backtest_refuses_a_search_and_an_optimisation_a_batch_without_one()
    {
        var spec = new BatchReader(TestCatalogues.All).Read("b.json", Encoding.UTF8.GetBytes(Batch("tpe")), _folder);
        (await Should.ThrowAsync<Engine.InputException>(() => new BatchRunner(new EmbeddedHost(1), new StillClock())
            .RunAsync(spec, new BatchOptions { Out = Path.Combine(_folder, "a") }))).Message
            .ShouldStartWith("b.json, line 6, strategies[0].search: a search makes its strategies one after the other; run the batch with "
                + "'granary optimise'");
        var batch = JsonNode.Parse(Batch("tpe"))!;
        batch["strategies"]!.AsArray().RemoveAt(0);
        batch["strategies"]!.AsArray().RemoveAt(0);
        (await Should.ThrowAsync<Engine.InputException>(() => RunAsync(batch.ToJsonString(), Path.Combine(_folder, "b"),
            new EmbeddedHost(1)))).Message.ShouldStartWith("searched.json, line 1, strategies[0]: no strategy of the batch has a 'search'");
    }

    [Fact]
    public async Task A_search_of_a_changed_batch_is_not_continued()
    {
        var folder = Path.Combine(_folder, "run");
        var host = new CrashingHost(new EmbeddedHost(2), 2, 3);
        await Should.ThrowAsync<DiskException>(() => RunAsync(Batch("tpe"), folder, host));
        var other = Batch("tpe", """, "seed": 2 """);
        (await Should.ThrowAsync<OtherRunException>(() => RunAsync(other, folder, new EmbeddedHost(2), resume: true))).Message
            .ShouldContain("holds a run of another batch");
    }
}
