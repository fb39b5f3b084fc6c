using System.Diagnostics;
using System.Runtime.InteropServices;
using Granary.Engine.Factors;
using Granary.Engine.Market;

namespace Granary.Benchmarks.Factors;

/// <summary>
/// The column form of every factor beside a plain C++ loop, in turns in one process; the two must agree before their times are compared.
/// </summary>
public static unsafe class FactorBenchmarks
{
    private const int Count = 65_536;
    private const int Rounds = 15;
    private const int WarmMilliseconds = 500;

    /// <param name="args">The library made of factor_loops.cpp, then factors to time; none times them all.</param>
    /// <returns>0 where every ratio is at most 2; 1 else, or where a value differs.</returns>
    public static int Run(string[] args)
    {
        if (args.Length == 0 || !NativeLibrary.TryLoad(args[0], out var library))
        {
            Console.WriteLine("factors: needs the library of plain loops; run tests/Granary.Benchmarks/Factors/run.sh");
            return 2;
        }
        var loop = (delegate* unmanaged<byte*, long*, double*, double*, double*, double*, double*, double*, long, double*, double**,
            int>)NativeLibrary.GetExport(library, "run_loop");
        string[] texts = args.Length > 1
            ? args[1..]
            : [.. FactorCatalogue.BuiltIn.All.Select(d => d.Parameters.Count > 0 && d.Parameters[0].Default is null ? d.Name + "(OTHER)"
                : d.Name), "sma(200)", "stddev(200)", "highest(200)", "slope(200)", "wma(200)"];

        var blocks = Market(out var other);
        Console.WriteLine($"{Count:N0} one-minute bars in blocks of {BarBlock.MaxCount}, best "
            + $"of {Rounds} rounds; 'decimal' = prices of two decimals summed in ticks, 'double' = prices that are not decimal");
        Console.WriteLine($"{"factor",-26}{"C++ ns/bar",12}{"decimal",10}{"ratio",8}{"double",10}{"ratio",8}");
        var worst = 0.0;
        var over = 0;
        foreach (var text in texts)
        {
            var row = Measure(text, loop, blocks, other);
            if (row.Fault is not null)
            {
                Console.WriteLine($"{text,-26}{row.Fault}");
                over++;
                continue;
            }
            var (decimals, doubles) = (row.Decimal / row.Plain, row.Double / row.Plain);
            worst = Math.Max(worst, Math.Max(decimals, doubles));
            if (Math.Max(decimals, doubles) > 2) over++;
            Console.WriteLine(
                $"{text,-26}{row.Plain,12:F2}{row.Decimal,10:F2}{decimals,7:F2}{(decimals > 2 ? "!" : " ")}"
                    + $"{row.Double,10:F2}{doubles,7:F2}{(doubles > 2 ? "!" : " ")}");
        }
        Console.WriteLine($"{texts.Length} factors, worst ratio {worst:F2}, {over} above 2.00 or at fault");
        return over == 0 ? 0 : 1;
    }

    private sealed record Row(double Plain, double Decimal, double Double, string? Fault);

