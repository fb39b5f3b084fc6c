using System.Diagnostics;
using System.Text;
using Granary.Backtesting.Runs;
using Granary.Data.BarFiles;
using Granary.Data.Import;
using Granary.Data.Reading;
using Granary.Data.Synthetic;
using Granary.Engine.Market;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;
using Granary.Storage.Addresses;
using Granary.Testing;

namespace Granary.Backtesting.Tests.Batches;

/// <summary>A backtest whose bars are in a PostgreSQL that crashes while it reads them.</summary>
public sealed class BacktestOverCrashingServerTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-crash-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private async Task<BatchRun> RunAsync(string source, string name) =>
        await new BatchRunner(new EmbeddedHost(2), TimeProvider.System).RunAsync(
        new BatchReader(TestCatalogues.All).Read("crash.json", Encoding.UTF8.GetBytes($$"""
            { "name": "crash", "data": { "source": "{{source}}", "symbols": ["A", "B"], "timeframe": "1m" },
              "strategies": [ { "class": "SmaCross", "params": { "fast": [5, 10], "slow": 30 }, "size": { "percentOfEquity": 20 },
                "stopLossPercent": 2 } ], "portfolio": { "weights": "equal" } }
            """), _folder), new BatchOptions { Out = Path.Combine(_folder, name), Validation = false });

    [Fact]
    public async Task It_goes_on_behind_the_last_bar_and_has_the_digest_of_one_that_was_not_disturbed()
    {
        await using var server = await PostgresServer.StartAsync();
        var store = server.AddressOf("postgres") + "?timeout=120";
        foreach (var symbol in new[] { "A", "B" })
        {
            var file = Path.Combine(_folder, symbol + ".csv");
            BarCsvWriter.Write(file, Timeframe.M1,
                MarketGenerator.Generate(SyntheticMarket.Crypto(symbol, new DateTime(2023, 1, 1, 0, 0, 0, DateTimeKind.Utc).Ticks,
                    new DateTime(2023, 2, 1, 0, 0, 0, DateTimeKind.Utc).Ticks), Timeframe.M1).Take(10_000));
            await BarImport.RunAsync(new ImportRequest([file], Address.Parse(store), symbol, Timeframe.M1, new BarFileOptions()),
                TestCatalogues.All.Stores);
        }
        var undisturbed = await RunAsync("csv:" + _folder, "undisturbed");
        // The server itself stops in the middle of its answer, at each market's 7,500th bar, by a lock that ends with it.
        await server.SqlAsync("postgres", """
            ALTER TABLE bars.granary_bar RENAME TO bars_behind;
            CREATE FUNCTION hold(t timestamptz) RETURNS boolean LANGUAGE plpgsql VOLATILE AS $$
              BEGIN IF t = timestamptz '2023-01-06 05:00+00' THEN PERFORM pg_advisory_xact_lock(7); END IF; RETURN true; END $$;
            CREATE VIEW bars.granary_bar AS SELECT * FROM bars.bars_behind WHERE hold(time);
            ALTER DATABASE postgres SET enable_sort = off;
            ALTER DATABASE postgres SET enable_seqscan = off;
            ALTER DATABASE postgres SET enable_bitmapscan = off;
            ALTER DATABASE postgres SET max_parallel_workers_per_gather = 0;
            """);
        (await server.SqlAsync("postgres",
            "EXPLAIN SELECT * FROM bars.granary_bar WHERE market = 1 ORDER BY time")).ShouldNotContain("Sort");
        var holds = server.SqlAsync("postgres", "SELECT pg_advisory_lock(7); SELECT pg_sleep(600)");
        await UntilAsync(server, "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted");
        var run = Task.Run(() => RunAsync(store, "crashed"));
        await UntilAsync(server, "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted", run);
        run.IsCompleted.ShouldBeFalse();
        await server.CrashAsync();
        await Should.ThrowAsync<InvalidOperationException>(() => holds);
        await server.StartServerAsync();
        (await run).Model.Digest.ShouldBe(undisturbed.Model.Digest);
    }

    private static Task UntilAsync(PostgresServer server, string counts, Task? run = null) =>
        Eventually.IsAsync(async () =>
        {
            if (run is { IsFaulted: true }) await run;
            return await server.SqlAsync("postgres", counts);
        }, count => count.Trim() != "0");
}
