using System.Globalization;
using Granary.Testing;

namespace Granary.Exchanges.Tests.Trading;

/// <summary>
/// Seeded sequences of lost answers, statuses of 5xx after acceptance, lost connections, repeated and reordered messages, partial fills,
/// maintenance, restarts of the exchange and of the session. GRANARY_EXCHANGE_SEQUENCES=1000 runs so many at each
/// exchange.
/// </summary>
public sealed class FaultSequenceTests
{
    private static readonly int Sequences =
        int.TryParse(Environment.GetEnvironmentVariable("GRANARY_EXCHANGE_SEQUENCES"), CultureInfo.InvariantCulture, out var n) ? n
            : TestEffort.Of(1, 3);

    [Theory]
    [MemberData(nameof(TestExchange.Chosen), MemberType = typeof(TestExchange))]
    public async Task No_order_is_sent_twice_or_lost_and_the_position_is_the_exchanges(string name)
    {
        var exchange = TestExchange.Named(name).WithoutBudget();
        await Parallel.ForEachAsync(Enumerable.Range(1, Sequences), new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (seed, _) =>
        {
            await using var session = new FaultySession(exchange, seed);
            await session.RunAsync();
        });
    }
}