    private static Row Measure(string text,
        delegate* unmanaged<byte*, long*, double*, double*, double*, double*, double*, double*, long, double*, double**, int> loop,
        BarBlock[] blocks, double[] other)
    {
        var (request, _) = FactorCatalogue.BuiltIn.Parse(text);
        var lines = request.Definition.Lines.Count;
        var ours = Columns(lines);
        var plain = Columns(lines);
        var parameters = request.Arguments.Select(a => a is string or Enum ? 0 : Convert.ToDouble(a)).Append(0).ToArray();
        var (t, o, h, l, c, v) = Whole(blocks);
        var pins = new List<GCHandle>();
        nint Pin(Array array)
        {
            pins.Add(GCHandle.Alloc(array, GCHandleType.Pinned));
            return pins[^1].AddrOfPinnedObject();
        }
        var name = Pin(System.Text.Encoding.ASCII.GetBytes(request.Definition.Name + "\0"));
        var (pt, po, ph, pl, pc, pv, pr, pp) = (Pin(t), Pin(o), Pin(h), Pin(l), Pin(c), Pin(v), Pin(other), Pin(parameters));
        var outs = (double**)Pin(plain.Select(line => Pin(line)).ToArray());
        try
        {
            if (loop((byte*)name, (long*)pt, (double*)po, (double*)ph, (double*)pl, (double*)pc, (double*)pv, (double*)pr, Count,
                (double*)pp, outs) != 0)
                return new Row(0, 0, 0, "no plain loop of it");
            double[] best = [double.MaxValue, double.MaxValue, double.MaxValue];
            // A run begins in quickly made code; what is measured is the code that the runtime arrives at.
            var warm = Stopwatch.StartNew();
            for (var round = 0; round < Rounds || warm.ElapsedMilliseconds < WarmMilliseconds; round++)
            {
                if (warm.ElapsedMilliseconds < WarmMilliseconds) round = 0;
                var start = ProcessorTime();
                loop((byte*)name, (long*)pt, (double*)po, (double*)ph, (double*)pl, (double*)pc, (double*)pv, (double*)pr, Count,
                    (double*)pp, outs);
                best[0] = Math.Min(best[0], ProcessorTime() - start);
                for (var kind = 1; kind <= 2; kind++)
                {
                    var series = new MarketSeries(new Instrument { Symbol = "ANY", PriceDecimals = kind == 1 ? 2 : -1 }, Timeframe.M1);
                    var kernel = request.CreateKernel(series);
                    double[][]? references = kernel.ReferenceSymbols.Count > 0 ? [other] : null;
                    start = ProcessorTime();
                    for (var b = 0; b < blocks.Length; b++)
                    {
                        if (references is not null) references = [other.AsSpan(b * BarBlock.MaxCount, blocks[b].Count).ToArray()];
                        kernel.Process(new FactorInput(blocks[b], 0, blocks[b].Count, references),
                            new FactorOutput(ours, b * BarBlock.MaxCount, blocks[b].Count));
                    }
                    best[kind] = Math.Min(best[kind], ProcessorTime() - start);
                    if (round == 0 && Difference(ours, plain) is { } fault) return new Row(0, 0, 0, fault);
                }
            }
            return new Row(best[0] / Count, best[1] / Count, best[2] / Count, null);
        }
        finally
        {
            foreach (var pin in pins) pin.Free();
        }
    }

    // This thread's own, so that other programs on the machine do not count.
    private static double ProcessorTime()
    {
        const int threadClock = 3;
        long* time = stackalloc long[2];
        if (ReadClock(threadClock, time) != 0) throw new InvalidOperationException("the processor time of a thread cannot be read here");
        return time[0] * 1e9 + time[1];
    }

    [DllImport("libc", EntryPoint = "clock_gettime")]
    private static extern int ReadClock(int clock, long* time);

    private static string? Difference(double[][] ours, double[][] plain)
    {
        for (var line = 0; line < ours.Length; line++)
            for (var i = 0; i < Count; i++)
                // Loose, because running sums in plain doubles drift.
                if (double.IsNaN(ours[line][i]) != double.IsNaN(plain[line][i])
                    || Math.Abs(ours[line][i] - plain[line][i]) > 1e-3 * Math.Max(1, Math.Abs(plain[line][i])))
                    return $"line {line}, bar {i}: {plain[line][i]:R} there, {ours[line][i]:R} here";
        return null;
    }

    private static double[][] Columns(int lines) => [.. Enumerable.Range(0, lines).Select(_ => new double[Count])];

    private static (long[] T, double[] O, double[] H, double[] L, double[] C, double[] V) Whole(BarBlock[] blocks)
    {
        var bars = blocks.SelectMany(b => Enumerable.Range(0, b.Count).Select(i => b[i])).ToArray();
        return ([.. bars.Select(b => b.Time)], [.. bars.Select(b => b.Open)], [.. bars.Select(b => b.High)], [.. bars.Select(b => b.Low)],
            [.. bars.Select(b => b.Close)], [.. bars.Select(b => b.Volume)]);
    }

    // A seeded walk with trends, in cents.
    private static BarBlock[] Market(out double[] other)
    {
        var random = new Random(11);
        var bars = new Bar[Count];
        other = new double[Count];
        double price = 100, drift = 0, second = 50;
        var time = new DateTime(2024, 1, 1, 0, 0, 0, DateTimeKind.Utc).Ticks;
        for (var i = 0; i < Count; i++)
        {
            if (random.Next(500) == 0) drift = 0.02 * (random.NextDouble() - 0.5) * (100 / price);
            var open = Math.Round(price, 2);
            price = Math.Max(20, price + drift + 0.2 * (random.NextDouble() - 0.5));
            var close = Math.Round(price, 2);
            bars[i] = new Bar(time + i * TimeSpan.TicksPerMinute, open, Math.Round(Math.Max(open, close) + 0.05 * random.NextDouble(), 2),
                Math.Round(Math.Min(open, close) - 0.05 * random.NextDouble(), 2), close, random.Next(1, 1000));
            other[i] = second = Math.Max(10, second + 0.3 * (close - open) + 0.05 * (random.NextDouble() - 0.5));
        }
        return [.. bars.Chunk(BarBlock.MaxCount).Select((chunk, b) => BarBlock.FromBars(b * BarBlock.MaxCount, chunk))];
    }
}
