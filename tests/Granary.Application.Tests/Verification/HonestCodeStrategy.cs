using System.Collections.Frozen;
using System.Globalization;
using Granary.Engine.Factors;
using Granary.Engine.Strategies;
using Granary.Engine.Trading;

namespace Granary.Application.Tests.Verification;

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
