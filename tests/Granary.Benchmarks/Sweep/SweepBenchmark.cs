using System.Diagnostics;
using System.Globalization;
using Granary.Engine.Market;
using Granary.Engine.Strategies;
using Granary.Engine.Strategies.Library;
using Granary.Engine.Trading;

namespace Granary.Benchmarks.Sweep;

/// <summary>
/// A thousand pairs of averages over 525,600 bars, beside the C++ loop of ../shared/bench that does the same work per bar. The two take
/// turns in one run, so that a busy machine is as busy for one as for the other; of each the best run counts, and ratios are what is
/// compared.
/// </summary>
/// <remarks>
/// Wall time is what the goals are stated in. On a machine that is shared it is mostly the others' time, so that processor time stands
/// beside it: there the C++ row holds the reading of its file too, about a hundredth of it.
/// </remarks>
internal static class SweepBenchmark
{
    private const int PartBars = 20_000, PartStrategies = 40;

    /// <param name="args">
    /// BENCH_FOLDER SWEEP_BINARY SCRATCH_FOLDER [TURNS] [BLOCK] [ROW]: m1.csv.gz and expected.csv, the built sweep.cpp, where to write, how
    /// often.
    /// </param>
    public static int Run(string[] args)
    {
        if (args.Length < 3)
        {
            Console.Error.WriteLine("sweep needs BENCH_FOLDER SWEEP_BINARY SCRATCH_FOLDER [TURNS] [BLOCK] [ROW]; run.sh gives them");
            return 2;
        }
        var turns = args.Length > 3 ? int.Parse(args[3], CultureInfo.InvariantCulture) : 5;
        var blockSize = args.Length > 4 ? int.Parse(args[4], CultureInfo.InvariantCulture) : IBarSeries.DefaultBlockSize;
        var bars = SweepBars.Read(Path.Combine(args[0], "m1.csv.gz"));
        var columns = Path.Combine(args[2], "m1.f64");
        var rows = Rows(bars, blockSize);
        if (args.Length > 5)
        {
            Measure(rows[int.Parse(args[5], CultureInfo.InvariantCulture)], turns, args[1], columns, Path.Combine(args[0], "expected.csv"));
            return 0;
        }

        bars.WriteColumns(columns);
        Console.WriteLine($"{bars.Count:N0} bars, 1,000 strategies, blocks of {blockSize:N0}, best "
            + $"of {turns} turns, {Environment.ProcessorCount} processors, load {Load()}");
        Console.WriteLine($"{"",-40}{"C++",10}{"Granary",10}{"ratio",8}{"C++ cpu",10}{"cpu",8}{"ratio",8}{"trades",12}");
        for (var row = 0; row < rows.Count; row++)
        {
            // Each row in a process of its own, as a batch is: what the compiler learns from one class of strategies it does not use on
            // another.
            using var process = Process.Start(Environment.ProcessPath!,
                [typeof(SweepBenchmark).Assembly.Location, "sweep", args[0], args[1], args[2],
                turns.ToString(CultureInfo.InvariantCulture), blockSize.ToString(CultureInfo.InvariantCulture),
                row.ToString(CultureInfo.InvariantCulture)]);
            process.WaitForExit();
            if (process.ExitCode != 0) return process.ExitCode;
        }
        return 0;
    }

    /// <param name="Scale">What the work is multiplied with to be that of the whole sweep.</param>
    private sealed record Row(string Name, int Threads, double Scale, Func<SweepCost> Work, bool IsReference = false);

    private static List<Row> Rows(SweepBars bars, int blockSize)
    {
        var long1 = SweepRun.LongOnly;
        var bracket = long1 with { StopLossPercent = 1, TakeProfitPercent = 2, ExitOnSignal = false };
        var both = long1 with { Sides = Sides.Both };
        var blocks = new Lazy<IReadOnlyList<BarBlock>>(() => bars.Blocks(blockSize));
        static Strategy Cross(int fast, int slow) => new SmaCross(fast, slow);
        return
        [
            new("whole batch, 1 thread", 1, 1, () => SweepRun.BlockByBlock(bars.Series, blocks.Value, Cross, long1, 1), true),
            new("whole batch, 2 threads", 2, 1, () => SweepRun.BlockByBlock(bars.Series, blocks.Value, Cross, long1, 2), true),
            new("bracket: stop 1 %, target 2 %", 1, 1, () => SweepRun.BlockByBlock(bars.Series, blocks.Value, Cross, bracket, 1)),
            new("five factors, both sides", 1, 1,
                () => SweepRun.BlockByBlock(bars.Series, blocks.Value, (f, s) => new FiveFactors(f, s), both, 1)),
            new("six classes, both sides", 1, 1, () => SweepRun.BlockByBlock(bars.Series, blocks.Value, SixClasses, both, 1)),
            new($"strategy after strategy ({PartStrategies} of them)", 1, 1,
                () => SweepRun.StrategyByStrategy(bars.Series, blocks.Value, Cross, long1, PartStrategies)),
            new($"blocks of one bar ({PartBars:N0} of them)", 1, (double)bars.Count / PartBars,
                () => SweepRun.BlockByBlock(bars.Series, bars.Blocks(1, PartBars), Cross, long1, 1)),
        ];
    }

