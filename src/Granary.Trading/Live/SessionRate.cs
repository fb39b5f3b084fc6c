using Granary.Engine.Brokerage;
using Granary.Engine.Market;
using Granary.Simulation.Batches;

namespace Granary.Trading.Live;

/// <summary>The value of one currency in the account's, computed from the rates of pairs as they become known.</summary>
internal sealed class SessionRate
{
    /// <summary>A pair on the way to the account's currency.</summary>
    internal sealed class Leg(string pair)
    {
        public string Pair => pair;

        public RateSeries Rates { get; } = RateSeries.Growing(long.MaxValue);

        /// <summary>When its last rate was known, UTC ticks; null if it has none.</summary>
        public long? LastTime => Rates.Count > 0 ? Rates.Times[^1] : null;

        /// <summary>Adds a rate; one that is not later than the last is left out.</summary>
        public void Add(long time, double rate)
        {
            if (time > (LastTime ?? long.MinValue)) Rates.Add(time, rate, time);
        }

        public void Add(RateSeries more)
        {
            for (var i = 0; i < more.Count; i++) Add(more.Times[i], more.Rates[i]);
        }
    }

    private readonly double _part;
    private readonly RateProduct _known;
    // When the last rate was known that was taken.
    private long _taken = long.MinValue;

    /// <param name="maxAge">Ticks.</param>
    public SessionRate(RateRoute route, long maxAge)
    {
        _part = route.Part;
        Legs = [.. route.Legs.Select(l => new Leg(l.Pair))];
        _known = new RateProduct([.. Legs.Zip(route.Legs, (leg, way) => (leg.Rates, way.IsInverse))]);
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
        while (_known.Next(until) is var (rate, at, since))
        {
            if (at <= _taken) continue;
            var time = Math.Max(at, last == long.MinValue ? at : last + 1);
            // Of those that count from the same time, and of old ones, the last counts.
            if (taken.Count > start && (taken[^1].Time == time || Ahead.Count == 0 && at <= first)) taken.RemoveAt(taken.Count - 1);
            taken.Add(new TakenRate(currency, _part == 1 ? rate : rate * _part, time, at, since));
        }
    }
}
