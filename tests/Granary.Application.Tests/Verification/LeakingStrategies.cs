using System.Collections.Frozen;
using System.Globalization;
using Granary.Engine.Factors;
using Granary.Engine.Strategies;
using Granary.Engine.Trading;

namespace Granary.Application.Tests.Verification;

/// <summary>The next bar's volume; only for tests.</summary>
[Factor("test-next-volume", "The next bar's volume; only for tests.")]
public sealed class NextVolume : FactorKernel
{
    public override int WarmUp => 1;

    public override void Process(in FactorInput bars, in FactorOutput lines)
    {
        for (var i = 0; i < bars.Count; i++) lines[0][i] = bars.Volume[Math.Min(i + 1, bars.Count - 1)];
    }
}

/// <summary>Hours until the next bar opens; only for tests.</summary>
[Factor("test-next-gap", "Hours until the next bar opens; only for tests.")]
public sealed class NextGap : FactorKernel
{
    public override int WarmUp => 1;

    public override void Process(in FactorInput bars, in FactorOutput lines)
    {
        for (var i = 0; i < bars.Count; i++) lines[0][i] = (bars.Time[Math.Min(i + 1,
            bars.Count - 1)] - bars.Time[i]) / (double)TimeSpan.TicksPerHour;
    }
}

/// <summary>An honest crossing whose entries the next bar may veto: nothing but an entry on the last bar before a cut can show
/// it.</summary>
[Strategy("Buys a crossing unless the next bar says otherwise; only for tests.")]
public sealed class NextBarVeto : Strategy
{
    private readonly Crossing _cross;
    private readonly Factor _fast, _slow, _next;
    private readonly string _by;

    public NextBarVeto(string by = "price")
    {
        _by = by;
        _fast = Use("sma", 10);
        _slow = Use("sma", 30);
        _cross = Cross(_fast, _slow);
        _next = Use(by switch { "volume" => "test-next-volume", "time" => "test-next-gap", _ => "test-next-close" });
    }

    public override void OnBar(StrategyContext bar)
    {
        var veto = _by switch
        {
            "volume" => bar[_next] < bar.Volume / 2,
            "time" => bar[_next] > 1,
            "exit" => false,
            _ =>
            bar[_next] < bar.Close
        };
        // Stays in a market that the next bar lifts.
        var stay = _by == "exit" && bar[_next] > bar.Close;
        if (_cross.At(bar) > 0 && !veto) bar.Enter(Side.Buy);
        else if (bar[_fast] < bar[_slow] && !stay) bar.Exit();
    }
}

/// <summary>Reads tomorrow's close out of the file itself.</summary>
[Strategy("Reads the file of the bars; only for tests.")]
public sealed class FileReadingStrategy : Strategy
{
    private readonly Dictionary<DateTime, double> _next = [];

    public FileReadingStrategy(string file = "")
    {
        if (file.Length == 0) return;
        string[][] rows = [.. File.ReadLines(file).Skip(1).Select(l => l.Split(','))];
        for (var i = 0; i + 1 < rows.Length; i++)
            if (DateTime.TryParse(rows[i][0], CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time))
                _next[time] = double.Parse(rows[i + 1][4], CultureInfo.InvariantCulture);
    }

    public override void OnBar(StrategyContext bar)
    {
        if (_next.GetValueOrDefault(bar.Time) > bar.Close) bar.Go(Side.Buy);
        else bar.Exit();
    }
}

/// <summary>An honest strategy whose code has lookup tables, lambdas, records, a seeded generator and a helper class.</summary>
[Strategy("Honest code of many kinds; only for tests.")]
public sealed class HonestCodeStrategy : Strategy
{
    private static readonly double[] s_weights = [0.5, 0.3, 0.2];
    private static readonly FrozenDictionary<string, int> s_names = FrozenDictionary.ToFrozenDictionary<string, int>([new("a", 1)]);
    private readonly List<double> _closes = [];
    private readonly Random _random = new(7);
    private readonly Helper _helper = new();

    public override void OnBar(StrategyContext bar)
    {
        _closes.Add(bar.Close);
        var mean = _closes.TakeLast(3).Reverse().Select((c, i) => c * s_weights[Math.Min(i, 2)]).Sum();
        if (_helper.Next(mean) > s_names["a"] && bar.Time.DayOfWeek != DayOfWeek.Sunday && _random.NextDouble() < 0.5) bar.Go(Side.Buy);
        else bar.Exit();
    }

    private sealed class Helper
    {
        private double _last;

        public double Next(double value) => _last = 0.9 * _last + 0.1 * value;
    }
}
