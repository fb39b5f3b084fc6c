using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Granary.Backtesting.Runs;
using Granary.Backtesting.Verification;
using Granary.Backtesting.WalkForward;
using Granary.Engine;
using Granary.Engine.Market;
using Granary.Simulation.Batches;
using Granary.Simulation.LookAhead;
using Granary.Simulation.Passes;
using Granary.Testing;

namespace Granary.Backtesting.Tests.Columns;

/// <summary>Batches that trade by columns of the bar file and by slower series in a file of their own.</summary>
public sealed class ColumnBatchTests : IDisposable
{
    private const string Strategies = """
        { "class": "FactorLevel", "params": { "factor": "column(open_interest)", "low": 5000, "high": 5000 } },
        { "class": "FactorLevel", "params": { "factor": "column(news.score)@4h", "low": [-0.2, 0], "high": 0.1 } },
        { "class": "FactorLevel", "params": { "factor": "column('news.score')" }, "timeframe": "4h" }
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("granary-columns-").FullName;

    public ColumnBatchTests()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "bars"));
        var random = new Random(58);
        foreach (var symbol in (string[])["ABC", "XYZ"])
        {
            var (lines, price, start) = (new List<string> { "time,open,high,low,close,volume,note,open_interest" }, 100.0,
                new DateTime(2024, 1, 1));
            for (var i = 0; i < 1500; i++)
            {
                var close = Math.Round(price * (1 + 0.02 * (random.NextDouble() - 0.5)), 2);
                var (high, low) = (Math.Max(price, close), Math.Min(price, close));
                lines.Add(string.Create(CultureInfo.InvariantCulture, $"{start.AddHours(i):yyyy-MM-dd'T'HH:mm:ss'Z'},{price},{high},{low},"
                    + $"{close},{random.Next(1, 99)},{(char)('a' + i % 7)} x,{(i % 9 == 4 ? "" : random.Next(1000, 9000))}"));
                price = close;
            }
            File.WriteAllLines(Path.Combine(_folder, "bars", symbol + ".csv"), lines);
        }
        var scores = new List<string> { "time,symbol,score" };
        for (var at = new DateTime(2024, 1, 1, 3, 17, 0); at < new DateTime(2024, 3, 1); at = at.AddMinutes(random.Next(100, 4000)))
            scores.Add(FormattableString.Invariant(
                $"{at:yyyy-MM-dd'T'HH:mm:ss'Z'},{(random.Next(2) == 0 ? "ABC" : "XYZ")},{random.NextDouble() - 0.5:F3}"));
        File.WriteAllLines(Path.Combine(_folder, "scores.csv"), scores);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private BatchSpec Spec(string strategies = Strategies, string asof = "\"delay\": \"90m\"", string more = "", string data = "") =>
        new BatchReader(TestCatalogues.All).Read("columns.json", Encoding.UTF8.GetBytes($$"""
        { "name": "columns", "data": { "source": "csv:bars", "symbols": "*", "timeframe": "1h" {{data}},
            "asof": [ { "file": "scores.csv", "columns": ["score"], "as": "news.", {{asof}} } ] },
          "strategies": [ {{strategies}} ], "portfolio": { "weights": "equal" }, "outputs": "all" {{more}} }
        """), _folder);

    private async Task<BatchRun> RunAsync(BatchSpec spec, string name, int threads = 2, int block = IBarSeries.DefaultBlockSize) =>
        await new BatchRunner(new EmbeddedHost(threads, block), TimeProvider.System).RunAsync(spec,
            new BatchOptions { Out = Path.Combine(_folder, name), Validation = false });

    [Fact]
    public async Task The_digest_does_not_depend_on_threads_or_blocks_and_the_content_hash_covers_the_columns()
    {
        var one = await RunAsync(Spec(), "one", 1);
        one.Model.Strategies.ShouldAllBe(s => s.Error == null && s.Stats!.Trades > 5);
        foreach (var (threads, block) in new[] { (2, 1024), (3, 7), (1, 1) })
            (await RunAsync(Spec(), $"t{threads}-{block}", threads, block)).Model.Digest.ShouldBe(one.Model.Digest);
        var plain = await RunAsync(Spec(strategies: """{ "class": "SmaCross" }"""), "joined");
        plain.Model.Markets[0].Hash.ShouldNotBe(one.Model.Markets[0].Hash, "it reads no open interest");
        var shifted = await RunAsync(Spec(asof: "\"delay\": \"91m\""), "shifted");
        shifted.Model.Markets[0].Hash.ShouldNotBe(one.Model.Markets[0].Hash);
    }

    [Fact]
    public async Task Signals_have_the_values_that_a_search_through_the_files_gives()
    {
        var run = await RunAsync(Spec("""{ "class": "FactorLevel", "params": { "factor": "column(news.score)" } }"""), "signals");
        var scores = File.ReadLines(Path.Combine(_folder, "scores.csv")).Skip(1).Select(l => l.Split(','))
            .Select(f => (Known: Time(f[0]).AddMinutes(90), Symbol: f[1], Value: double.Parse(f[2], CultureInfo.InvariantCulture)))
            .ToList();
        var rows = File.ReadLines(Path.Combine(run.Folder, "factors.csv")).Skip(1).Select(l => l.Split(',')).ToList();
        rows.Count.ShouldBeGreaterThan(15);
        foreach (var row in rows)
        {
            // strategy, symbol, number, time, factor, value
            var (at, symbol) = (Time(row[^3]), row[^5]);
            // The time of a signal is the open of its bar, which is known an hour later.
            double.Parse(row[^1], CultureInfo.InvariantCulture).ShouldBe(
                scores.Last(s => s.Symbol == symbol && s.Known <= at.AddHours(1)).Value, string.Join(',', row));
        }
    }

    private static DateTime Time(string text) =>
        DateTime.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal);

    [Fact]
    public async Task The_production_configuration_carries_the_columns_and_the_manifest_the_hash_of_the_file()
    {
        var run = await RunAsync(Spec(data: """, "furtherColumns": "open_interest" """), "prod");
        var data = JsonNode.Parse(File.ReadAllText(Path.Combine(run.Folder, "prod.json")))!["data"]!;
        data["furtherColumns"]!.ToJsonString().ShouldBe("""["open_interest"]""");
        ((string?)data["asof"]![0]!["delay"], (string?)data["asof"]![0]!["as"]).ShouldBe(("90m", "news."));
        var again = new ProductionReader(TestCatalogues.All).Read(Path.Combine(run.Folder, "prod.json")).Spec.Data;
        again.Asof.ShouldHaveSingleItem().File.Path.ShouldBe(Path.Combine(_folder, "scores.csv"));
        var manifest = JsonNode.Parse(File.ReadAllText(Path.Combine(run.Folder, "manifest.json")))!;
        ((string?)manifest["asof"]![0]!["hash"])!.Length.ShouldBe(64);
    }

    [Fact]
    public async Task Verify_repeats_the_run_and_names_a_file_of_a_series_that_has_changed()
    {
        var run = await RunAsync(Spec(), "run");
        var effort = LookAheadEffort.OfCuts(int.MaxValue, 6);
        var same = await VerifyRun.RunAsync(run.Folder, TestCatalogues.All, new EmbeddedHost(2, VerifyRun.BlockSize), TimeProvider.System,
            effort, null, TestContext.Current.CancellationToken);
        (same.Passed, same.LookAhead.Factors > 0).ShouldBe((true, true));
        File.AppendAllText(Path.Combine(_folder, "scores.csv"), "2024-02-29T23:59:00Z,ABC,0.4\n");
        var changed = await VerifyRun.RunAsync(run.Folder, TestCatalogues.All, new EmbeddedHost(2), TimeProvider.System, effort, null,
            TestContext.Current.CancellationToken);
        changed.Passed.ShouldBeFalse();
        changed.FilesChanged.ShouldBe(["scores.csv"]);
    }

    [Fact]
    public async Task The_look_ahead_check_catches_a_factor_and_a_strategy_that_read_the_next_value_of_a_column()
    {
        var run = await RunAsync(Spec("""
            { "class": "NextScoreReader" }, { "class": "FactorLevel", "params": { "factor": "column(news.score)" } }
            """), "leak");
        var result = await VerifyRun.RunAsync(run.Folder, TestCatalogues.All, new EmbeddedHost(2), TimeProvider.System,
            LookAheadEffort.OfCuts(int.MaxValue, 12), null, TestContext.Current.CancellationToken);
        result.LookAhead.Found.Select(f => f.Strategy.Split('@', '(')[0]).Distinct().ShouldBe(["NextScoreReader"]);
        result.LookAhead.FactorsFound.Select(f => f.Strategy).ShouldAllBe(f => f.StartsWith("test-next-score()"));
        result.LookAhead.FactorsFound.ShouldNotBeEmpty();
    }

    [Fact]
    public async Task A_walk_forward_repeats_whatever_the_threads()
    {
        var spec = Spec(more: """, "walkForward": { "inSample": "20d", "outOfSample": "5d" } """);
        var digests = new List<string>();
        foreach (var threads in (int[])[1, 3])
            digests.Add((await new WalkForwardRunner(new EmbeddedHost(threads), TimeProvider.System).RunAsync(spec, new BatchOptions
            {
                Out = Path.Combine(_folder, $"wf{threads}"),
                Validation = false,
            }, null, TestContext.Current.CancellationToken)).Run.Model.Digest);
        digests[0].ShouldBe(digests[1]);
    }

    [Theory]
    [InlineData("\"factor\": \"column(open_intrest)\"", "has no column 'open_intrest'; did you mean 'open_interest'?")]
    [InlineData("\"factor\": \"column(note)\"", "has no column 'note'")]
    [InlineData("\"factor\": \"column(score)\"", "has no column 'score'; it has open_interest, news.score")]
    public async Task A_column_that_no_market_has_is_one_sentence(string factor, string sentence) =>
        (await Should.ThrowAsync<InputException>(() => RunAsync(
            Spec($$"""{ "class": "FactorLevel", "params": { {{factor}} } }"""), "wrong"))).Message.ShouldContain(sentence);

    [Theory]
    [InlineData("\"columns\": [\"x\"]", "\"file\": \"none.csv\"", "there is no such file")]
    [InlineData("\"columns\": []", "\"file\": \"scores.csv\"", "data.asof[0].columns: no column is named")]
    [InlineData("\"columns\": [\"scor\"]", "\"file\": \"scores.csv\"", "has no column 'scor'; did you mean 'score'?")]
    [InlineData("\"columns\": [\"score\", \"score\"]", "\"file\": \"scores.csv\"", "the bars would have two columns 'score'")]
    [InlineData("\"columns\": [\"score\"], \"timeZone\": \"Mars/Base\"", "\"file\": \"scores.csv\"", "data.asof[0].timeZone: 'Mars/Base'")]
    [InlineData("\"columns\": [\"score\"], \"delay\": \"-1d\"", "\"file\": \"scores.csv\"", "data.asof[0].delay")]
    [InlineData("\"columns\": [\"score\"]", "\"file\": \"csv:scores.csv\"", "data.asof[0].file")]
    [InlineData("\"columns\": [\"score\"], \"dealy\": \"1d\"", "\"file\": \"scores.csv\"", "did you mean 'delay'?")]
    [InlineData("\"columns\": [\"score\"], \"as\": \"open_interest_\"", "\"symbol\": \"ticker\", \"file\": \"scores.csv\"", "ticker")]
    public async Task A_wrong_entry_is_one_sentence(string columns, string file, string sentence)
    {
        BatchSpec Read() => new BatchReader(TestCatalogues.All).Read("wrong.json", Encoding.UTF8.GetBytes($$"""
            { "name": "wrong", "data": { "source": "csv:bars", "symbols": "*", "timeframe": "1h", "asof": [ { {{file}}, {{columns}} } ] },
              "strategies": [ { "class": "SmaCross" } ] }
            """), _folder);
        var fault = await Should.ThrowAsync<Exception>(() => RunAsync(Read(), "wrong"));
        (fault is InputException or BarDataException).ShouldBeTrue(fault.ToString());
        fault.Message.ShouldContain(sentence);
    }
}
