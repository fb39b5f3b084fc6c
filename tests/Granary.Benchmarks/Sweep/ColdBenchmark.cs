using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Text.RegularExpressions;

namespace Granary.Benchmarks.Sweep;

/// <summary>
/// What a person waits for: whole commands of <c>./granary</c>, start and files included. Each takes turns with the C++ loop, of each the
/// best turn counts, and the ratio is what is compared.
/// </summary>
internal sealed class ColdBenchmark(string granary, string sweep, string scratch)
{
    private static readonly string[] _checks =
        ["look-ahead", "cost-stress", "overfitting", "data-snooping", "effective-trials", "winners"];

    private readonly string _minutes =
        $""" "source": "store:{Path.Combine(scratch, "bars")}", "symbols": ["M1"], "timeframe": "1m" """;

    /// <param name="Of">Reads the measured figure from a finished command.</param>
    /// <param name="Per">Returns what the figure is divided by, from the command and the seconds of the C++ loop.</param>
    private sealed record Row(string Name, string[] Command, int Threads, Func<Finished, double> Of, Func<Finished, double, double> Per);

    private sealed record Finished(double Seconds, string Output)
    {
        /// <summary>Seconds of a step in the table of <c>--timings</c>.</summary>
        public double Step(string name) => Number($@"^ *{Regex.Escape(name)} +([\d.]+)");

        public double PeakMegabytes => Number(@"^peak memory: ([\d,.]+) MB");

        private double Number(string pattern) => Regex.Match(Output, pattern, RegexOptions.Multiline) is { Success: true } found
            ? double.Parse(found.Groups[1].Value, CultureInfo.InvariantCulture)
            : throw new InvalidOperationException($"the command did not print {pattern}");
    }

    /// <param name="args">BENCH_FOLDER SWEEP_BINARY SCRATCH_FOLDER GRANARY [TURNS]; the scratch folder has m1.f64.</param>
    public static int Run(string[] args)
    {
        if (args.Length < 4)
        {
            Console.Error.WriteLine("cold needs BENCH_FOLDER SWEEP_BINARY SCRATCH_FOLDER GRANARY [TURNS]; run.sh gives them");
            return 2;
        }
        var turns = args.Length > 4 ? int.Parse(args[4], CultureInfo.InvariantCulture) : 5;
        var bench = new ColdBenchmark(args[3], args[1], args[2]);
        bench.Prepare(args[0]);
        Console.WriteLine($"{"",-40}{"measured",10}{"per",10}{"ratio",8}");
        foreach (var row in bench.Rows()) bench.Measure(row, turns);
        return 0;
    }

    private void Prepare(string bench)
    {
        using (var source = new GZipStream(File.OpenRead(Path.Combine(bench, "m1.csv.gz")), CompressionMode.Decompress))
        using (var target = File.Create(At("m1.csv")))
            source.CopyTo(target);
        Command(["data", "import", At("m1.csv"), "--store", At("bars"), "--symbol", "M1", "--timeframe", "1m", "--quiet"]);
        Command(["data", "generate", "--out", At("daily"), "--symbols", "ACME", "--timeframe", "1d", "--seed", "7",
            "--from", "2014-01-01", "--to", "2024-01-01"]);
        Write("sweep", Range(5, 44, 1), Range(50, 290, 10));
        // The workload whose rate Manifold-BT publishes: 10,000 pairs over 200,000 bars.
        Write("manifold", Range(5, 104, 1), Range(110, 308, 2), $"""{_minutes}, "to": "2021-05-19T21:20" """);
        Write("wide", Range(2, 251, 1), Range(260, 659, 1),
            $""" "source": "csv:{At("daily/1d")}", "symbols": ["ACME"], "timeframe": "1d" """);
    }

    private IEnumerable<Row> Rows()
    {
        string[] Backtest(string name, string threads) =>
            ["backtest", At(name + ".json"), "--threads", threads, "--timings", "--yes", "--out", At("run-" + name)];
        static double Whole(Finished f) => f.Seconds;
        static double Loop(Finished f, double loop) => loop;
        return
        [
            new("command, 2 threads", Backtest("sweep", "2"), 2, Whole, Loop),
            new("command, 1 thread", Backtest("sweep", "1"), 1, Whole, Loop),
            new("checks per simulation", Backtest("sweep", "2"), 2, f => _checks.Sum(f.Step), (f, _) => f.Step("strategies")),
            new("report.html of 1,000 strategies", Backtest("sweep", "2"), 2, f => f.Step("report.html"), Loop),
            new("10,000 pairs x 200,000 bars", Backtest("manifold", "2"), 2, Whole, Loop),
            new("checks per simulation, 10,000 pairs", Backtest("manifold", "2"), 2, f => _checks.Sum(f.Step),
                (f, _) => f.Step("strategies")),
            new("memory of 10,000 pairs per 342 MB", Backtest("manifold", "2"), 2, f => f.PeakMegabytes, (_, _) => 342),
            new("memory of 100,000 daily strategies, in GB", Backtest("wide", "2"), 2, f => f.PeakMegabytes, (_, _) => 1000),
            new("quickstart",
                ["backtest", Path.Combine(Path.GetDirectoryName(granary)!, "samples", "quickstart.json"), "--out", At("quick")],
                2, Whole, Loop),
            new("import of 30 MB of CSV", ["data", "import", At("m1.csv"), "--store", At("new"), "--symbol", "M1", "--timeframe", "1m"], 1,
                Whole, Loop),
        ];
    }

    private void Measure(Row row, int turns)
    {
        var (best, per) = (double.MaxValue, double.MaxValue);
        for (var t = 0; t < turns; t++)
        {
            if (Directory.Exists(At("new"))) Directory.Delete(At("new"), recursive: true);
            var loop = SweepBenchmark.Reference(sweep, row.Threads, At("m1.f64")).Wall;
            var finished = Command(row.Command);
            (best, per) = (Math.Min(best, row.Of(finished)), Math.Min(per, row.Per(finished, loop)));
        }
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{row.Name,-40}{best,10:F2}{per,10:F2}{best / per,8:F2}"));
        Ratios.Add(row.Name, best / per);
    }

    private Finished Command(string[] arguments)
    {
        var start = new ProcessStartInfo(granary, arguments) { RedirectStandardOutput = true, UseShellExecute = false };
        start.Environment["GRANARY_TRIALS"] = At("trials");
        var clock = Stopwatch.StartNew();
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? new Finished(clock.Elapsed.TotalSeconds, output)
            : throw new InvalidOperationException($"granary {string.Join(' ', arguments)} ended with {process.ExitCode}");
    }

    private void Write(string name, string fast, string slow, string? data = null) => File.WriteAllText(At(name + ".json"), $$"""
        { "name": "{{name}}", "data": { {{data ?? _minutes}} },
          "account": { "cash": 100000 }, "execution": { "commissionPercent": 0.1 },
          "strategies": [ { "class": "SmaCross", "params": { "fast": [{{fast}}], "slow": [{{slow}}] },
            "sides": "long", "size": { "units": 10 } } ],
          "outputs": ["results", "report"] }
        """);

    private static string Range(int from, int to, int step) =>
        string.Join(',', Enumerable.Range(0, (to - from) / step + 1).Select(i => from + i * step));

    private string At(string name) => Path.Combine(scratch, name);
}
