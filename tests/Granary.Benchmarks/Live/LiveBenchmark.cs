using System.Diagnostics;
using System.Globalization;
using System.Text;
using Granary.Backtesting.Runs;
using Granary.Contracts.Sessions;
using Granary.Data.Brokers;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;
using Granary.Simulation.Validation;
using Granary.Storage.Addresses;
using Granary.Trading.Live;

namespace Granary.Benchmarks.Live;

/// <summary>
/// A live session over the samples: from the arrival of a bar to the last of its orders at the paper venue, journal and all; and the memory
/// of it.
/// </summary>
internal static class LiveBenchmark
{
    /// <param name="arguments">Strategies (50), a folder on the disk whose flush is to be measured (the temporary one).</param>
    public static async Task<int> RunAsync(string[] arguments)
    {
        var strategies = arguments.Length > 0 ? int.Parse(arguments[0], CultureInfo.InvariantCulture) : 50;
        var folder = Path.Combine(arguments.Length > 1 ? arguments[1] : Path.GetTempPath(), "granary-live-" + Path.GetRandomFileName());
        var bars = Path.Combine(AppContext.BaseDirectory, "..", "..", "..", "..", "..", "samples", "data", "1h");
        try
        {
            var spec = Batch(strategies, bars, folder);
            var backtest = await new BatchRunner(new EmbeddedHost(1), TimeProvider.System, ledger: TrialLedger.None).RunAsync(spec,
                new BatchOptions { Out = Path.Combine(folder, "backtest"), Validation = false });
            backtest = null!;
            GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            using var process = Process.GetCurrentProcess();
            long peak = 0;
            var request = new LiveRequest
            {
                Production = Path.Combine(folder, "backtest", "prod.json"),
                Feed = Address.Parse("csv:" + bars),
                To = new DateTime(2022, 12, 1).Ticks,
                IgnoresChecks = true,
            };
            // A session lives for weeks: by then its code is compiled. So one session runs before the one that counts.
            await LiveSession.RunAsync(request with { Out = Path.Combine(folder, "first") }, TestCatalogues.All,
                TimeProvider.System);
            GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            var watch = Stopwatch.StartNew();
            var live = await LiveSession.RunAsync(request with
            {
                Out = Path.Combine(folder, "live"),
                State = Path.Combine(folder, "account"),
                Status = new Watch(() =>
                {
                    process.Refresh();
                    peak = Math.Max(peak, process.WorkingSet64);
                }),
            }, TestCatalogues.All, TimeProvider.System);
            var (p50, p99) = live.Recorded.Percentiles();
            var (a50, a99) = live.Recorded.AnswerPercentiles();
            var (j50, j99) = live.Recorded.JournalPercentiles();
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"live, {live.Run.Model.Strategies.Count:N0} strategies, {live.Status.Bars:N0} bars, {live.Recorded.Count:N0} timestamps "
                    + $"with orders, {live.Status.OrdersSent:N0} orders, {watch.Elapsed.TotalSeconds:0.0} s: bar to "
                    + $"order {p50 / 1000:0.000} ms in the middle, {p99 / 1000:0.000} ms at the 99th percentile (to the venue's answer to "
                    + $"the last of them {a50 / 1000:0.000} and {a99 / 1000:0.000}); of it in the journal (write and "
                    + $"flush) {j50 / 1000:0.000} and {j99 / 1000:0.000} ms, {live.Recorded.JournalShare:P0} of all; peak working "
                    + $"set {peak / 1e6:N0} MB"));
            await RecoverAsync(request with { Out = Path.Combine(folder, "recovered"), State = Path.Combine(folder, "account") }, live);
            Disk(folder, Path.Combine(folder, "account", "journal.grj"), j50, j99);
            return 0;
        }
        finally
        {
            if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        }
    }

    // From the call to the first status of a session that continues from the journal of the one before.
    private static async Task RecoverAsync(LiveRequest request, LiveRun before)
    {
        var watch = Stopwatch.StartNew();
        var recovered = TimeSpan.Zero;
        var again = await LiveSession.RunAsync(request with
        {
            Status = new Watch(() =>
            {
                if (recovered == TimeSpan.Zero) recovered = watch.Elapsed;
            }),
        }, TestCatalogues.All, TimeProvider.System);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"recovered from the journal after {recovered.TotalSeconds:0.00} s: {again.Status.Bars:N0} bars, {again.Status.Fills:N0} "
                + $"fills, digest {(again.Run.Model.Digest == before.Run.Model.Digest ? "as before" : "DIFFERENT")}"));
    }

    private static BatchSpec Batch(int strategies, string bars, string folder)
    {
        // On six markets; the grid is as fine as the number asks for.
        var symbols = Directory.EnumerateFiles(bars, "*.csv").Select(f => Path.GetFileNameWithoutExtension(f)!)
            .Order(StringComparer.Ordinal).Take(5).ToList();
        var slow = string.Join(", ", Enumerable.Range(0, Math.Max(1, strategies / symbols.Count)).Select(i => 30 + i));
        return new BatchReader(TestCatalogues.All).Read("live.json", Encoding.UTF8.GetBytes($$"""
            { "name": "live", "data": { "source": "csv:{{bars}}", "symbols": [{{string.Join(", ", symbols.Select(s => $"\"{s}\""))}}],
              "timeframe": "1h", "to": "2022-12-01" }, "execution": { "commissionPercent": 0.05 },
              "strategies": [ { "class": "SmaCross", "params": { "fast": 10, "slow": [{{slow}}] },
                "size": { "percentOfEquity": 10 } } ],
              "portfolio": { "weights": "equal", "limits": { "maxPositions": 500, "maxGrossPercent": 100 } } }
            """), folder);
    }

    // The disk's own time for what the journal wrote, by a loop in C: as many writes of the same sizes.
    private static void Disk(string folder, string journal, double j50, double j99)
    {
        var source = Path.Combine(AppContext.BaseDirectory, "..", "..", "..", "Live", "flush.c");
        var binary = Path.Combine(folder, "flush");
        try
        {
            using var compiler = Process.Start("cc", ["-O2", "-w", source, "-o", binary]);
            compiler.WaitForExit();
            if (compiler.ExitCode != 0) return;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Console.WriteLine("no C compiler (cc) to build the disk's own loop with: apt-get install gcc");
            return;
        }
        var sizes = new StringBuilder();
        var bytes = File.ReadAllBytes(journal);
        // Frames behind "GRJ1": length, checksum, entries. Those of a few hundred bytes are bars on which nothing was decided.
        for (var at = 4; at < bytes.Length;)
        {
            var length = 8 + BitConverter.ToInt32(bytes, at);
            if (bytes.AsSpan(at, length).IndexOf("OrderIntended"u8) >= 0) sizes.Append(CultureInfo.InvariantCulture, $"{length}\n");
            at += length;
        }
        using var loop = Process.Start(new ProcessStartInfo(binary, [folder])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true
        })!;
        loop.StandardInput.Write(sizes);
        loop.StandardInput.Close();
        foreach (var line in loop.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = line.Split(' ');
            var (p50, p99) = (double.Parse(parts[1], CultureInfo.InvariantCulture), double.Parse(parts[2], CultureInfo.InvariantCulture));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"the disk alone, a C loop of the same writes, {parts[0]}: {p50 / 1000:0.000} ms in the "
                    + $"middle, {p99 / 1000:0.000} at the 99th percentile; the journal "
                    + $"takes {j50 / p50:0.00} and {j99 / p99:0.00} times as long"));
        }
    }

    private sealed class Watch(Action look) : IProgress<LiveStatus>
    {
        public void Report(LiveStatus value) => look();
    }
}
