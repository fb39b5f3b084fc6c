using Granary.Cluster.Grains.Services;
using Granary.Cluster.Tests.Fixtures;
using Granary.Contracts.Sessions;
using Granary.Data.Brokers;
using Granary.Data.Journals;
using Granary.Engine.Brokerage;
using Granary.Exchanges.Kucoin;
using Granary.Exchanges.Tests.Server;
using Granary.Postgres.Journals;
using Granary.Storage.Addresses;
using Granary.Testing;
using Granary.Trading.Live;
using Microsoft.Extensions.DependencyInjection;

namespace Granary.Cluster.Tests.Live;

/// <summary>A session on silos whose account is at a local exchange.</summary>
public sealed class ExchangeSessionsInTheClusterTests
{
    private const string Account = "at-the-exchange", To = "2023-01-08";

    private static void SetKey()
    {
        // As the silo's own process has it.
        Environment.SetEnvironmentVariable("GRANARY_KUCOIN_KEY", VenueDialect.Key);
        Environment.SetEnvironmentVariable("GRANARY_KUCOIN_SECRET", VenueDialect.Secret);
        Environment.SetEnvironmentVariable("GRANARY_KUCOIN_PASSPHRASE", VenueDialect.Passphrase);
    }

    private static async Task<SessionStart> SessionAsync(TestBatches batches, ExchangeServer exchange)
    {
        var run = await batches.EmbeddedAsync(batches.Write("exchange", $$"""
            { "name": "exchange", "data": { "source": "csv:data/1h", "symbols": ["COINUSDT"], "timeframe": "1h", "to": "{{To}}",
                "instruments": { "COINUSDT": { "lot": 0.001, "tick": 0.01 } } },
              "strategies": [ { "class": "SmaCross", "params": { "fast": 3, "slow": [8, 13] }, "size": { "percentOfEquity": 20 },
                "stopLossPercent": 2 } ], "portfolio": { "weights": "equal" } }
            """));
        var production = Path.Combine(run.Folder, "prod.json");
        return new SessionStart
        {
            Text = await File.ReadAllBytesAsync(production),
            File = "prod.json",
            Folder = run.Folder,
            Feed = Address.Parse("csv:" + Path.Combine(batches.Folder, "data", "1h")),
            To = DateTime.Parse(To, System.Globalization.CultureInfo.InvariantCulture).Ticks,
            Speed = "fixed:20ms",
            Broker = "kucoin-futures",
            Endpoint = exchange.Endpoint.ToString(),
            Account = Account,
            IgnoresChecks = true,
            StartedBy = "a test",
        };
    }

    private static async Task<SessionView> EndAsync(ClusterSessions sessions, SiloLog log)
    {
        var end = await Eventually.IsAsync(async () => await sessions.FindAsync(Account), s => s is { IsRunning: false });
        end!.Phase.ShouldBe(SessionPhase.Done, $"{end.Fault}\n{log.Text}");
        return end;
    }

    [Fact]
    public async Task A_session_at_an_exchange_moves_to_another_silo_sends_no_order_twice_and_its_books_are_the_exchanges()
    {
        SetKey();
        using var batches = new TestBatches();
        await using var database = await PostgresServer.ShareAsync();
        var connection = await database.CreateDatabaseAsync();
        await using var exchange = await ExchangeServer.StartAsync(new KucoinFuturesDialect(new MarketTerms { Base = "COIN" }.Futures()));
        var catalogues = TestCatalogues.All with { Brokers = BrokerCatalogue.Of(typeof(KucoinBrokerFactory).Assembly) };
        await using var silos = await TestSilos.StartAsync(2, more: silo =>
        {
            silo.Services.AddSingleton<IAccountStore>(new DatabaseAccounts(connection));
            silo.Services.AddSingleton(catalogues);
        });
        var sessions = new ClusterSessions(silos.Grains, silos.Batches, catalogues);
        var start = await SessionAsync(batches, exchange);
        var begun = await sessions.StartAsync(start);
        await Eventually.HoldsAsync(() => exchange.Market.Orders.Count > 6);
        var before = exchange.Market.Orders.Count;
        await silos.Cluster.StopSiloAsync(silos.Alive.Single(s => s.SiloAddress.ToString() == begun.Host));
        (await EndAsync(sessions, silos.Log)).Restarts.ShouldBe(0);
        (await PostgresJournal.PeekAsync(connection, Account, new JournalQuery(nameof(SessionStarted)))).Count.ShouldBe(2);
        // Once more, for the fills of the orders on the last bar.
        await sessions.StartAsync(start);
        var end = await EndAsync(sessions, silos.Log);
        exchange.Market.Orders.Count.ShouldBeGreaterThan(before);
        exchange.Market.Received.ShouldAllBe(r => r.Value == 1);
        end.Status!.Differences.ShouldBe(0);
        end.Status.Positions.GetValueOrDefault("COINUSDT").ShouldBe((double)exchange.Market.Position, 1e-9);
        end.Status.Fills.ShouldBe(exchange.Market.Fills.Count);
        // The adapter's own journal is in the database too, without a secret.
        var book = await PostgresJournal.PeekAsync(connection, Account + ".kucoin-futures-venue", new JournalQuery());
        book.Count.ShouldBeGreaterThan(10);
        foreach (var text in book.Select(e => System.Text.Encoding.UTF8.GetString(e.Body.Span)).Append(silos.Log.Text))
            foreach (var secret in (string[])[VenueDialect.Key, VenueDialect.Secret, VenueDialect.Passphrase])
                text.ShouldNotContain(secret);
    }
}
