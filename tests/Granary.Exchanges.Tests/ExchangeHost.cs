using System.Globalization;
using System.Text.Json;
using Granary.Exchanges.Tests.Server;

namespace Granary.Exchanges.Tests;

/// <summary>What a test asks a local exchange in another process.</summary>
/// <param name="Orders">All that it has accepted.</param>
/// <param name="ReceivedTwice">Client order ids.</param>
/// <param name="Held">Base units, by base currency.</param>
internal sealed record ExchangeState(Uri Endpoint, int Orders, int Fills, IReadOnlyList<string> ReceivedTwice,
    IReadOnlyDictionary<string, decimal> Held);

/// <summary>
/// A local exchange as a process of its own. Each line of its input is a command: <c>deposit COIN AMOUNT</c>, <c>move</c> (the price, until
/// <c>rest</c>) or <c>state</c>. It answers each with its state, and ends with its input.
/// </summary>
internal static class ExchangeHost
{
    /// <summary>The first argument of such a process; the market's name and the base currencies follow.</summary>
    public const string Word = "exchange";

    public static async Task<int> RunAsync(string name, string[] coins)
    {
        await using var server = await ExchangeServer.StartAsync(
            TestExchange.Named(name).Dialect(new MarketTerms { Base = coins[0], Others = coins[1..] }));
        using var life = new CancellationTokenSource();
        var moving = Task.CompletedTask;
        while (await Console.In.ReadLineAsync() is { } line)
        {
            switch (line.Split(' '))
            {
                case ["deposit", var coin, var amount]:
                    server.Market.Deposit(coin, decimal.Parse(amount, CultureInfo.InvariantCulture));
                    break;
                case ["move"]: moving = MoveAsync(server, life.Token); break;
                case ["rest"]:
                    await life.CancelAsync();
                    await moving;
                    break;
            }
            await Console.Out.WriteLineAsync(JsonSerializer.Serialize(StateOf(server, coins)));
        }
        return 0;
    }

    private static ExchangeState StateOf(ExchangeServer server, string[] coins) => new(server.Endpoint, server.Market.Orders.Count,
        server.Market.Fills.Count, [.. server.Market.Received.Where(r => r.Value > 1).Select(r => r.Key)],
        coins.ToDictionary(c => c, server.Market.HeldOf));

    // A market that rises and falls, so that stops and targets are reached.
    private static async Task MoveAsync(ExchangeServer server, CancellationToken cancellationToken)
    {
        for (var i = 0; !cancellationToken.IsCancellationRequested; i++)
        {
            await Task.Delay(20, CancellationToken.None);
            server.Market.Trade(server.Market.Price, 100 + (decimal)Math.Round(4 * Math.Sin(i / 15.0), 2));
        }
    }
}
