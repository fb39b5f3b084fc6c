using System.Globalization;
using Granary.Engine.Market;

namespace Granary.Simulation.Batches;

/// <summary>The way from a currency to another one: no pair for parts of one currency, a pair, or two over a third currency.</summary>
/// <param name="Legs">Names of pairs in the source of the rates, and whether each is read backwards.</param>
/// <param name="Part">A factor, for units that are a part of a currency, as pence.</param>
internal sealed record RateRoute(IReadOnlyList<(string Pair, bool IsInverse)> Legs, double Part)
{
    /// <summary>The rates of a route without pairs; null for others.</summary>
    public RateSeries? Constant { get; } = Legs.Count > 0 ? null
        : new RateSeries([0], [Part], [long.MaxValue], long.MaxValue, Part.ToString(CultureInfo.InvariantCulture));
}
