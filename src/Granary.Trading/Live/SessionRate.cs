using Granary.Engine.Brokerage;
using Granary.Engine.Market;
using Granary.Simulation.Batches;

namespace Granary.Trading.Live;

/// <summary>The value of one currency in the account's, computed from the rates of pairs as they become known.</summary>
internal sealed class SessionRate
{
    /// <summary>A pair on the way to the account's currency.</summary>
    internal sealed class Leg(string pair, bool isInverse)
    {
        private readonly RateSeries _rates = RateSeries.Growing(long.MaxValue);
        private int _at = -1;

        public string Pair => pair;

        /// <summary>When its last rate was known, UTC ticks; null if it has none.</summary>
        public long? LastTime => _rates.Count > 0 ? _rates.Times[^1] : null;

        /// <summary>When its next rate is known, UTC ticks; <see cref="long.MaxValue"/> if there is none.</summary>
        public long Next => _at + 1 < _rates.Count ? _rates.Times[_at + 1] : long.MaxValue;

        public bool HasRate => _at >= 0;

        public double Value => isInverse ? 1 / _rates.Rates[_at] : _rates.Rates[_at];

        public long Time => _rates.Times[_at];

        public void MoveTo(long time)
        {
            if (Next == time) _at++;
        }

        /// <summary>Adds a rate; one that is not later than the last is left out.</summary>
        public void Add(long time, double rate)
        {
            if (time > (LastTime ?? long.MinValue)) _rates.Add(time, rate, time);
        }

        public void Add(RateSeries more)
        {
            for (var i = 0; i < more.Count; i++) Add(more.Times[i], more.Rates[i]);
        }
    }

    private readonly double _part;
    // When the last rate was known that was taken.
    private long _taken = long.MinValue;

    /// <param name="maxAge">Ticks.</param>
    public SessionRate(RateRoute route, long maxAge)
    {
        _part = route.Part;
        Legs = [.. route.Legs.Select(l => new Leg(l.Pair, l.IsInverse))];
        Ahead = route.Constant ?? RateSeries.Growing(maxAge);
        Booked = route.Constant ?? RateSeries.Growing(maxAge);
    }

    /// <summary>Empty for parts of the account's currency, which have one rate for all time.</summary>
    public IReadOnlyList<Leg> Legs { get; }

    /// <summary>The rates by which strategies, portfolio and paper venue count.</summary>
    public RateSeries Ahead { get; }

    /// <summary>The rates by which the ledger counts.</summary>
    public RateSeries Booked { get; }

    public void Know(TakenRate taken)
    {
        Add(Ahead, taken);
        _taken = Math.Max(_taken, taken.At);
    }

    public void Book(TakenRate taken) => Add(Booked, taken);

    // A journal that continues repeats nothing.
    private static void Add(RateSeries series, TakenRate taken)
    {
        if (series.Count == 0 || taken.Time > series.Times[^1]) series.Add(taken.Time, taken.Rate, taken.Since);
    }

    /// <summary>Adds the rates that are known by a time, and were not taken before.</summary>
    /// <param name="until">UTC ticks.</param>
    /// <param name="last">The time up to which bars were processed; rates that are known only now count after it.</param>
    /// <param name="first">Of rates that are known before it, a new account needs the last one.</param>
    public void Take(string currency, long until, long last, long first, List<TakenRate> taken)
    {
        var start = taken.Count;
        while (Next(until) is { } next)
        {
            if (next.At <= _taken) continue;
            var time = Math.Max(next.At, last == long.MinValue ? next.At : last + 1);
            // Of those that count from the same time, and of old ones, the last counts.
            if (taken.Count > start && (taken[^1].Time == time || Ahead.Count == 0 && next.At <= first)) taken.RemoveAt(taken.Count - 1);
            taken.Add(new TakenRate(currency, next.Rate, time, next.At, next.Since));
        }
    }

    // The next rate that all pairs give, as RateSeries.Over computes it.
    private (double Rate, long At, long Since)? Next(long until)
    {
        while (true)
        {
            var time = long.MaxValue;
            foreach (var leg in Legs) time = Math.Min(time, leg.Next);
            if (time > until || time == long.MaxValue) return null;
            var (isKnown, value, since) = (true, double.NaN, long.MaxValue);
            foreach (var leg in Legs)
            {
                leg.MoveTo(time);
                if (!leg.HasRate)
                {
                    isKnown = false;
                    continue;
                }
                value = double.IsNaN(value) ? leg.Value : value * leg.Value;
                since = Math.Min(since, leg.Time);
            }
            if (isKnown) return (_part == 1 ? value : value * _part, time, since);
        }
    }
}
