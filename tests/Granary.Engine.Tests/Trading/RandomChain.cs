using Granary.Engine.Market;

namespace Granary.Engine.Tests.Trading;

/// <summary>A chain of contracts from a seed: one random walk, from which each contract differs by its own basis.</summary>
internal static class RandomChain
{
    public const int Bars = 400;

    /// <summary>The bars of the chain, each of the contract of the moment.</summary>
    /// <param name="adjust">Null = one by the seed.</param>
    public static Bar[] Of(int seed, out Instrument instrument, PriceAdjustment? adjust = null)
    {
        var random = new Random(seed);
        var start = new DateTime(2024, 3, 4, 0, 0, 0, DateTimeKind.Utc).Ticks;
        var bars = new Bar[Bars];
        var (price, basis, contract) = (1_000.0, 0.0, 0);
        var changes = new List<ListingChange>();
        for (var (i, next) = (0, random.Next(1, 60)); i < Bars; i++)
        {
            var time = start + i * TimeSpan.TicksPerMinute;
            var open = Tick(price + random.NextDouble() - 0.5);
            if (i == next)
            {
                var (before, isEnd) = (basis, random.Next(5) == 0);
                basis = Tick(basis + (random.NextDouble() - 0.4) * 40);
                // An end is known with the last bar of the old contract.
                changes.Add(isEnd
                    ? new ListingChange(time - TimeSpan.TicksPerMinute, Name(contract), Name(contract + 1), ListingChangeKind.End,
                        bars[i - 1].Close, 0)
                    : new ListingChange(time, Name(contract), Name(contract + 1), ListingChangeKind.Roll, open + before, open + basis));
                contract++;
                // The shortest contracts have two bars.
                next = i + (random.Next(4) == 0 ? 2 : random.Next(3, 80));
            }
            price = Tick(open + (random.NextDouble() - 0.5) * 8);
            var high = Math.Max(open, price) + Tick(random.NextDouble() * 3);
            var low = Math.Min(open, price) - Tick(random.NextDouble() * 3);
            bars[i] = new Bar(time, open + basis, high + basis, low + basis, price + basis, random.Next(1, 500));
        }
        instrument = new Instrument
        {
            Symbol = "ES",
            Multiplier = 5,
            MarginPerUnit = 50,
            TickSize = 0.25,
            PriceDecimals = 2,
            Adjust = adjust ?? (PriceAdjustment)(seed % 3),
            Changes = new ListingChanges(Name(0), changes),
        };
        return bars;
    }

    private static string Name(int contract) => $"ES{contract}";

    private static double Tick(double price) => Math.Round(price * 4) / 4;
}
