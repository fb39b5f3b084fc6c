using System.Text;
using Granary.Backtesting.Runs;
using Granary.Engine.Trading;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;
using Granary.Simulation.RunFolders;
using Granary.Testing;

namespace Granary.Backtesting.Tests.Batches;

/// <summary>
/// Runs that crash at random places of their passes, with random damage to their progress files as after a power failure, and continue:
/// every file is equal to that of a run without a crash.
/// </summary>
public sealed class CrashedRunsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-crashed-").FullName;

    public CrashedRunsTests() => ForeignMarkets.Write(_folder, Path.Combine(SharedData.RepositoryRoot, "samples", "data", "1h"),
        "ACME", "COINUSDT");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private sealed record Case(string Name, string More, long MostEvents, int Passes)
    {
        public string Data { get; init; } = $"""
            "source": "csv:{Path.Combine(SharedData.RepositoryRoot, "samples", "data", "1h")}", "symbols": ["ACME", "COINUSDT", "DUNE"]
            """;

        public string Account { get; init; } = "";

        // A chain has one timeframe.
        public string Longer { get; init; } = "4h";
    }

    // By how often and why strategies run again.
    private static readonly Case[] s_cases =
    [
        new("no events in the first pass", """ "outputs": ["results", "prod", "equity"], "portfolio": { "weights": "winners" } """,
            long.MaxValue, 2),
        new("events beyond the bound", """ "portfolio": { "weights": "winners" } """, 40_000, 2),
        new("events within the bound", """ "portfolio": { "weights": "winners" } """, 1 << 30, 1),
        new("events of all, in one pass", """ "outputs": "all", "portfolio": { "weights": "equal" } """, 40_000, 1),
        new("weights over time", """ "portfolio": { "weights": "winners", "rebalance": { "every": "4w", "window": "8w" } } """, 40_000, 2),
        new("currencies, interest, borrowing and a chain", """ "portfolio": { "weights": "equal" } """, 40_000, 2)
        {
            Data = ForeignMarkets.Data("ACME", "COINUSDT"), Account = ForeignMarkets.Account, Longer = "1h",
        },
    ];

    private static string Batch(Case c) => $$"""
        { "name": "crashed",
          "data": { {{c.Data}}, "timeframe": "1h", "from": "2022-06-01", "to": "2022-11-01" }, {{c.Account}}
          "strategies": [
            { "class": "SmaCross", "params": { "fast": [3, 5, 8], "slow": [20, 30] }, "timeframe": ["1h"{{(c.Longer == "1h" ? "" : $", \"{c.Longer}\"")}}],
              "size": { "percentOfEquity": 60 } },
            { "class": "SmaCross", "params": { "fast": [2, 4], "slow": 12 }, "sides": "both", "stopLossPercent": 1,
              "size": { "cash": 30000 } } ],
          "execution": { "commissionPercent": 0.02 }, {{c.More}} }
        """;

    private sealed class StillClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    }

    /// <summary>Crashes in one of the passes: after so many bytes of events, or so many outcomes.</summary>
    private sealed class CrashingHost(IBatchHost inner, int pass, long after) : IBatchHost
    {
        private int _pass;

        public string Description => inner.Description;

        public bool CanRepeat => true;

        public bool HasCrashed { get; private set; }

        public IBatchHost ForValidation(long evaluations, int threads) => this;

        public Task RunAsync(StrategyPass ordered, CancellationToken cancellationToken)
        {
            if (Interlocked.Increment(ref _pass) != pass) return inner.RunAsync(ordered, cancellationToken);
            var finished = ordered.Finished;
            return inner.RunAsync(ordered with
            {
                Events = ordered.Events is null ? null : new Sink(this, ordered.Events),
                Finished = outcomes =>
                {
                    // Some outcomes are stored, others are not.
                    var most = (int)(after / 4096 % (outcomes.Count + 1));
                    finished([.. outcomes.Take(most)]);
                    if (most < outcomes.Count) Crash();
                },
            }, cancellationToken);
        }

        private void Crash()
        {
            HasCrashed = true;
            throw new EventStoreException(new IOException("the crash that the test makes"));
        }

        private sealed class Sink(CrashingHost host, IEventSink events) : IEventSink
        {
            private long _bytes;

            public void Append(int strategy, int chunk, ReadOnlySpan<byte> chunkEvents)
            {
                if (Interlocked.Add(ref _bytes, chunkEvents.Length) > host.After) host.Crash();
                events.Append(strategy, chunk, chunkEvents);
            }

            public void End(int strategy, in EventTally tally) => events.End(strategy, tally);
        }

        private long After => after;
    }

    private async Task RunAsync(Case c, string folder, IBatchHost host, bool resume)
    {
        var spec = new BatchReader(TestCatalogues.All).Read("crashed.json", Encoding.UTF8.GetBytes(Batch(c)), _folder);
        await new BatchRunner(host, new StillClock()) { MostEvents = c.MostEvents }
            .RunAsync(spec, new BatchOptions { Out = folder, Resume = resume, Threads = 2 });
    }

    // Loses or damages the ends of files, as a power failure does.
    private static string Damage(string folder, Random random)
    {
        var done = new List<string>();
        foreach (var path in Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(
            StringComparer.Ordinal).ToList() : [])
        {
            var bytes = File.ReadAllBytes(path);
            if (bytes.Length == 0) continue;
            var at = random.Next(bytes.Length + 1);
            var kind = random.Next(6);
            if (kind == 0) File.WriteAllBytes(path, bytes[..at]);
            if (kind == 1) File.WriteAllBytes(path, bytes[..(bytes.Length - random.Next(Math.Min(bytes.Length, 300)))]);
            if (kind == 2) File.WriteAllBytes(path, [.. bytes[..at], .. new byte[bytes.Length - at]]);
            if (kind == 3)
            {
                var garbage = new byte[random.Next(1, 2000)];
                random.NextBytes(garbage);
                File.WriteAllBytes(path, [.. bytes, .. garbage]);
            }
            if (kind == 4)
            {
                bytes.AsSpan(at, Math.Min(4096, bytes.Length - at)).Clear();
                File.WriteAllBytes(path, bytes);
            }
            if (kind < 5) done.Add($"{Path.GetFileName(path)} {kind} at {at} of {bytes.Length}");
        }
        return string.Join(", ", done);
    }

    [Fact]
    public async Task A_run_that_crashes_in_any_pass_and_continues_has_the_same_files_as_one_that_does_not()
    {
        var (seed, crashes) = (1, TestEffort.Of(6, 140));
        var random = new Random(seed);
        var crashed = 0;
        foreach (var (number, c) in s_cases.Index())
        {
            var whole = Path.Combine(_folder, $"whole{number}", "run");
            await RunAsync(c, whole, new EmbeddedHost(2), resume: false);
            for (var k = number; k < crashes; k += s_cases.Length)
            {
                var cut = Path.Combine(_folder, $"cut{k}", "run");
                var story = $"case '{c.Name}', crash {k} of seed {seed}: ";
                // Several in a row: an attempt that continues may crash too.
                var attempts = random.Next(1, 4);
                for (var attempt = 0; attempt < attempts; attempt++)
                {
                    var (pass, after) = (random.Next(1, c.Passes + 3), random.NextInt64(400_000));
                    var host = new CrashingHost(new EmbeddedHost(2, 256), pass, after);
                    try
                    {
                        await RunAsync(c, cut, host, resume: attempt > 0);
                    }
                    catch (Exception e) when (host.HasCrashed && e is DiskException)
                    {
                        crashed++;
                    }
                    story += $"pass {pass} after {after}, {Damage(Path.Combine(cut, ".progress"), random)}; ";
                }
                await RunAsync(c, cut, new EmbeddedHost(2), resume: true);
                ComparedRuns.Differences(whole, cut).ShouldBe("", story);
                Directory.Delete(Path.Combine(_folder, $"cut{k}"), recursive: true);
            }
        }
        crashed.ShouldBeGreaterThan(crashes / 2, "too few runs crashed");
    }

    [Fact]
    public async Task A_strategy_that_gives_another_result_when_it_runs_again_fails_the_run_in_one_sentence()
    {
        var spec = new BatchReader(TestCatalogues.All).Read("fickle.json", Encoding.UTF8.GetBytes($$"""
            { "name": "fickle",
              "data": { "source": "csv:{{Path.Combine(SharedData.RepositoryRoot, "samples", "data", "1h")}}", "symbols": "ACME",
                "timeframe": "1h" },
              "strategies": [ { "class": "Fickle" } ], "outputs": ["results", "prod"], "portfolio": { "weights": "equal" } }
            """), _folder);
        var fault = await Should.ThrowAsync<RecordDiffersException>(() => new BatchRunner(new EmbeddedHost(1), new StillClock())
            .RunAsync(spec, new BatchOptions { Out = Path.Combine(_folder, "fickle"), Validation = false }));
        fault.Message.ShouldStartWith("Fickle()@ACME:1h ran again and gave another result: ");
        File.Exists(Path.Combine(_folder, "fickle", "manifest.json")).ShouldBeFalse();
    }

    [Fact]
    public async Task Progress_of_another_batch_in_the_folder_is_not_continued()
    {
        var (first, second) = (s_cases[2], s_cases[3]);
        var (whole, cut) = (Path.Combine(_folder, "whole", "run"), Path.Combine(_folder, "cut", "run"));
        await RunAsync(second, whole, new EmbeddedHost(2), resume: false);
        var host = new CrashingHost(new EmbeddedHost(2), 3, 100_000);
        await Should.ThrowAsync<DiskException>(() => RunAsync(first, cut, host, resume: false));
        // The second batch begins in the folder, without the progress of the first, and crashes at once.
        host = new CrashingHost(new EmbeddedHost(2), 1, 0);
        await Should.ThrowAsync<DiskException>(() => RunAsync(second, cut, host, resume: false));
        await RunAsync(second, cut, new EmbeddedHost(2), resume: true);
        ComparedRuns.Differences(whole, cut).ShouldBe("");
    }
}