    private static Strategy SixClasses(int fast, int slow) => (fast % 6) switch
    {
        0 => new SmaCross(fast, slow),
        1 => new EmaCross(fast, slow),
        2 => new MacdCross(fast, slow, 9),
        3 => new RsiReversion(fast),
        4 => new BollingerReversion(fast),
        _ => new DonchianBreakout(slow, fast),
    };

    private static void Measure(Row row, int turns, string binary, string columns, string expected)
    {
        var (theirs, theirProcessor, best, processor) = (double.MaxValue, double.MaxValue, double.MaxValue, double.MaxValue);
        // Once ahead, so that no first call counts.
        var cost = row.Work();
        if (row.IsReference) Check(cost, expected);
        for (var t = 0; t < turns; t++)
        {
            var (wall, user) = Reference(binary, row.Threads, columns);
            (theirs, theirProcessor) = (Math.Min(theirs, wall), Math.Min(theirProcessor, user));
            cost = row.Work();
            (best, processor) = (Math.Min(best, cost.Seconds * row.Scale), Math.Min(processor, cost.ProcessorSeconds * row.Scale));
        }
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{row.Name,-40}{theirs,9:F3}s{best,9:F3}s{best / theirs,8:F2}{theirProcessor,9:F2}s"
                + $"{processor,7:F2}s{processor / theirProcessor,8:F2}{cost.Trades,12:N0}"));
        Ratios.Add(row.Name, best / theirs);
        if (row is { IsReference: true, Threads: 1 })
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"  allocated after the first tenth of the bars: {cost.Allocated:N0} bytes; peak memory, with the "
                    + $"bars: {Process.GetCurrentProcess().PeakWorkingSet64 / 1e6:N0} MB"));
    }

    /// <summary>Runs the C++ loop; wall and processor seconds.</summary>
    public static (double Wall, double User) Reference(string binary, int threads, string columns)
    {
        // The shell tells what its child has used: "0m1.680000s 0m0.010000s" on the last line.
        var start = new ProcessStartInfo("/bin/sh",
            ["-c", "\"$0\" scalar \"$1\" \"$2\" && times", binary, threads.ToString(CultureInfo.InvariantCulture), columns])
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        using var process = Process.Start(start)!;
        var lines = process.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        process.WaitForExit();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{binary} ended with {process.ExitCode}");
        // "C++ scalar threads=1: 1.150 s  457.0 M pair-bars/s"
        var after = lines[0].AsSpan(lines[0].IndexOf(": ", StringComparison.Ordinal) + 2);
        var user = lines[^1].Split(' ')[0].TrimEnd('s').Split('m');
        return (double.Parse(after[..after.IndexOf(' ')], CultureInfo.InvariantCulture),
            60 * double.Parse(user[0], CultureInfo.InvariantCulture) + double.Parse(user[1], CultureInfo.InvariantCulture));
    }

    private static void Check(SweepCost cost, string path)
    {
        var expected = File.ReadLines(path).Skip(1).Select(l => l.Split(',')).ToDictionary(c => $"{c[0]},{c[1]}", StringComparer.Ordinal);
        foreach (var result in cost.Results)
        {
            var row = expected[result.Id];
            if (result.Trades.Trades != int.Parse(row[5], CultureInfo.InvariantCulture)
                || Math.Abs(result.Equity.Final / double.Parse(row[2], CultureInfo.InvariantCulture) - 1) > 1e-9
                || Math.Abs(result.Equity.MaxDrawdown / double.Parse(row[3], CultureInfo.InvariantCulture) - 1) > 1e-9)
                throw new InvalidOperationException($"pair {result.Id} differs from the reference");
        }
    }

    private static string Load() => File.Exists("/proc/loadavg") ? File.ReadAllText("/proc/loadavg").Split(' ')[0] : "unknown";
}
